"""What a verdict does to the ledger: one event per change, nothing for what it knows already."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from cpor_batch.domain.claim import LINE_FIELDS, Claim, ClaimLine, changed_fields
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.event import NOTHING, Event, EventKind, Plain
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.issue import Severity
from cpor_batch.domain.standing import HELD, ClaimState
from cpor_batch.domain.verdict import JudgedClaim, Outcome, RowPlace

Pair = tuple[object, object]
Change = tuple[Mapping[str, Plain], Mapping[str, Plain]]
NO_CHANGE: Final[Change] = (NOTHING, NOTHING)
# `product` itself names the lines by product and subscription.
_CELLS: Final = tuple(name for name in LINE_FIELDS if name not in {"product", "subscription_id"})
NO_EDITIONS: Final[Mapping[str, Edition]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who records, in which run, on which day."""

    run: str
    actor: str
    today: date


def build_events(
    claims: Iterable[JudgedClaim],
    conflicts: Sequence[Conflict],
    *,
    occasion: Occasion,
    edition: Edition,
    editions: Mapping[str, Edition] = NO_EDITIONS,
    new_reference: Callable[[Claim], ClaimReference],
) -> Iterator[Event]:
    """Yield the events that record the accepted and held claims of a verdict, in sheet order.

    A claim that the ledger has exactly so yields nothing. A claim already with Microsoft whose change is
    held keeps its status, its data and its keys: the change waits beside it until somebody decides.
    `edition` is the run's; a claim that was accepted under another one of `editions` keeps its statuses.
    """
    held_for = find_reasons_to_hold(conflicts)
    for judged in claims:
        if judged.outcome is Outcome.REFUSED or judged.claim is None:
            continue
        own = editions.get(judged.claim.edition, edition)
        reasons = tuple(dict.fromkeys(reason for place in judged.rows for reason in held_for.get(place, ())))
        if judged.known is None:
            yield _recorded(judged, judged.claim, new_reference(judged.claim), reasons, occasion, own)
        else:
            yield from _changes(judged, judged.claim, judged.known, reasons, occasion, own)


def find_reasons_to_hold(conflicts: Iterable[Conflict]) -> Mapping[RowPlace, tuple[str, ...]]:
    """Return, for each row of this run that a conflict holds, the identities of its conflicts."""
    reasons: dict[RowPlace, tuple[str, ...]] = {}
    for conflict in conflicts:
        if conflict.severity is not Severity.CONFLICT:
            continue
        identity = "|".join(conflict.identity)
        for side in conflict.claims:
            if side.is_of_this_run and side.file is not None and side.row is not None:
                place = RowPlace(side.file, side.sheet or "", side.row)
                reasons[place] = (*reasons.get(place, ()), identity)
    return reasons


def status_when_accepted(claim: Claim, edition: Edition) -> str:
    """Return the status of a claim that is accepted: submitted once it has a submission date."""
    return "submitted" if claim.submitted_on else edition.settings.first_status


def _recorded(
    judged: JudgedClaim,
    claim: Claim,
    reference: ClaimReference,
    reasons: tuple[str, ...],
    occasion: Occasion,
    edition: Edition,
) -> Event:
    is_held = judged.outcome is Outcome.HELD
    status = HELD if is_held else status_when_accepted(claim, edition)
    occurred_on = claim.submitted_on if claim.submitted_on and not is_held else occasion.today
    after: dict[str, Plain] = {"status": status}
    if is_held:
        after["held_for"] = list(reasons)
    return _event(
        EventKind.RECORDED,
        judged,
        reference,
        occasion,
        occurred_on=occurred_on,
        status=status,
        state=claim,
        change=({}, after),
    )


def _changes(
    judged: JudgedClaim,
    claim: Claim,
    known: ClaimState,
    reasons: tuple[str, ...],
    occasion: Occasion,
    edition: Edition,
) -> Iterator[Event]:
    changes = {} if judged.is_unchanged else dict(changed_fields(known.claim, claim))
    if judged.outcome is Outcome.HELD:
        is_early = known.status in {HELD, edition.settings.first_status}
        is_news = _is_news(claim, known, reasons, changes=changes)
        if is_early and is_news:
            yield _held(judged, known, reasons, occasion, changes=changes)
        elif changes and is_news:
            yield _change_held(judged, claim, known, reasons, occasion, changes=changes)
        return
    if known.held_change is not None:
        yield _end_of_wait(judged, claim, known, known.held_change, occasion, changes=changes)
        changes = changes if changed_fields(known.held_change, claim) else {}
    submitted = changes.pop("submitted_on", None) if judged.is_submission else None
    if changes:
        change = _plain_changes(with_cells(changes, known.claim, claim), {})
        yield _event(EventKind.REVISED, judged, known.reference, occasion, state=claim, change=change)
    status = status_when_accepted(claim, edition)
    if submitted is not None and claim.submitted_on is not None:
        yield _event(
            EventKind.SUBMITTED,
            judged,
            known.reference,
            occasion,
            occurred_on=claim.submitted_on,
            status=status,
            state=claim,
            change=_plain_changes({"submitted_on": submitted}, {"status": (known.status, status)}),
        )
    elif known.status == HELD:
        yield _event(
            EventKind.RELEASED,
            judged,
            known.reference,
            occasion,
            occurred_on=claim.submitted_on or occasion.today,
            status=status,
            change=_plain_changes({}, {"status": (HELD, status)}),
        )


