"""05-svensk.xlsx: a workbook with Swedish headers and Swedish words in its cells. No errors."""

from typing import Final

from tests.samples.cast import FABRIKAM_SE
from tests.samples.claims import BUSINESS, M365, SampleClaim
from tests.samples.plans import Plan, make_claim
from tests.samples.workbooks import Look, SampleWorkbook

FILE: Final = "05-svensk.xlsx"

USAGE: Final = "Användning"
PRE_SALES: Final = "Förförsäljning"
BOTH: Final = "Användning och Förförsäljning"
REVENUE: Final = "Intäktsassociation"

_PLANS: Final = (
    Plan(
        who="SE20",
        partner=FABRIKAM_SE,
        theme="Digital arbetsplats",
        lines="EXO SPO TEA MEE APP INT P1",
        activity=USAGE,
    ),
    Plan(who="SE20", partner=FABRIKAM_SE, theme="Säljstöd", lines="SAL:a PBI:b", activity=BOTH),
    Plan(
        who="SE21",
        partner=FABRIKAM_SE,
        theme="Intranät",
        lines="SPO YAM TEA",
        activity=USAGE,
        submitted="2021-03-30",
        signed="2021-03-18",
    ),
    Plan(who="SE22", partner=FABRIKAM_SE, theme="Affärssystem", lines="BC:a FIN:b SCM:b", activity=PRE_SALES),
    Plan(
        who="SE23",
        partner=FABRIKAM_SE,
        theme="E-post och säkerhet",
        lines="EXO MDO P1 P2 INT",
        activity=USAGE,
        signed="2021-02-26",
    ),
    Plan(who="SE24", partner=FABRIKAM_SE, theme="Branschlösning", lines="FSV:a", activity=REVENUE),
    Plan(
        who="SE25",
        partner=FABRIKAM_SE,
        theme="Möten och samarbete",
        lines="TEA MEE SPO YAM EXO APP",
        activity=USAGE,
        submitted="2021-03-19",
        signed="2021-03-05",
    ),
    Plan(who="SE26", partner=FABRIKAM_SE, theme="Kundtjänst", lines="CSV:a CSV:b PBI:c", activity=USAGE),
    Plan(who="SE27", partner=FABRIKAM_SE, theme="Teams", lines="TEA MEE", activity=USAGE),
)


def build_swedish() -> SampleWorkbook:
    """Return the workbook."""
    return SampleWorkbook(file=FILE, look=LOOK, claims=[_make(plan) for plan in _PLANS])


def _make(plan: Plan) -> SampleClaim:
    claim = make_claim(plan)
    first = claim.rows[0].cells
    first["public_sector"] = "Nej"
    if plan.activity == REVENUE:
        first |= {"solution_seller_name": "Robin Achterberg", "isv_solution_name": "Fabrikam Ruttplanering"}
    return claim


LOOK: Final = Look(
    columns=(
        "claim_name",
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
        "customer_language",
        "customer_address",
        "solution_area",
        "activity",
        "product",
        "subscription_id",
        "subscription_ends_on",
        "purchase_channel",
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "technical_contact_name",
        "technical_contact_title",
        "technical_contact_email",
        "solution_seller_name",
        "isv_solution_name",
        "engagement_description",
        "poe_signed_on",
        "public_sector",
        "submitted_on",
        "comments",
    ),
    headers={
        "claim_name": "Anspråkets namn",
        "mpn_id": "MPN-ID",
        "partner_name": "Partnerns namn",
        "partner_organisation": "Partnerns organisation",
        "partner_country": "Partnerns land",
        "partner_contact_name": "Partnerns kontaktnamn",
        "partner_contact_email": "Partnerns e-postadress",
        "customer_name": "Kundens namn",
        "customer_domain": "Kundens domännamn",
        "tenant_id": "Klientorganisations-ID",
        "customer_country": "Kundens land",
        "customer_language": "Kundens språk",
        "customer_address": "Kundens adress",
        "solution_area": "Lösningsområde",
        "activity": "Aktivitet",
        "product": "Produkt eller arbetsbelastning",
        "subscription_id": "Prenumerations-ID",
        "subscription_ends_on": "Prenumerationen upphör",
        "purchase_channel": "Köpt genom",
        "customer_contact_name": "Kundens kontaktnamn",
        "customer_contact_title": "Kundkontaktens titel",
        "customer_contact_email": "Kundkontaktens e-postadress",
        "technical_contact_name": "Teknisk kontakts namn",
        "technical_contact_title": "Teknisk kontakts titel",
        "technical_contact_email": "Teknisk kontakts e-postadress",
        "solution_seller_name": "Lösningssäljarens namn",
        "isv_solution_name": "ISV-lösningens namn",
        "engagement_description": "Beskrivning av uppdraget",
        "poe_signed_on": "PoE undertecknad",
        "public_sector": "Offentlig sektor",
        "submitted_on": "Inskickat",
        "comments": "Kommentarer",
    },
    titles=(
        "CPOR-anspråk Fabrikam Sverige",
        "Kvartal 3, räkenskapsåret 2021. En rad per produkt eller arbetsbelastning.",
    ),
    header_row=4,
    header_fill="#0B5394",
    band="#FFF9E5",
    drop_downs={
        "solution_area": (M365, BUSINESS),
        "activity": (USAGE, PRE_SALES, BOTH, REVENUE),
        "public_sector": ("Ja", "Nej"),
    },
)
