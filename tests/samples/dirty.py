"""02-dirty.xlsx: a workbook that many hands have filled in, with the mistakes that such hands make."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from cpor_batch.domain.issue import IssueCode as Code
from tests.samples.cast import (
    ADVENTURE,
    FABRIKAM_DE,
    FABRIKAM_SE,
    FABRIKAM_US,
    NORTHWIND,
    TAILSPIN,
    WOODGROVE,
    Dice,
    Partner,
)
from tests.samples.claims import (
    BOTH,
    PRE_SALES,
    REVENUE,
    WHOLE_ROW,
    Formula,
    PlantedConflict,
    SampleClaim,
    Side,
)
from tests.samples.plans import Plan, customer, make_claim, subscription
from tests.samples.workbooks import Look, SampleWorkbook

FILE: Final = "02-dirty.xlsx"

ZERO_WIDTH_SPACE: Final = "\u200b"
NO_BREAK_SPACE: Final = "\u00a0"
CYRILLIC_O: Final = "\u043e"

Group = list[SampleClaim]
"""Claims that belong together and keep their order."""


def build_dirty() -> SampleWorkbook:
    """Return the workbook with its mistakes and what they are."""
    conflicts: list[PlantedConflict] = []
    groups = [
        *_spotless(),
        *_cells(),
        *_identifiers(),
        *_contacts_and_places(),
        *_dates(),
        *_areas_and_products(),
        *_business_applications(),
        *_across_rows(conflicts),
        *_evidence(),
        *_warnings(),
    ]
    shuffled = Dice("order of the dirty workbook").shuffled(groups)
    claims = [claim for group in shuffled for claim in group]
    _add_extras(claims)
    return SampleWorkbook(file=FILE, look=LOOK, claims=claims, conflicts=conflicts)


def _one(who: str, partner: Partner, theme: str, lines: str, **plan: str) -> SampleClaim:
    return make_claim(Plan(who=who, partner=partner, theme=theme, lines=lines, **plan))  # type: ignore[arg-type]


def _spotless() -> list[Group]:
    """Return claims that are good, so that the file shows what goes in although others are bad."""
    return [
        [_one("SE6", FABRIKAM_SE, "Teams", "TEA MEE SPO YAM EXO")],
        [_one("DE4", FABRIKAM_DE, "Arbeitsplatz", "EXO TEA APP INT P1 MDO")],
        [_one("US4", FABRIKAM_US, "Contact center", "CSV:a PBI:b SAL:c", activity=BOTH)],
        [_one("GB3", ADVENTURE, "Mail security", "EXO MDO P1 P2")],
        [_one("JP3", TAILSPIN, "端末管理", "INT P2 APP P1")],
        [_one("FR3", NORTHWIND, "Réunions", "TEA MEE SPO YAM")],
    ]


def _cells() -> list[Group]:
    """Return claims with cells that hold nothing, or not what belongs there."""
    required = _one("SE7", FABRIKAM_SE, "Exchange", "EXO MDO")
    required.plant(0, "customer_contact_email", None, Code.CELL_REQUIRED)

    error = _one("DE5", FABRIKAM_DE, "Intranet", "SPO")
    lookup = Formula('=VLOOKUP("CIO",AP1:AQ5,2,FALSE)', "#N/A")
    error.plant(0, "customer_contact_title", lookup, Code.CELL_ERROR_VALUE)

    formula = _one("US5", FABRIKAM_US, "Device management", "INT")
    joined = Formula('=CONCATENATE("Enrolled ",240," devices")', "")
    formula.plant(0, "engagement_description", joined, Code.CELL_FORMULA_UNCALCULATED)

    wrong_type = _one("ES3", WOODGROVE, "Teams", "TEA MEE")
    wrong_type.plant(0, "customer_contact_title", date(2021, 3, 2), Code.CELL_TYPE)

    long_name = _one("GB4", ADVENTURE, "Intranet", "SPO")
    text = (
        f"{long_name.name} and everything agreed in the meetings of 12 January, 4 February and 9 March 2021"
    )
    long_name.plant(0, "claim_name", text, Code.TEXT_TOO_LONG)

    invisible = _one("JP4", TAILSPIN, "メール移行", "EXO")
    name = str(invisible.rows[0].cells["customer_name"])
    invisible.plant(0, "customer_name", name[:4] + ZERO_WIDTH_SPACE + name[4:], Code.TEXT_CONTROL_CHARACTERS)
    return [[required], [error], [formula], [wrong_type], [long_name], [invisible]]


def _identifiers() -> list[Group]:
    """Return claims with identifiers that are broken, or that could be put right."""
    broken = _one("SE8", FABRIKAM_SE, "Modern workplace", "EXO SPO TEA")
    broken.plant(1, "tenant_id", str(broken.rows[1].cells["tenant_id"])[:-1], Code.TENANT_ID_NOT_A_GUID)

    subscription_id = _one("DE6", FABRIKAM_DE, "Lager", "SCM:a FIN:b")
    text = str(subscription_id.rows[1].cells["subscription_id"])
    subscription_id.plant(1, "subscription_id", text[:-1] + "O", Code.SUBSCRIPTION_ID_NOT_A_GUID)

    letters = _one("US6", FABRIKAM_US, "Teams", "TEA")
    letters.plant(0, "mpn_id", "MPN 4581203", Code.MPN_ID_NOT_NUMERIC)

    lost = _one("FR4", NORTHWIND, "Bureautique", "APP", submitted="2021-03-11", signed="2021-03-01")
    lost.plant(0, "partner_center_claim_id", 7_001_204_418_233_590, Code.DIGITS_LOST)

    corrected = _one("SE9", FABRIKAM_SE, "Teams and Intune", "TEA INT MEE")
    tenant = str(corrected.rows[0].cells["tenant_id"])
    corrected.plant(0, "tenant_id", f"{{{tenant}}}", Code.VALUE_CORRECTED)
    corrected.plant(1, "tenant_id", tenant.upper(), Code.VALUE_CORRECTED)
    corrected.plant(2, "tenant_id", tenant.replace("-", ""), Code.VALUE_CORRECTED)
    name = str(corrected.rows[0].cells["customer_name"])
    corrected.plant(0, "customer_name", f"{name}{NO_BREAK_SPACE}", Code.VALUE_CORRECTED)

    full_width = _one("JP5", TAILSPIN, "情報共有", "SPO YAM")
    digits = str.maketrans("0123456789", "０１２３４５６７８９")
    for row in (0, 1):
        full_width.plant(row, "mpn_id", TAILSPIN.mpn_id.translate(digits), Code.VALUE_CORRECTED)

    # One digit off: another company's number. Known only where our own numbers are.
    typed = _one("ES4", WOODGROVE, "Identidad", "P1")
    typed.rows[0].cells["mpn_id"] = 2766583
    typed.rows[0].expect(Code.MPN_ID_NOT_YOURS, "mpn_id", "ingest")
    return [[broken], [subscription_id], [letters], [lost], [corrected], [full_width], [typed]]


def _contacts_and_places() -> list[Group]:
    email = _one("DE7", FABRIKAM_DE, "Sicherheit", "MDO")
    address = customer("DE7").contact.email
    email.plant(0, "customer_contact_email", address.replace("@", " (at) "), Code.EMAIL_INVALID)

    domain = _one("GB5", ADVENTURE, "Endpoint", "INT")
    domain.plant(0, "customer_domain", customer("GB5").domain.replace(".", ","), Code.DOMAIN_INVALID)

    country = _one("SE10", FABRIKAM_SE, "Yammer", "YAM")
    country.plant(0, "customer_country", "Sverje", Code.COUNTRY_UNKNOWN)
    return [[email], [domain], [country]]


def _dates() -> list[Group]:
    invalid = _one("DE8", FABRIKAM_DE, "Telefonie", "MEE")
    invalid.plant(0, "poe_signed_on", "Mitte März 2021", Code.DATE_INVALID)

    ambiguous = _one("US7", FABRIKAM_US, "Mailboxes", "EXO")
    ambiguous.plant(0, "poe_signed_on", "03/04/2021", Code.DATE_AMBIGUOUS)

    future = _one("FR5", NORTHWIND, "Équipes", "TEA", signed="2021-03-22")
    future.plant(0, "submitted_on", date(2021, 4, 12), Code.SUBMISSION_DATE_IN_FUTURE)
    return [[invalid], [ambiguous], [future]]


def _areas_and_products() -> list[Group]:
    area = _one("US8", FABRIKAM_US, "Cloud migration", "P2")
    area.plant(0, "solution_area", "Azure Infrastructure", Code.SOLUTION_AREA_UNKNOWN)

    activity = _one("GB6", ADVENTURE, "Champions", "TEA")
    activity.plant(0, "activity", "Training", Code.ACTIVITY_UNKNOWN)

    not_in_area = _one("ES5", WOODGROVE, "Correo", "EXO APP")
    for row in (0, 1):
        not_in_area.plant(row, "activity", PRE_SALES, Code.ACTIVITY_NOT_IN_AREA)

    misspelt = _one("SE11", FABRIKAM_SE, "Sharepoint", "TEA SPO YAM")
    misspelt.plant(1, "product", "Sharepiont Onlnie", Code.PRODUCT_UNKNOWN)

    crm = _one("DE9", FABRIKAM_DE, "Teams und CRM", "TEA MEE")
    crm.plant(1, "product", "Dynamics 365 Sales", Code.PRODUCT_NOT_IN_AREA)
    for part in ("name", "title", "email"):
        value = getattr(customer("DE9").technical, part)
        crm.rows[0].cells[f"technical_contact_{part}"] = value

    surface = _one("US9", FABRIKAM_US, "Meeting rooms", "MEE")
    surface.plant(0, "product", "Surface Hub 2S", Code.PROGRAM_NOT_SUPPORTED)

    reseller = _one("FR6", NORTHWIND, "Abonnements", "APP")
    reseller.plant(0, "activity", "Cloud Solution Provider", Code.PROGRAM_NOT_SUPPORTED)
    return [[area], [activity], [not_in_area], [misspelt], [crm], [surface], [reseller]]


def _business_applications() -> list[Group]:
    technical = _one("SE12", FABRIKAM_SE, "Fältservice", "FSV:a")
    technical.plant(0, "technical_contact_email", None, Code.TECHNICAL_CONTACT_REQUIRED)

    seller = _one("DE10", FABRIKAM_DE, "Branchenlösung", "BC:a", activity=REVENUE)
    seller.rows[0].cells["isv_solution_name"] = "Fabrikam Shop Floor"
    seller.rows[0].expect(Code.SOLUTION_SELLER_REQUIRED, "solution_seller_name")

    solution = _one("ES6", WOODGROVE, "Solución sectorial", "SAL:a", activity=REVENUE)
    solution.rows[0].cells["solution_seller_name"] = "Robin Achterberg"
    solution.rows[0].expect(Code.ISV_SOLUTION_REQUIRED, "isv_solution_name")

    without_id = _one("GB7", ADVENTURE, "Sales in three regions", "SAL:a SAL:b SAL")
    without_id.rows[2].expect(Code.SUBSCRIPTION_ID_REQUIRED, "subscription_id")

    workload = _one("US10", FABRIKAM_US, "Exchange and Teams", "EXO TEA")
    workload.plant(0, "subscription_id", subscription("US10", "a"), Code.SUBSCRIPTION_NOT_FOR_WORKLOAD)

    csp = _one("JP6", TAILSPIN, "会計", "FIN:a")
    csp.plant(0, "purchase_channel", "CSP", Code.SUBSCRIPTION_IS_CSP)
    return [[technical], [seller], [solution], [without_id], [workload], [csp]]


def _across_rows(conflicts: list[PlantedConflict]) -> list[Group]:
    """Return claims whose rows contradict each other."""
    differs = _one("SE13", FABRIKAM_SE, "Modern device", "INT P1 APP")
    differs.plant(2, "customer_contact_email", customer("SE13").technical.email, Code.CLAIM_HEADER_DIFFERS)

    twice = _one("FR7", NORTHWIND, "Collaboration", "TEA SPO TEA")
    twice.rows[2].expect(Code.DUPLICATE_LINE, "product")

    one_domain = [_one("DE11", FABRIKAM_DE, "Intranet", "SPO"), _one("DE12", FABRIKAM_DE, "Intranet", "SPO")]
    for claim in one_domain:
        claim.plant(0, "customer_domain", customer("DE11").domain, Code.TENANT_DOMAIN_MISMATCH)

    one_id = [_one("US11", FABRIKAM_US, "Sales", "SAL:a"), _one("US12", FABRIKAM_US, "Sales", "SAL:a")]
    for claim in one_id:
        claim.plant(0, "subscription_id", subscription("US11", "a"), Code.SUBSCRIPTION_TWO_TENANTS)

    own = [_one("GB8", ADVENTURE, "Mail", "EXO MDO"), _one("GB8", ADVENTURE, "Exchange hygiene", "EXO P1")]
    own[1].rows[0].expect(Code.OWN_DUPLICATE, "product")
    conflicts.append(PlantedConflict(kind="own-duplicate", sides=(Side(own[0]), Side(own[1]))))

    activities = [
        _one("SE14", FABRIKAM_SE, "Säljstöd", "SAL:a"),
        _one("SE14", FABRIKAM_SE, "Branschlösning", "SAL:a", activity=REVENUE),
    ]
    activities[1].rows[0].cells |= {
        "solution_seller_name": "Robin Achterberg",
        "isv_solution_name": "Fabrikam Route Planner",
    }
    for claim in activities:
        claim.rows[0].expect(Code.ACTIVITY_COMBINATION, "activity")
    return [[differs], [twice], one_domain, one_id, own, activities]


def _evidence() -> list[Group]:
    missing = _one("ES7", WOODGROVE, "Reuniones", "MEE", signed="2021-03-10")
    missing.plant(0, "poe_document", "poe/Reuniones firmado.pdf", Code.POE_NOT_FOUND)

    # One day more than twelve months.
    old = _one("JP7", TAILSPIN, "Teams", "TEA")
    old.plant(0, "poe_signed_on", date(2020, 3, 31), Code.POE_TOO_OLD)

    future = _one("SE15", FABRIKAM_SE, "Office", "APP")
    future.plant(0, "poe_signed_on", date(2021, 4, 9), Code.POE_DATE_IN_FUTURE)
    return [[missing], [old], [future]]


def _warnings() -> list[Group]:
    lookalike = _one("GB9", ADVENTURE, "Identity", "P1 P2")
    domain = customer("GB9").domain
    lookalike.plant(0, "customer_domain", domain.replace("o", CYRILLIC_O, 1), Code.DOMAIN_LOOKALIKE)

    undescribed = _one("US13", FABRIKAM_US, "Teams", "TEA")
    undescribed.plant(0, "engagement_description", None, Code.POE_DESCRIPTION_MISSING)

    expiring = _one("DE13", FABRIKAM_DE, "Service", "FSV:a")
    expiring.plant(0, "subscription_ends_on", date(2021, 4, 16), Code.SUBSCRIPTION_EXPIRES_SOON)

    renamed = [_one("FR8", NORTHWIND, "Messagerie", "EXO"), _one("FR8", NORTHWIND, "Intranet", "SPO")]
    renamed[1].rows[0].cells["customer_name"] = "Relecloud Patrimoine SAS"
    for claim in renamed:
        claim.rows[0].expect(Code.CUSTOMER_NAME_DIFFERS, "customer_name")

    at_partner = _one("ES8", WOODGROVE, "Teams", "TEA")
    at_partner.plant(
        0, "customer_contact_email", "proyecto.es8@woodgrove.example", Code.CONTACT_AT_PARTNER_DOMAIN
    )

    language = _one("DE14", FABRIKAM_DE, "Arbeitsplatz", "TEA")
    language.plant(0, "customer_language", "nl", Code.LANGUAGE_FALLBACK)

    hidden = _one("SE16", FABRIKAM_SE, "Parkerat anspråk", "YAM")
    hidden.rows[0].is_hidden = True
    hidden.rows[0].expect(Code.ROWS_HIDDEN, WHOLE_ROW)
    return [[lookalike], [undescribed], [expiring], renamed, [at_partner], [language], [hidden]]


_MANAGERS: Final = ("T. Okonjo", "M. Brevik", "S. Araki")


def _add_extras(claims: Sequence[SampleClaim]) -> None:
    dice = Dice("extras of the dirty workbook")
    for claim in claims:
        manager, size = dice.pick(_MANAGERS), dice.number(2, 60) * 25
        for row in claim.rows:
            row.cells["x:Account manager"] = manager
        claim.rows[0].cells["x:Deal size (kEUR)"] = size


LOOK: Final = Look(
    columns=(
        "x:Account manager",
        "mpn_id",
        "partner_name",
        "partner_organisation",
        "partner_country",
        "partner_contact_name",
        "partner_contact_email",
        "claim_name",
        "customer_name",
        "tenant_id",
        "customer_domain",
        "customer_country",
        "customer_region",
        "customer_language",
        "customer_address",
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "solution_area",
        "activity",
        "product",
        "subscription_id",
        "subscription_ends_on",
        "purchase_channel",
        "x:Deal size (kEUR)",
        "engagement_description",
        "technical_contact_name",
        "technical_contact_title",
        "technical_contact_email",
        "solution_seller_name",
        "isv_solution_name",
        "public_sector",
        "poe_document",
        "poe_signed_on",
        "partner_center_claim_id",
        "submitted_on",
        "comments",
    ),
    headers={
        "mpn_id": "PARTNERID",
        "tenant_id": "Directory ID",
        "claim_name": "Claim Name",
        "customer_contact_email": "Customer contact e-mail",
        "partner_contact_email": "Partner contact e-mail",
        "customer_name": "customer name",
    },
    titles=("CPOR - new claims March (everybody please fill in!)", "", "* = must be filled in"),
    header_row=4,
    font="Arial",
    header_fill="#FFD966",
    header_ink="#000000",
    band=None,
    date_format="dd.mm.yyyy",
    mpn_as_text=True,
    address_in_lines=False,
    required_star=True,
    gap_every=9,
)
