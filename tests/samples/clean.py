"""01-clean.xlsx: the register of a team that takes care. No errors, and a few harmless warnings."""

from datetime import date
from typing import Final

from cpor_batch.domain.issue import IssueCode
from tests.samples.cast import (
    ADVENTURE,
    FABRIKAM_DE,
    FABRIKAM_SE,
    FABRIKAM_US,
    NORTHWIND,
    PARTNERS,
    TAILSPIN,
    WOODGROVE,
)
from tests.samples.claims import BOTH, BUSINESS, M365, PRE_SALES, REVENUE, USAGE, Formula, SampleClaim
from tests.samples.plans import Plan, make_claim
from tests.samples.poe import POE_CLAIM, POE_PATH
from tests.samples.workbooks import Look, SampleWorkbook

FILE: Final = "01-clean.xlsx"

PLANS: Final = (
    Plan(
        key="exchange",
        who="SE0",
        partner=FABRIKAM_SE,
        theme="Exchange and Teams",
        lines="EXO TEA APP MEE YAM",
        submitted="2021-03-04",
        signed="2021-02-18",
    ),
    Plan(
        who="SE0",
        partner=FABRIKAM_SE,
        theme="ERP",
        lines="BC:a PBI:b",
        submitted="2021-03-26",
        signed="2021-03-19",
    ),
    Plan(
        key="intune",
        who="SE1",
        partner=FABRIKAM_SE,
        theme="Modern device",
        lines="INT P1 APP MDO",
        submitted="2021-02-11",
        signed="2021-01-29",
    ),
    Plan(who="SE1", partner=ADVENTURE, theme="Intranet", lines="SPO YAM TEA"),
    Plan(
        who="SE2", partner=FABRIKAM_SE, theme="Modern workplace FY21", lines="EXO SPO TEA MEE APP INT P1 MDO"
    ),
    Plan(who="SE2", partner=FABRIKAM_SE, theme="CRM pre-sales", lines="SAL:a CSV:b", activity=PRE_SALES),
    Plan(who="SE2", partner=FABRIKAM_SE, theme="CRM adoption", lines="SAL:a CSV:b", activity=USAGE),
    Plan(
        who="SE3", partner=FABRIKAM_SE, theme="Security baseline", lines="P1 P2 MDO INT", signed="2020-04-01"
    ),
    Plan(who="SE3", partner=FABRIKAM_SE, theme="Teamwork", lines="TEA MEE SPO YAM"),
    Plan(
        who="SE4",
        partner=FABRIKAM_SE,
        theme="Digital arbetsplats",
        lines="EXO SPO TEA MEE APP",
        signed="2020-11-30",
        submitted="2020-12-14",
    ),
    Plan(who="SE5", partner=FABRIKAM_SE, theme="Fältservice", lines="FSV:a FSV:b SCM:c", activity=BOTH),
    Plan(who="SE5", partner=FABRIKAM_SE, theme="Mail and Teams", lines="EXO TEA MEE P1 APP SPO"),
    Plan(
        key="lookalike",
        who="DE0",
        partner=FABRIKAM_DE,
        theme="Teams Einführung",
        lines="TEA MEE SPO YAM EXO",
        submitted="2021-03-30",
        signed="2021-03-22",
    ),
    Plan(who="DE0", partner=FABRIKAM_DE, theme="Produktionsplanung", lines="SCM:a FIN:b PBI:c"),
    Plan(
        key="combination",
        who="DE1",
        partner=FABRIKAM_DE,
        theme="Vertrieb",
        lines="SAL:a",
        submitted="2021-01-18",
        signed="2021-01-11",
    ),
    Plan(who="DE1", partner=FABRIKAM_DE, theme="Arbeitsplatz", lines="EXO SPO TEA APP INT P1 P2 MEE MDO"),
    Plan(who="DE2", partner=FABRIKAM_DE, theme="Kundenservice", lines="CSV:a FSV:b", activity=BOTH),
    Plan(who="DE2", partner=FABRIKAM_DE, theme="Sicherheit", lines="MDO P1 P2 INT EXO"),
    Plan(who="DE3", partner=FABRIKAM_DE, theme="ERP Auswahl", lines="BC:a BC:b", activity=PRE_SALES),
    Plan(who="DE3", partner=ADVENTURE, theme="Collaboration", lines="TEA SPO MEE YAM APP"),
    Plan(
        key="overlap",
        who="FR0",
        partner=NORTHWIND,
        theme="Service client",
        lines="CSV:a",
        submitted="2021-03-25",
        signed="2021-03-12",
    ),
    Plan(who="FR0", partner=NORTHWIND, theme="Messagerie", lines="EXO MDO P1 APP INT"),
    Plan(key="revision", who="FR1", partner=NORTHWIND, theme="Espace de travail", lines="TEA SPO"),
    Plan(who="FR1", partner=NORTHWIND, theme="Finance", lines="FIN:a SCM:b PBI:c", activity=BOTH),
    Plan(
        who="FR2",
        partner=NORTHWIND,
        theme="Adoption Teams",
        lines="TEA MEE YAM SPO EXO APP",
        submitted="2021-02-24",
        signed="2021-02-10",
    ),
    Plan(who="FR2", partner=NORTHWIND, theme="Solution sectorielle", lines="BC:a", activity=REVENUE),
    Plan(key="editing", who="ES0", partner=WOODGROVE, theme="Puesto de trabajo", lines="TEA MEE SPO EXO INT"),
    Plan(who="ES0", partner=WOODGROVE, theme="Ventas", lines="SAL:a PBI:b", activity=BOTH),
    Plan(key="submission", who="ES1", partner=WOODGROVE, theme="Correo", lines="EXO MDO APP"),
    Plan(who="ES1", partner=WOODGROVE, theme="Seguridad", lines="P1 P2 INT YAM TEA"),
    Plan(
        who="ES2",
        partner=WOODGROVE,
        theme="ERP",
        lines="BC:a PBI:a",
        submitted="2020-11-16",
        signed="2020-10-30",
    ),
    Plan(key="exact", who="ES2", partner=WOODGROVE, theme="Teams", lines="TEA MEE YAM SPO"),
    Plan(key="own-sales", who="JP0", partner=TAILSPIN, theme="営業支援", lines="SAL:a CSV:b"),
    Plan(
        who="JP0",
        partner=TAILSPIN,
        theme="Teams 定着支援",
        lines="TEA MEE SPO EXO APP",
        submitted="2021-03-29",
        signed="2021-03-15",
    ),
    Plan(
        who="JP1",
        partner=TAILSPIN,
        theme="クラウド移行",
        lines="EXO SPO TEA INT P1 MDO APP",
        signed="2021-03-08",
    ),
    Plan(who="JP1", partner=TAILSPIN, theme="会計", lines="FIN:a SCM:b", activity=PRE_SALES),
    Plan(who="JP2", partner=TAILSPIN, theme="働き方改革", lines="TEA MEE YAM SPO EXO APP P1 INT"),
    Plan(who="JP2", partner=TAILSPIN, theme="保守サービス", lines="FSV:a CSV:b SAL:c"),
    Plan(key="two-ids", who="US0", partner=FABRIKAM_US, theme="Finance roll-out", lines="FIN:a FIN:b SCM:c"),
    Plan(who="US0", partner=FABRIKAM_US, theme="Modern workplace", lines="EXO SPO TEA APP MDO P1 MEE YAM"),
    Plan(
        key="submitted",
        who="US1",
        partner=FABRIKAM_US,
        theme="Teams adoption",
        lines="TEA",
        submitted="2021-03-31",
        signed="2021-03-24",
    ),
    Plan(who="US1", partner=FABRIKAM_US, theme="ISV field app", lines="FSV:a SAL:b", activity=REVENUE),
    Plan(
        who="US2",
        partner=FABRIKAM_US,
        theme="Zero trust",
        lines="P1 P2 INT MDO APP",
        submitted="2021-03-17",
        signed="2021-03-02",
    ),
    Plan(
        key="expiring",
        who="US2",
        partner=FABRIKAM_US,
        theme="Customer service",
        lines="CSV:a PBI:b",
        activity=BOTH,
    ),
    Plan(who="US3", partner=FABRIKAM_US, theme="Resident services", lines="EXO SPO TEA MEE INT P1 MDO APP"),
    Plan(
        key="own-sharepoint",
        who="GB0",
        partner=ADVENTURE,
        theme="Intranet and mail",
        lines="SPO EXO YAM APP",
        submitted="2021-03-23",
        signed="2021-03-09",
    ),
    Plan(who="GB0", partner=ADVENTURE, theme="Sales insights", lines="SAL:a PBI:b"),
    Plan(
        key="comment",
        who="GB1",
        partner=ADVENTURE,
        theme="Endpoint",
        lines="INT P1",
        submitted="2021-03-30",
        signed="2021-03-26",
    ),
    Plan(who="GB1", partner=ADVENTURE, theme="Teams Phone readiness", lines="TEA MEE EXO SPO"),
    Plan(key="depots", who="GB2", partner=ADVENTURE, theme="Depots", lines="SCM:a FSV:b BC:c", activity=BOTH),
    Plan(who="GB2", partner=ADVENTURE, theme="Security", lines="MDO P2 P1 INT", signed="2021-01-15"),
)

