"""What the ledger knows of a claim of the run: the same one, a revision, a submission, or too late."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cpor_batch.domain.claim import LINE_FIELDS, Claim, changed_fields
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.known import Known
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.standing import HELD, LAPSED, ClaimState, holds_key
from cpor_batch.validation.assembly import EVERYTHING, adopt_known
from cpor_batch.validation.claimwide import Claims, in_words
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.reading import Fault, shown

# What may be added in a status that no edition describes: an export's own word for a claim under way.
_APPROVED: Final = "approved"
_ADDITIONS: Final = frozenset({"poe_document", "poe_signed_on", "comments", "partner_center_claim_id"})
_MANY: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A claim of the run beside what the ledger knows of it."""

    claim: Claim | None
    state: ClaimState | None = None
    is_unchanged: bool = False
    is_submission: bool = False
    changes: Mapping[str, tuple[object, object]]
    """The fields that may no longer change, and did: before and after."""


def compare(
    claim: Claim | None, state: ClaimState | None, *, blank: Collection[str], edition: Edition, today: date
) -> Compared:
    """Return the claim as it would be recorded, beside what the ledger knows.

    `edition` is the one that the recorded claim keeps, or the run's for a new claim.
    """
    if claim is None or state is None:
        is_submission = claim is not None and claim.submitted_on is not None
        return Compared(claim=claim, state=state, is_submission=is_submission, changes={})
    may_change = changeable(state, edition, today)
    merged = adopt_known(claim, state, blank=blank, may_change=may_change)
    changes = changed_fields(state.claim, merged)
    is_open = EVERYTHING in may_change
    # The day of a submission that was recorded by hand may be filled in later.
    may_now = may_change if state.claim.submitted_on is not None else {*may_change, "submitted_on"}
    late = {
        name: pair
        for name, pair in changes.items()
        if not is_open and _column_of(name) not in may_now and not _fills_gap(state, pair)
    }
    return Compared(
        claim=merged,
        state=state,
        is_unchanged=not changes,
        is_submission=is_open and merged.submitted_on is not None and state.claim.submitted_on is None,
        changes=late,
    )


def _fills_gap(state: ClaimState, pair: tuple[object, object]) -> bool:
    """Whether the change says what the export lacked from which an existing association was taken over."""
    return state.is_adopted and pair[0] in (None, "", (), False)


def changeable(state: ClaimState, edition: Edition, today: date) -> frozenset[str]:
    """Return the columns that may change in the status that the claim has today; EVERYTHING for all.

    One that lapsed before it was approved may still change as its own status lets it: a wrong end of its
    subscription can be put right, which revives it.
    """
    has_ended = state.status == _APPROVED and effective_status(state, today=today) == LAPSED
    rule = edition.statuses.get(LAPSED if has_ended else state.status)
    return _ADDITIONS if rule is None else rule.may_change


def _column_of(field: str) -> str:
    return field.partition(" (")[0]


def find_late_changes(
    claims: Claims,
    compared: Sequence[Compared],
    editions: Mapping[str, Edition],
    *,
    has_error: Callable[[int, str], bool],
) -> Iterator[Finding]:
    """Yield the changed rows of claims that are submitted already, each with the fields that changed.

    `has_error` says of a row's cell whether it is wrong by itself: what it says is then no change.
    """
    for number, one in enumerate(compared):
        if not one.changes or one.state is None:
            continue
        by_row: dict[int, list[str]] = defaultdict(list)
        for name in one.changes:
            position = _row_of(claims, number, name, one)
            if not has_error(position, _column_of(name)) and not _is_loss(claims, number, name, one):
                by_row[position].append(name)
        for position, names in by_row.items():
            yield _too_late(position, names, one, one.state, editions)


def _is_loss(claims: Claims, number: int, name: str, one: Compared) -> bool:
    """Whether lines are gone from a claim of which some rows cannot be read: they may be those."""
    if name != "product" or len(claims.line_rows(number)) == len(claims.grouping.groups[number].listed):
        return False
    before, after = one.changes[name]
    return isinstance(before, tuple) and isinstance(after, tuple) and set(after) <= set(before)


