"""A short notation for claims without a fault, and the claims made from it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final, Literal

from tests.samples.cast import Customer, Dice, Partner, build_customer
from tests.samples.claims import BUSINESS, M365, USAGE, Cell, Line, SampleClaim, build_claim
from tests.samples.work import SPELLINGS, application_line, workload_line

PRODUCTS: Final = {
    "EXO": "Exchange Online",
    "SPO": "SharePoint Online",
    "TEA": "Microsoft Teams",
    "MEE": "Microsoft Teams Meetings",
    "APP": "Microsoft 365 Apps",
    "INT": "Intune",
    "P1": "Entra ID P1",
    "P2": "Entra ID P2",
    "MDO": "Microsoft Defender for Office 365",
    "YAM": "Viva Engage",
    "SAL": "Dynamics 365 Sales",
    "CSV": "Dynamics 365 Customer Service",
    "FSV": "Dynamics 365 Field Service",
    "FIN": "Dynamics 365 Finance",
    "SCM": "Dynamics 365 Supply Chain Management",
    "BC": "Dynamics 365 Business Central",
    "PBI": "Power BI",
}
_APPLICATIONS: Final = frozenset({"SAL", "CSV", "FSV", "FIN", "SCM", "BC", "PBI"})
_CHANNELS: Final = ("Volume Licensing", "Web Direct", "Volume Licensing", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One claim in short.

    `lines` holds codes of `PRODUCTS`; "SAL:a" is a line with a subscription ID, and lines of one customer
    with the same letter have the same one.
    """

    who: str
    """Country and number of the customer: "SE3"."""
    partner: Partner
    theme: str
    lines: str
    activity: str = USAGE
    submitted: str | None = None
    signed: str | None = None
    key: str | None = None
    """A name under which another workbook refers to the claim."""
    fill: Literal["all", "first"] = "first"


@cache
def customer(who: str) -> Customer:
    """Return the customer with this country and number."""
    built = build_customer(who[:2], int(who[2:]))
    return _renamed(built, _RENAMED[who]) if who in _RENAMED else built


@dataclass(frozen=True, slots=True)
class _Renaming:
    name: str
    domain: str
    mail_domain: str
    is_public: bool = False


# A public sector customer in the United States, to whom the Public Sector Disclosure applies, one elsewhere,
# to whom it does not, and one whose domain only Swedish can spell.
_RENAMED: Final = {
    "US3": _Renaming("City of Munson Falls", "munsonfalls.example", "munsonfalls.example", is_public=True),
    "SE4": _Renaming("Litvalla kommun", "litvalla.example", "litvalla.example", is_public=True),
    "SE27": _Renaming("Östervåg Bröd AB", "östervåg-bröd.example", "ostervag-brod.example"),
}


def _renamed(built: Customer, new: _Renaming) -> Customer:
    return replace(
        built,
        name=new.name,
        domain=new.domain,
        address=(new.name, *built.address[1:]),
        contact=replace(built.contact, email=built.contact.email.replace(built.domain, new.mail_domain)),
        technical=replace(
            built.technical, email=built.technical.email.replace(built.domain, new.mail_domain)
        ),
        is_public=new.is_public,
    )


def subscription(who: str, letter: str) -> str:
    """Return the ID of a customer's subscription."""
    return Dice(f"subscription {who} {letter}").guid()


def make_claim(plan: Plan, **changes: Cell) -> SampleClaim:
    """Return the claim of a plan, without any fault."""
    who = customer(plan.who)
    name = f"{short_name(who)} – {plan.theme}"
    codes = plan.lines.split()
    is_business = codes[0].partition(":")[0] in _APPLICATIONS
    dice = Dice(f"claim {plan.who} {plan.partner.mpn_id} {plan.theme}")
    return build_claim(
        plan.partner,
        who,
        name=name,
        area=BUSINESS if is_business else M365,
        activity=plan.activity,
        lines=[make_line(code, plan.who, dice) for code in codes],
        submitted_on=_day(plan.submitted),
        signed_on=_day(plan.signed),
        fill=plan.fill,
        **changes,
    )


def make_line(code: str, who: str, dice: Dice) -> Line:
    """Return the line of a code such as "EXO" or "SAL:a"."""
    short, _, letter = code.partition(":")
    product = PRODUCTS[short]
    # Teams write the same product now this way, now that way.
    spelt = SPELLINGS[product] if product in SPELLINGS and dice.number(0, 2) == 0 else None
    if short not in _APPLICATIONS:
        return workload_line(product, dice, spelt=spelt)
    ends_on = date(2021 + dice.number(1, 2), dice.number(1, 12), 28) if letter else None
    return application_line(
        product,
        dice,
        subscription_id=subscription(who, letter) if letter else None,
        ends_on=ends_on,
        channel=dice.pick(_CHANNELS),
        spelt=spelt,
    )


def short_name(who: Customer) -> str:
    """Return the customer's name without its legal form."""
    name = who.name
    for form in (" AB", " GmbH", " SAS", " S.L.", ", Inc.", " Ltd", "株式会社"):
        name = name.removesuffix(form)
    return name


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
