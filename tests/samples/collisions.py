"""03-conflicts-a.xlsx and 04-conflicts-b.xlsx: claims that collide."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from cpor_batch.domain.issue import IssueCode as Code
from tests.samples import clean
from tests.samples.cast import (
    ADVENTURE,
    FABRIKAM_DE,
    FABRIKAM_SE,
    FABRIKAM_US,
    NORTHWIND,
    TAILSPIN,
    WOODGROVE,
    Partner,
)
from tests.samples.claims import BOTH, PRE_SALES, REVENUE, PlantedConflict, SampleClaim, Side
from tests.samples.dirty import CYRILLIC_O
from tests.samples.plans import Plan, customer, make_claim
from tests.samples.workbooks import Look, SampleWorkbook

FILE_A: Final = "03-conflicts-a.xlsx"
FILE_B: Final = "04-conflicts-b.xlsx"

Recorded = Mapping[str, SampleClaim]
"""Claims of earlier workbooks, by key."""


def _row_of(claim: SampleClaim, product: str) -> int:
    """Return the index of the row that claims a product, however it is spelt."""
    for index, row in enumerate(claim.rows):
        if str(row.cells["product"]).removeprefix("Microsoft ") == product.removeprefix("Microsoft "):
            return index
    raise LookupError(product)


class _Builder:
    """A workbook of collisions while it is put together."""

    def __init__(self, recorded: Recorded, *, fill: Literal["all", "first"]) -> None:
        self.recorded = recorded
        self.fill = fill
        self.claims: list[SampleClaim] = []
        self.conflicts: list[PlantedConflict] = []

    def add(self, claim: SampleClaim) -> SampleClaim:
        self.claims.append(claim)
        return claim

    def claim(self, who: str, partner: Partner, theme: str, lines: str, **plan: str) -> SampleClaim:
        """Add a claim without any fault."""
        new = Plan(who=who, partner=partner, theme=theme, lines=lines, fill=self.fill, **plan)
        return self.add(make_claim(new))

    def known(self, key: str, product: str, *, file: str = clean.FILE) -> Side:
        """Return the side of a claim recorded before."""
        claim = self.recorded[key]
        return Side(claim, _row_of(claim, product), file)

    def collide(self, kind: str, *sides: Side) -> None:
        """Note a conflict; one with a claim of the ledger is found at ingest only."""
        with_ledger = any(side.file is not None for side in sides)
        modes: tuple[str, ...] = ("ingest",) if with_ledger else ("alone", "ingest")
        self.conflicts.append(PlantedConflict(kind=kind, sides=sides, modes=modes))  # type: ignore[arg-type]


def build_conflicts_a(recorded: Recorded) -> tuple[SampleWorkbook, dict[str, SampleClaim]]:
    """Return the first workbook, to be recorded after 01-clean.xlsx, and its claims that 04 refers to."""
    book = _Builder(recorded, fill="all")
    _against_the_ledger(book)
    _within_the_batch(book)
    _rules_of_one_partner(book)
    by_key = {
        "late-finance": book.claim("DE15", FABRIKAM_DE, "Finanzen", "FIN:a SCM:b"),
        "late-sales": book.claim("US14", FABRIKAM_US, "Sales hub", "SAL:a", activity=BOTH),
    }
    book.claim("SE17", FABRIKAM_SE, "Teams och möten", "TEA MEE SPO")
    sample = SampleWorkbook(file=FILE_A, look=LOOK_A, claims=book.claims, conflicts=book.conflicts)
    return sample, by_key


def _against_the_ledger(book: _Builder) -> None:
    exchange = book.claim("SE0", NORTHWIND, "Mail migration", "EXO P2 MDO", signed="2021-03-29")
    book.collide("held-by-other-partner", book.known("exchange", "Exchange Online"), Side(exchange))

    teams = book.claim("ES0", ADVENTURE, "Teams", "TEA YAM")
    book.collide("held-by-other-partner", book.known("editing", "Microsoft Teams"), Side(teams))

    intune = book.claim("SE1", FABRIKAM_DE, "Autopilot", "INT")
    book.collide("same-organisation", book.known("intune", "Intune"), Side(intune))

    service = book.claim("FR0", WOODGROVE, "Atención al cliente", "CSV FSV")
    book.collide("possible-overlap", book.known("overlap", "Dynamics 365 Customer Service"), Side(service))

    alike = book.claim("DE16", FABRIKAM_DE, "Logistik", "SPO TEA")
    twin = customer("DE0").name.removesuffix(" GmbH").upper() + " AG"
    alike.set_all("customer_name", twin)
    book.collide("lookalike-customer", book.known("lookalike", "Microsoft Teams"), Side(alike))


def _within_the_batch(book: _Builder) -> None:
    first = book.claim("JP8", TAILSPIN, "メール", "EXO MDO")
    second = book.claim("JP8", WOODGROVE, "Mail", "P1 EXO")
    book.collide("contested-in-batch", Side(first), Side(second, _row_of(second, "Exchange Online")))

    us = book.claim("GB10", FABRIKAM_US, "Teams", "TEA MEE")
    se = book.claim("GB10", FABRIKAM_SE, "Collaboration", "TEA SPO")
    book.collide("same-organisation", Side(us), Side(se))


def _rules_of_one_partner(book: _Builder) -> None:
    again = book.claim("GB0", ADVENTURE, "Intranet renewal", "SPO TEA")
    again.rows[0].expect(Code.OWN_DUPLICATE, "product", "ingest")
    book.collide("own-duplicate", book.known("own-sharepoint", "SharePoint Online"), Side(again))

    # "Usage and Pre-sales" overlaps the usage that the partner holds already.
    both = book.claim("JP0", TAILSPIN, "営業支援 2021", "PBI SAL:a", activity=BOTH)
    both.rows[1].expect(Code.OWN_DUPLICATE, "subscription_id", "ingest")
    book.collide("own-duplicate", book.known("own-sales", "Dynamics 365 Sales"), Side(both, 1))

    revenue = book.claim("DE1", FABRIKAM_DE, "Branchenlösung", "SAL:a", activity=REVENUE)
    revenue.rows[0].cells |= {
        "solution_seller_name": "Robin Achterberg",
        "isv_solution_name": "Fabrikam Route Planner",
    }
    revenue.rows[0].expect(Code.ACTIVITY_COMBINATION, "activity", "ingest")

    finance = book.claim("US0", FABRIKAM_US, "Finance, second wave", "FIN", activity=PRE_SALES)
    finance.rows[0].expect(Code.SUBSCRIPTION_ID_REQUIRED, "subscription_id", "ingest")


def build_conflicts_b(recorded: Recorded) -> SampleWorkbook:
    """Return the second workbook, to be recorded after 01-clean.xlsx and 03-conflicts-a.xlsx."""
    book = _Builder(recorded, fill="first")
    _claims_that_come_again(book)
    finance = book.claim("DE15", TAILSPIN, "Finance", "FIN:a")
    holder = book.known("late-finance", "Dynamics 365 Finance", file=FILE_A)
    book.collide("held-by-other-partner", holder, Side(finance))

    sales = book.claim("US14", FABRIKAM_SE, "Säljstöd", "SAL:a")
    holder = book.known("late-sales", "Dynamics 365 Sales", file=FILE_A)
    book.collide("same-organisation", holder, Side(sales))

    first = book.claim("ES9", WOODGROVE, "Finanzas", "FIN:a PBI:b")
    second = book.claim("ES9", NORTHWIND, "Finance", "FIN:a")
    book.collide("contested-in-batch", Side(first), Side(second))

    with_id = book.claim("GB11", ADVENTURE, "Field engineers", "FSV:a")
    without = book.claim("GB11", NORTHWIND, "Interventions", "FSV SCM:b")
    book.collide("possible-overlap", Side(with_id), Side(without))

    imitation = book.claim("GB12", ADVENTURE, "Mail", "EXO")
    domain = customer("GB2").domain.replace("o", CYRILLIC_O, 1)
    imitation.plant(0, "customer_domain", domain, Code.DOMAIN_LOOKALIKE)
    book.collide(
        "lookalike-customer", book.known("depots", "Dynamics 365 Supply Chain Management"), Side(imitation)
    )

    book.claim("SE18", FABRIKAM_SE, "Arbetsplats", "EXO TEA APP")
    book.claim("FR9", NORTHWIND, "Postes de travail", "INT APP MDO")
    return SampleWorkbook(file=FILE_B, look=LOOK_B, claims=book.claims, conflicts=book.conflicts)


def _claims_that_come_again(book: _Builder) -> None:
    plans = {plan.key: plan for plan in clean.PLANS if plan.key}
    book.add(make_claim(plans["exact"]))

    submission = book.add(
        make_claim(replace(plans["submission"], submitted="2021-03-31", signed="2021-03-26"))
    )
    submission.rows[0].cells["comments"] = "Submitted by Lucía."

    book.add(make_claim(replace(plans["revision"], lines="TEA SPO YAM")))

    comment = book.add(make_claim(plans["comment"]))
    comment.rows[0].cells["comments"] = "Reviewer asked for the device list; sent on 31 March."

    changed = book.add(make_claim(plans["submitted"]))
    changed.rows[0].cells["customer_contact_title"] = "Interim CIO"
    changed.rows[0].expect(Code.CLAIM_ALREADY_SUBMITTED, "customer_contact_title", "ingest")


_SHORT: Final = (
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
    "engagement_description",
    "technical_contact_name",
    "technical_contact_title",
    "technical_contact_email",
    "solution_seller_name",
    "isv_solution_name",
    "public_sector",
    "poe_signed_on",
    "submitted_on",
    "comments",
)
LOOK_A: Final = Look(
    columns=_SHORT,
    is_table=True,
    band=None,
    font="Segoe UI",
    header_fill="#375623",
    address_in_lines=False,
)
LOOK_B: Final = Look(
    columns=(*_SHORT[:1], "partner_center_claim_id", *_SHORT[1:]),
    titles=("Claims, first week of April", "Late claims and corrections of the March batch"),
    header_row=4,
    header_fill="#5B3A6B",
    band="#F4EEF7",
    date_format="dd/mm/yyyy",
    address_in_lines=False,
)