def _is_news(
    claim: Claim, known: ClaimState, reasons: tuple[str, ...], *, changes: Mapping[str, Pair]
) -> bool:
    """Whether the ledger does not know yet that this change, or the claim, is held for these reasons."""
    if set(known.held_for) != set(reasons):
        return True
    if known.held_change is not None:
        return bool(changed_fields(known.held_change, claim))
    return bool(changes)


def _change_held(
    judged: JudgedClaim,
    claim: Claim,
    known: ClaimState,
    reasons: tuple[str, ...],
    occasion: Occasion,
    *,
    changes: Mapping[str, Pair],
) -> Event:
    before, after = _plain_changes(with_cells(changes, known.claim, claim), {})
    after["held_for"] = list(reasons)
    change = (before, after)
    event = _event(EventKind.CHANGE_HELD, judged, known.reference, occasion, change=change)
    return replace(event, held_change=claim)


def _end_of_wait(
    judged: JudgedClaim,
    claim: Claim,
    known: ClaimState,
    waiting: Claim,
    occasion: Occasion,
    *,
    changes: Mapping[str, Pair],
) -> Event:
    """Return the event by which a change that waited is made, or gives way to what the batch brings now."""
    if changed_fields(waiting, claim):
        return _event(EventKind.CHANGE_DROPPED, judged, known.reference, occasion)
    change = _plain_changes(with_cells(changes, known.claim, claim), {})
    return _event(EventKind.CHANGE_RELEASED, judged, known.reference, occasion, state=claim, change=change)


def _held(
    judged: JudgedClaim,
    known: ClaimState,
    reasons: tuple[str, ...],
    occasion: Occasion,
    *,
    changes: Mapping[str, Pair],
) -> Event:
    cells = changes if judged.claim is None else with_cells(changes, known.claim, judged.claim)
    before, after = _plain_changes(cells, {"status": (known.status, HELD)})
    return _event(
        EventKind.HELD,
        judged,
        known.reference,
        occasion,
        status=HELD,
        state=judged.claim if changes else None,
        change=(before, {**after, "held_for": list(reasons)}),
    )


def _event(
    kind: EventKind,
    judged: JudgedClaim,
    reference: ClaimReference,
    occasion: Occasion,
    *,
    occurred_on: date | None = None,
    status: str | None = None,
    state: Claim | None = None,
    change: Change = NO_CHANGE,
) -> Event:
    place = judged.rows[0]
    return Event(
        kind=kind,
        claim=reference,
        known_on=occasion.today,
        occurred_on=occurred_on or occasion.today,
        actor=occasion.actor,
        run=occasion.run,
        status=status,
        state=state,
        before=change[0],
        after=change[1],
        file=place.file,
        row=place.row,
    )


def _plain_changes(
    changes: Mapping[str, Pair], more: Mapping[str, Pair]
) -> tuple[dict[str, Plain], dict[str, Plain]]:
    pairs = {**changes, **more}
    before = {name: plain(old) for name, (old, _) in pairs.items()}
    after = {name: plain(new) for name, (_, new) in pairs.items()}
    return before, after


def with_cells(changes: Mapping[str, Pair], before: Claim, after: Claim) -> Mapping[str, Pair]:
    """Return the changes with the cells of lines that came or went, which stand in no other line."""
    if "product" not in changes:
        return changes
    old, new = ({line.identity: line for line in claim.lines} for claim in (before, after))
    gone = _cells_of((old[identity] for identity in old.keys() - new.keys()), before, after)
    come = _cells_of((new[identity] for identity in new.keys() - old.keys()), before, after)
    cells = {name: (gone.get(name), come.get(name)) for name in sorted({*gone, *come})}
    return {**changes, **{name: pair for name, pair in cells.items() if pair[0] != pair[1]}}


def _cells_of(lines: Iterable[ClaimLine], before: Claim, after: Claim) -> Mapping[str, object]:
    """Return the filled cells as `field (product)`, with the subscription where a product has several."""
    counts = [Counter(line.product for line in claim.lines) for claim in (before, after)]
    cells = {}
    for line in lines:
        is_one = all(count[line.product] <= 1 for count in counts)
        label = line.product if is_one else " ".join(line.identity).strip()
        for name in _CELLS:
            value = getattr(line, name)
            if value is not None:
                cells[f"{name} ({label})"] = value
    return cells


def plain(value: object) -> Plain:
    """Return `value` as JSON can say it: dates as ISO text, tuples as lists."""
    match value:
        case None | bool() | int() | str():
            return value
        case date():
            return value.isoformat()
        case tuple() | list() | frozenset():
            return [plain(item) for item in value]
        case _:
            return str(value)
