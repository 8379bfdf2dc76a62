"""What claims earn, by Partner Center's earnings, ineligible and usage files; and why one earns nothing.

Amounts are Decimals and are added within one currency only.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cpor_batch.domain.finding import Finding, FindingKind
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation.changes import APPROVED
from cpor_batch.reconciliation.export import ExportClaim, ExportLine, group_key
from cpor_batch.reconciliation.findings import build_finding, named_lines
from cpor_batch.reconciliation.matching import plain_digits

ZERO: Final = Decimal(0)
NO_CURRENCY: Final = "currency not stated"
"""Stands for the currency where the file says none; such amounts may be of several, so no sum is told."""


class EarningSheet(StrEnum):
    """The kinds of files that say what claims earn."""

    EARNINGS = "earnings"
    INELIGIBLE = "ineligible usage"
    USAGE = "usage report"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningLine:
    """One row of such a file."""

    line: ExportLine
    """Whose it is."""
    sheet: EarningSheet
    amount: Decimal | None = None
    currency: str = ""
    programme: str = ""
    day: date | None = None
    reason: str | None = None
    """A reason code."""
    used: Decimal | None = None
    """Monthly active users."""


@dataclass(slots=True, kw_only=True)
class Earned:
    """What the files say of one claim, added up."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    """By currency."""
    reasons: Counter[str] = field(default_factory=Counter)
    used: tuple[date, Decimal] | None = None
    """The latest month with its active users, over all workloads."""
    ends_on: dict[str, date] = field(default_factory=dict)
    """Subscription -> its latest known end."""

    @property
    def has_earned(self) -> bool:
        """Whether anything was earned in any currency."""
        return any(amount > ZERO for amount in self.amounts.values())

    @property
    def in_words(self) -> str:
        """The amounts: "EUR 12.50, USD 3.00"."""
        return ", ".join(
            f"an amount ({currency})" if currency == NO_CURRENCY else f"{currency} {amount:,}"
            for currency, amount in sorted(self.amounts.items())
        )

    def add(self, line: EarningLine) -> None:
        """Count one more row."""
        if line.amount is not None and line.sheet is EarningSheet.EARNINGS:
            self.amounts[line.currency] = self.amounts.get(line.currency, ZERO) + line.amount
        if line.reason and not (line.amount or ZERO) > ZERO:
            self.reasons[line.reason] += 1
        if line.used is not None:
            self._add_usage(line.day or date.min, line.used)
        subscription, end = line.line.subscription_id, line.line.subscription_ends_on
        if subscription is not None and end is not None:
            self.ends_on[subscription] = max(end, self.ends_on.get(subscription, end))

    def merge(self, other: "Earned") -> None:
        """Add what is known of the same claim by another name."""
        for currency, amount in other.amounts.items():
            self.amounts[currency] = self.amounts.get(currency, ZERO) + amount
        self.reasons.update(other.reasons)
        if other.used is not None:
            self._add_usage(*other.used)
        for subscription, end in other.ends_on.items():
            self.ends_on[subscription] = max(end, self.ends_on.get(subscription, end))

    def _add_usage(self, day: date, used: Decimal) -> None:
        if self.used is None or day > self.used[0]:
            self.used = (day, used)
        elif day == self.used[0]:
            self.used = (day, self.used[1] + used)


@dataclass(slots=True, kw_only=True)
class Coverage:
    """What the files of a run speak of."""

    last_day: date | None = None
    """The latest day of an earning or an ineligible row."""
    partners: set[str] = field(default_factory=set)
    """MPN IDs without leading zeros."""
    has_earnings: bool = False
    """Whether there was a file with earnings: only then a claim without one is told."""

    def add(self, line: EarningLine) -> None:
        """Count one more row."""
        if line.sheet is EarningSheet.USAGE:
            return
        if line.day is not None and (self.last_day is None or line.day > self.last_day):
            self.last_day = line.day
        if line.line.mpn_id is not None:
            self.partners.add(plain_digits(line.line.mpn_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonWords:
    """How the files' codes are put into words."""

    meaning: Callable[[str], tuple[str, str] | None]
    """Reason code -> what it means and what to do."""
    pays: Callable[[str], bool]
    """Whether claims of an activity can earn."""


def group_earnings(lines: Sequence[EarningLine]) -> tuple[tuple[ExportClaim, tuple[EarningLine, ...]], ...]:
    """Return the lines by the claim that they name, each as the export would have it."""
    groups: dict[tuple[object, ...], list[EarningLine]] = defaultdict(list)
    for line in lines:
        groups[earning_key(line)].append(line)
    return tuple(
        (ExportClaim(lines=_distinct(item.line for item in group)), tuple(group)) for group in groups.values()
    )


def earning_key(line: EarningLine) -> tuple[object, ...]:
    """Return what the rows of one claim have in common: its ID, else partner, tenant and what was sold."""
    bare = line.line
    if bare.claim_id is not None:
        return group_key(bare)
    items = bare.subscription_id or "; ".join(product.name for product in bare.products)
    return ("earning", bare.mpn_id, bare.tenant_id, items)


