"""What a reconciliation found: where ledger and Partner Center agree, where not, why, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final


class FindingKind(StrEnum):
    """How the ledger and Partner Center stand to each other in one claim; the most pressing first."""

    LOST = "lost-to-other-partner"
    """Partner Center has what our claim held under another partner's ID."""
    STATUS = "status-differs"
    PARTNER = "partner-differs"
    """The same claim stands under another MPN ID."""
    PRODUCTS = "products-differ"
    ONLY_IN_LEDGER = "only-in-ledger"
    """Submitted or later, but absent from the export."""
    ONLY_IN_PARTNER_CENTER = "only-in-partner-center"
    AMBIGUOUS = "ambiguous"
    """Several claims of the ledger may be meant."""
    NEEDS_NEW_CLAIM = "needs-new-claim"
    """A subscription has ended or was renewed under another ID, which ends the association."""
    EARNS_NOTHING = "earns-nothing"
    """An approved claim without earnings."""
    EARNINGS_WITHOUT_CLAIM = "earnings-without-claim"
    MATCHED = "matched"


DRIFT_KINDS: Final = tuple(kind for kind in FindingKind if kind is not FindingKind.MATCHED)
EARNING_KINDS: Final = frozenset({FindingKind.EARNS_NOTHING, FindingKind.EARNINGS_WITHOUT_CLAIM})
"""What only the earnings files can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one claim. Texts only, so that many of them take little room."""

    kind: FindingKind
    subject: str
    """What it is about, the same in every run: a reference, a claim ID, or partner, tenant and product."""
    detail: str = ""
    """What exactly differs, in few words: "approved / under-review". A new detail is a changed finding."""
    cause: str = ""
    """What differs and why, one or two sentences."""
    next_step: str = ""
    """What to do, one sentence."""
    reference: str | None = None
    claim_id: str | None = None
    """Partner Center's."""
    claim_name: str | None = None
    customer_name: str | None = None
    tenant_id: str | None = None
    partner_name: str | None = None
    mpn_id: str | None = None
    products: str = ""
    ledger_status: str | None = None
    reported_status: str | None = None
    """As the export has it."""
    file: str | None = None
    row: int | None = None
    is_of_earnings: bool = False
    """Whether only the earnings files show it."""

    @property
    def remembered(self) -> "Remembered":
        """What the ledger keeps of it."""
        return Remembered(
            kind=str(self.kind),
            subject=self.subject,
            detail=self.detail,
            is_of_earnings=self.is_of_earnings or self.kind in EARNING_KINDS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A finding as the event of its run keeps it; holds no name of a person or customer."""

    kind: str
    subject: str
    detail: str
    is_of_earnings: bool = False
    """Whether a run without earnings could not have found it."""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same finding in another run."""
        return (self.kind, self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The last reconciliation."""

    run: str
    known_on: date
    at: datetime | None
    counts: Mapping[str, int]
    findings: tuple[Remembered, ...]
    is_cut: bool
    """Whether there were more findings than an event keeps, so that nothing can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since the last reconciliation."""

    previous: Previous | None
    new: tuple[Finding, ...] = ()
    changed: tuple[tuple[Remembered, Finding], ...] = ()
    """Another detail than the last time: before and now."""
    gone: tuple[Remembered, ...] = ()
    is_told: bool = True
    """False where the findings of one of both runs are too many to be compared."""

    @property
    def is_none(self) -> bool:
        """Whether nothing changed, as far as it can be told."""
        return not (self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningTotal:
    """What one programme earned in one currency; amounts of different currencies are never added."""

    currency: str
    programme: str
    amount: Decimal | None
    """None where the currency is not stated: such amounts cannot be added."""
    rows: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTotal:
    """What was paid in one currency, by the payments' status."""

    currency: str
    status: str
    amount: Decimal | None
    """None where the currency is not stated."""
    payments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read."""

    name: str
    kind: str
    """"claims export", "earnings", ..."""
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """A row that cannot be read."""

    file: str
    row: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The result of one reconciliation."""

    run: str
    as_of: date
    files: tuple[SourceFile, ...]
    rows: int
    claims: int
    """Claims of the exports."""
    ledger_claims: int
    """Claims of the ledger that Partner Center should have."""
    counts: Mapping[FindingKind, int]
    findings: tuple[Finding, ...]
    """Those that differ, the most pressing kind first; of each kind at most so many."""
    matched: tuple[Finding, ...]
    """At most so many."""
    changes: Changes
    news: int = 0
    """Matched claims of which the export knows more (a claim ID, a notice, a day) than the ledger."""
    refused: tuple[UnreadRow, ...] = ()
    refused_rows: int = 0
    skipped_rows: int = 0
    """Rows of other attributions or programmes."""
    has_earnings: bool = False
    earnings: tuple[EarningTotal, ...] = ()
    payments: tuple[PaymentTotal, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What a reader should know of the comparison, one sentence each."""
    whole_list: Path | None = None
    """Every finding as CSV, where a report has no room for all of them."""

    @property
    def drift(self) -> int:
        """How many findings differ."""
        return sum(number for kind, number in self.counts.items() if kind is not FindingKind.MATCHED)

    @property
    def has_drift(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.drift or self.refused_rows)
