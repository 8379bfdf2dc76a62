"""Claims as an incentive team writes them down, and the mistakes that are planted in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from cpor_batch.domain.issue import IssueCode, Severity
from tests.samples.cast import Customer, Partner

TODAY: Final = date(2021, 4, 1)
M365: Final = "Microsoft 365"
BUSINESS: Final = "Business Applications"
USAGE: Final = "Usage"
PRE_SALES: Final = "Pre-sales"
BOTH: Final = "Usage and Pre-sales"
REVENUE: Final = "Revenue association"

GROUPING: Final = ("claim_name", "mpn_id", "tenant_id", "solution_area", "activity")
LINE_KEYS: Final = (
    "product",
    "subscription_id",
    "subscription_ends_on",
    "purchase_channel",
    "engagement_description",
    "comments",
)

Mode = Literal["alone", "ingest"]
"""A workbook judged on its own, or recorded after those before it in a workspace with our partners."""
MODES: Final[tuple[Mode, ...]] = ("alone", "ingest")


WHOLE_ROW: Final = ""
"""The column of a finding that is about no single cell."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its stored result; a blank result is one that was never calculated."""

    text: str
    result: str


Cell = str | int | float | bool | date | Formula | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be found in a row, and in which modes."""

    code: IssueCode
    column: str
    modes: tuple[Mode, ...] = MODES


@dataclass(slots=True, kw_only=True, eq=False)
class Row:
    """One row of a workbook: cells by key; the keys of columns that nobody knows begin with "x:"."""

    cells: dict[str, Cell]
    findings: list[Finding] = field(default_factory=list)
    is_hidden: bool = False
    notes: dict[str, str] = field(default_factory=dict)
    """What somebody wrote in a note on a cell, by key."""

    def expect(self, code: IssueCode, column: str, *modes: Mode) -> None:
        self.findings.append(Finding(code, column, modes or MODES))

    def has_error(self, mode: Mode) -> bool:
        return any(mode in found.modes and found.code.severity is Severity.ERROR for found in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one row claims."""

    product: str
    description: str | None = None
    subscription_id: str | None = None
    ends_on: date | None = None
    channel: str | None = None
    comments: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class SampleClaim:
    """One claim of a workbook."""

    rows: list[Row]

    @property
    def name(self) -> str:
        return str(self.rows[0].cells["claim_name"])

    @property
    def is_submitted(self) -> bool:
        return any(row.cells.get("submitted_on") is not None for row in self.rows)

    def plant(self, row: int, column: str, value: Cell, *codes: IssueCode) -> Row:
        """Put a value into a row (counted from 0) and say what is to be found in that cell."""
        target = self.rows[row]
        target.cells[column] = value
        for code in codes:
            target.expect(code, column)
        return target

    def set_all(self, column: str, value: Cell) -> None:
        for row in self.rows:
            row.cells[column] = value


def build_claim(
    partner: Partner,
    customer: Customer,
    *,
    name: str,
    lines: Sequence[Line],
    area: str = M365,
    activity: str = USAGE,
    submitted_on: date | None = None,
    signed_on: date | None = None,
    fill: Literal["all", "first"] = "first",
    **changes: Cell,
) -> SampleClaim:
    """Return a claim without any fault; `fill` says whether claim-wide cells are repeated in each row."""
    wide = _claim_wide(partner, customer, area)
    wide |= {"submitted_on": submitted_on, "poe_signed_on": signed_on} | changes
    grouping: dict[str, Cell] = {
        "claim_name": name,
        "mpn_id": int(partner.mpn_id),
        "tenant_id": customer.tenant_id,
        "solution_area": area,
        "activity": activity,
    }
    rows = []
    for index, line in enumerate(lines):
        repeated = wide if index == 0 or fill == "all" else {}
        rows.append(Row(cells={**grouping, **repeated, **_line_cells(line)}))
    return SampleClaim(rows=rows)


def _claim_wide(partner: Partner, customer: Customer, area: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "partner_name": partner.name,
        "partner_organisation": partner.organisation,
        "partner_country": partner.country,
        "partner_contact_name": partner.contact_name,
        "partner_contact_email": partner.contact_email,
        "customer_name": customer.name,
        "customer_domain": customer.domain,
        "customer_country": customer.country,
        "customer_region": customer.region,
        "customer_address": "\n".join(customer.address),
        "customer_language": customer.language,
        "customer_contact_name": customer.contact.name,
        "customer_contact_title": customer.contact.title,
        "customer_contact_email": customer.contact.email,
        "public_sector": "Yes" if customer.is_public else "No",
    }
    if area == BUSINESS:
        cells |= {
            "technical_contact_name": customer.technical.name,
            "technical_contact_title": customer.technical.title,
            "technical_contact_email": customer.technical.email,
        }
    return cells


def _line_cells(line: Line) -> dict[str, Cell]:
    return {
        "product": line.product,
        "subscription_id": line.subscription_id,
        "subscription_ends_on": line.ends_on,
        "purchase_channel": line.channel,
        "engagement_description": line.description,
        "comments": line.comments,
    }


def rows_of(claims: Iterable[SampleClaim]) -> list[Row]:
    return [row for claim in claims for row in claim.rows]


@dataclass(frozen=True, slots=True)
class Side:
    """One claim of a conflict: the row that asks for the key, in which workbook, with its status."""

    claim: SampleClaim
    row: int = 0
    file: str | None = None
    """None: the workbook at hand."""
    status: str | None = None
    """None: "submitted" or "editing", whichever the claim is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedConflict:
    """Two or more claims that collide."""

    kind: str
    sides: tuple[Side, ...]
    modes: tuple[Mode, ...] = MODES

    @property
    def severity(self) -> str:
        return {"own-duplicate": "error", "lookalike-customer": "warning"}.get(self.kind, "conflict")