def _too_late(
    position: int, names: Sequence[str], one: Compared, state: ClaimState, editions: Mapping[str, Edition]
) -> Finding:
    changes = [(name, *map(_in_words, one.changes[name])) for name in names[:_MANY]]
    listed = "; ".join(f"{name} (from {before} to {after})" for name, before, after in changes)
    more = f"; and {len(names) - _MANY} more" if len(names) > _MANY else ""
    edition = editions.get(state.claim.edition)
    rule = edition.statuses.get(state.status) if edition is not None else None
    label = state.status if rule is None else rule.label
    message = f'{state.reference} has the status "{label}" and cannot change this any more: {listed}{more}.'
    hint = "Put the row back as it was recorded; PoE and comments may be added while the claim is alive."
    fault = Fault(IssueCode.CLAIM_ALREADY_SUBMITTED, message, hint)
    return Finding(position, _column_of(names[0]), fault, f"statuses.{state.status}")


def _in_words(value: object) -> str:
    if value is None or value in ("", ()):
        return "blank"
    if isinstance(value, tuple):
        return shown("; ".join(map(str, value)))
    return in_words(value) if isinstance(value, bool) else shown(value)


def _row_of(claims: Claims, number: int, name: str, one: Compared) -> int:
    """Return the row to show for a changed field: the one that has the value, or the line's."""
    rows = claims.line_rows(number)
    column = _column_of(name)
    if column in claims.columns:
        return int(claims.columns[column].sources[number])
    if column not in LINE_FIELDS or one.claim is None or one.state is None:
        return rows[0]
    recorded = {line.identity for line in one.state.claim.lines}
    for position, line in zip(rows, one.claim.lines, strict=True):
        is_named = name.endswith(f"({line.product})")
        if is_named or (name == "product" and line.identity not in recorded):
            return position
    return rows[0]


def find_shared_identities(claims: Claims, compared: Sequence[Compared]) -> Iterator[Finding]:
    """Yield the rows of a claim whose reference or Partner Center ID another claim of the run bears."""
    first: dict[tuple[str, str], int] = {}
    for number, one in enumerate(compared):
        for key, identity in _identities(one):
            earlier = first.setdefault((key, identity), number)
            if earlier != number:
                yield from _shared(claims, number, claims.grouping.groups[earlier].key, key, identity)


def find_taken_identities(
    claims: Claims, compared: Sequence[Compared], known: Known, editions: Mapping[str, Edition]
) -> Iterator[Finding]:
    """Yield the reference or ID of each claim whose grouping cells are another recorded claim's.

    Two living claims of one partner, tenant, area, activity and name could not be told apart afterwards.
    """
    brought = {one.state.reference for one in compared if one.state is not None}
    for number, one in enumerate(compared):
        if one.claim is None or one.state is None:
            continue
        other = known.by_natural_identity.get(one.claim.natural_identity)
        if other is None or other.reference in brought or not _is_alive(other, editions):
            continue
        keys = ("claim_reference", "partner_center_claim_id")
        key = next((key for key in keys if claims.columns[key][number] is not None), keys[0])
        message = (
            f"{one.state.reference} is another claim than {other.reference}, whose grouping cells these are."
        )
        hint = f"Write {other.reference} or leave the cell blank; or give the claim another name."
        fault = Fault(IssueCode.CLAIM_HEADER_DIFFERS, message, hint)
        yield Finding(int(claims.columns[key].sources[number]), key, fault)


def _is_alive(state: ClaimState, editions: Mapping[str, Edition]) -> bool:
    edition = editions.get(state.claim.edition)
    return state.status == HELD or edition is None or holds_key(state, edition)


def _shared(claims: Claims, number: int, other: int, key: str, identity: str) -> Iterator[Finding]:
    hint = "Leave the cell blank for a new claim; one claim has the same grouping cells everywhere."
    for position in claims.rows(number):
        where = claims.batch.row_from(other, seen_from=position)
        message = f"{shown(identity)} is the claim of {where} already, which is another claim."
        yield Finding(position, key, Fault(IssueCode.CLAIM_HEADER_DIFFERS, message, hint))


def _identities(one: Compared) -> Iterator[tuple[str, str]]:
    if one.claim is None:
        return
    if one.claim.claim_reference is not None:
        yield "claim_reference", one.claim.claim_reference
    if one.claim.partner_center_claim_id is not None:
        yield "partner_center_claim_id", one.claim.partner_center_claim_id