def _distinct(lines: Iterable[ExportLine]) -> tuple[ExportLine, ...]:
    """Return one line for each product and subscription: months repeat them."""
    found: dict[tuple[object, ...], ExportLine] = {}
    for line in lines:
        found.setdefault((line.products, line.subscription_id, line.mpn_id, line.tenant_id), line)
    return tuple(found.values())


def fold_earnings(lines: Iterable[EarningLine]) -> Earned:
    """Return what the rows of one claim add up to."""
    earned = Earned()
    for line in lines:
        earned.add(line)
    return earned


def find_nothing_earned(
    state: ClaimState, earned: Earned | None, *, coverage: Coverage, words: ReasonWords, today: date
) -> Finding | None:
    """Return the finding of an approved claim that should earn and does not, with the reason."""
    if not coverage.has_earnings or effective_status(state, today=today) != APPROVED:
        return None
    since = state.approved_on or state.status_since
    is_too_early = coverage.last_day is None or since > coverage.last_day
    if is_too_early or not words.pays(state.claim.activity) or (earned is not None and earned.has_earned):
        return None
    detail, cause, step = _why(state, earned, coverage, words)
    return build_finding(
        FindingKind.EARNS_NOTHING,
        state=state,
        detail=detail,
        cause=f"Approved since {since}, but until {coverage.last_day} nothing was earned: {cause}.",
        next_step=step,
    )


def _why(
    state: ClaimState, earned: Earned | None, coverage: Coverage, words: ReasonWords
) -> tuple[str, str, str]:
    codes = [code for code, _ in earned.reasons.most_common()] if earned else []
    if codes:
        known = [(code, words.meaning(code)) for code in codes]
        causes = [f"{meaning[0]} ({code})" if meaning else f"reason {code}" for code, meaning in known]
        step = next((meaning[1] for _, meaning in known if meaning), "")
        return (
            ", ".join(sorted(codes)),
            "; ".join(causes),
            step or "Ask Partner Center's support for the code.",
        )
    if earned is not None and earned.used is not None and earned.used[1] <= ZERO:
        return (
            "no usage",
            f"the usage report counts no active users in {earned.used[0]:%Y-%m}",
            "Help the customer's people to use the workload.",
        )
    if plain_digits(state.claim.mpn_id) not in coverage.partners:
        return (
            "no earnings of the partner",
            f"the files hold nothing of MPN ID {state.claim.mpn_id}",
            f"Export the earnings of the account that has {state.claim.mpn_id} too.",
        )
    step = (
        "Download the ineligible revenue usage for the reason and give it with --earnings; else ask support, "
    )
    return (
        "no row",
        "no row of the files names it",
        f"{step}with claim ID, tenant and {named_lines(state)}.",
    )


def find_unclaimed(claim: ExportClaim, earned: Earned, *, reason: str) -> Finding | None:
    """Return the finding of earnings that belong to no claim of the ledger."""
    if not earned.has_earned:
        return None
    return build_finding(
        FindingKind.EARNINGS_WITHOUT_CLAIM,
        claim=claim,
        cause=f"{earned.in_words} earned, but {reason}.",
        next_step="Import the claims export with --adopt, or ingest the workbook of the claim.",
    )


def find_ended(state: ClaimState, earned: Earned, *, today: date) -> Finding | None:
    """Return the finding of an approved claim whose subscription has ended by the earnings files."""
    if state.status != APPROVED:
        return None
    ended = [
        f"{line.product} {line.subscription_id} ({day})"
        for line in state.claim.lines
        if (day := earned.ends_on.get(line.subscription_id or "")) is not None and day < today
    ]
    if not ended:
        return None
    return build_finding(
        FindingKind.NEEDS_NEW_CLAIM,
        state=state,
        detail=", ".join(sorted(ended)),
        cause=f"By the earnings the subscription has ended: {', '.join(ended)}.",
        is_of_earnings=True,
        next_step="If the customer has renewed, make a new claim with the new subscription ID; else withdraw "
        "this one.",
    )


def find_renewed(claim: ExportClaim, states: Iterable[ClaimState]) -> Finding | None:
    """Return the finding that a product earns under a subscription that no claim names: it was renewed."""
    mpn_id, tenant_id = claim.first(lambda line: line.mpn_id), claim.first(lambda line: line.tenant_id)
    theirs = {product.name: line.subscription_id for product, line in claim.products()}
    for state in states:
        own = state.claim
        if mpn_id is None or own.tenant_id != tenant_id or plain_digits(own.mpn_id) != plain_digits(mpn_id):
            continue
        for line in own.lines:
            new = theirs.get(line.product)
            if new is not None and line.subscription_id is not None and new != line.subscription_id:
                return build_finding(
                    FindingKind.NEEDS_NEW_CLAIM,
                    state=state,
                    detail=f"{line.subscription_id} -> {new}",
                    cause=f"{line.product} is now subscription {new}; the claim names "
                    f"{line.subscription_id}, whose association ends with it.",
                    is_of_earnings=True,
                    next_step=f"Make a new claim for subscription {new}.",
                )
    return None