_COLUMNS: Final = (
    "claim_name",
    "x:Opp. no.",
    "partner_center_claim_id",
    "mpn_id",
    "partner_name",
    "partner_organisation",
    "partner_country",
    "partner_contact_name",
    "partner_contact_email",
    "customer_name",
    "customer_domain",
    "tenant_id",
    "customer_country",
    "customer_region",
    "customer_language",
    "customer_address",
    "public_sector",
    "solution_area",
    "activity",
    "product",
    "subscription_id",
    "subscription_ends_on",
    "purchase_channel",
    "engagement_description",
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
    "technical_contact_name",
    "technical_contact_title",
    "technical_contact_email",
    "solution_seller_name",
    "isv_solution_name",
    "poe_document",
    "poe_signed_on",
    "submitted_on",
    "comments",
)
LOOK: Final = Look(
    columns=_COLUMNS,
    titles=(
        "CPOR claim register, FY21 Q3",
        "Incentive desk for Fabrikam, Adventure Works, Northwind Traders, Tailspin Toys and Woodgrove",
        "Status 1 April 2021. One row per product or workload, the claim's own data in its first row.",
    ),
    header_row=5,
    hidden_columns=frozenset({"x:Opp. no."}),
    drop_downs={
        "solution_area": (M365, BUSINESS),
        "activity": (USAGE, PRE_SALES, BOTH, REVENUE),
        "public_sector": ("Yes", "No"),
    },
    partner_list=True,
    notes_sheet=(
        "Read me",
        (
            "How we fill in the register",
            "1. Copy MPN ID from Lists; the partner's name follows by formula.",
            "2. Tenant ID and domain come from the customer. Never type them from memory.",
            "3. Submitted on stays blank until the claim is in Partner Center.",
            "4. Signed PoE documents go to the folder poe beside this file.",
        ),
    ),
)


def build_clean() -> tuple[SampleWorkbook, dict[str, SampleClaim]]:
    """Return the workbook, and those of its claims that later workbooks refer to, by key."""
    claims = []
    by_key = {}
    for number, plan in enumerate(PLANS, start=1):
        claim = _make(plan, number)
        claims.append(claim)
        if plan.key:
            by_key[plan.key] = claim
    _leave_warnings(by_key)
    return SampleWorkbook(file=FILE, look=LOOK, claims=claims), by_key


def _make(plan: Plan, number: int) -> SampleClaim:
    claim = make_claim(plan)
    first = claim.rows[0]
    names = {partner.mpn_id: partner.name for partner in PARTNERS}
    first.cells["partner_name"] = Formula(
        "=VLOOKUP({mpn}{row},Lists!$A$2:$D$8,2,FALSE)", names[str(first.cells["mpn_id"])]
    )
    for row in claim.rows:
        row.cells["x:Opp. no."] = f"OPP-{20_000 + number * 7}"
    if plan.submitted and number % 3:
        first.cells["partner_center_claim_id"] = f"CA-{700_100 + number * 13}"
    if plan.activity == REVENUE:
        claim.rows[0].cells["solution_seller_name"] = "Robin Achterberg"
        claim.rows[0].cells["isv_solution_name"] = "Fabrikam Route Planner"
    if plan.who == "SE0" and plan.theme == POE_CLAIM:
        first.cells["poe_document"] = POE_PATH
    if plan.signed is None and number % 6 == 0:
        first.notes["customer_contact_name"] = "Prefers a call before any letter goes out."
    return claim


def _leave_warnings(by_key: dict[str, SampleClaim]) -> None:
    """Leave what even a careful team leaves behind, and what does no harm."""
    exact = by_key["exact"]
    tenant = str(exact.rows[0].cells["tenant_id"])
    exact.plant(0, "tenant_id", f"{{{tenant.upper()}}}", IssueCode.VALUE_CORRECTED)
    title = exact.rows[0].cells["customer_contact_title"]
    exact.plant(0, "customer_contact_title", f"{title} ", IssueCode.VALUE_CORRECTED)
    by_key["combination"].plant(0, "engagement_description", None, IssueCode.POE_DESCRIPTION_MISSING)
    by_key["expiring"].plant(
        0, "subscription_ends_on", date(2021, 4, 20), IssueCode.SUBSCRIPTION_EXPIRES_SOON
    )
