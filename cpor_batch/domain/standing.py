"""Standing: what every claim is now, and who holds which claim key; defined by folding events.

The ledger keeps it as a projection beside the events and must at all times equal `fold_events`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from cpor_batch.domain.claim import Claim, ClaimLine
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference

HELD: Final = "held"
WITHDRAWN: Final = "withdrawn"
LAPSED: Final = "lapsed"
OPTED_OUT: Final = "opted-out"
FORGOTTEN: Final = "forgotten"
"""What a claim is called whose recording was reverted; no claim ever has this status."""
_OF_CHANGES: Final = frozenset({EventKind.CHANGE_HELD, EventKind.CHANGE_RELEASED, EventKind.CHANGE_DROPPED})
FREE: Final = frozenset({HELD, WITHDRAWN, LAPSED, OPTED_OUT, "rejected", "rejected-final"})
"""Statuses that hold no key in any edition, so that a claim of another one is not taken for a holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimState:
    """One claim as the ledger knows it."""

    reference: ClaimReference
    claim: Claim
    status: str
    status_since: date
    """The day on which the status began."""
    recorded_on: date
    """The day on which the claim was first known."""
    notified_on: date | None = None
    """The day of Microsoft's notice to the customer."""
    approved_on: date | None = None
    """The day of Microsoft's approval; of an adopted association the day of the association, where known."""
    is_adopted: bool = False
    """An association that existed before us: owes no document, lacks nothing."""
    held_for: tuple[str, ...] = ()
    """Identities of the conflicts that hold it or its change, joined by "|"."""
    held_change: Claim | None = None
    """The claim as a change would make it that a conflict holds; the claim itself is with Microsoft."""
    stands_beside: tuple[str, ...] = ()
    """What was decided to be no obstacle: item or items and the other claim's reference, joined by "|"."""
    last_event: int = 0
    """Number of the last event that touched it."""

    @property
    def is_waiting(self) -> bool:
        """Whether the claim, or a change of it, waits for a decision on a conflict."""
        return self.status == HELD or self.held_change is not None

    @property
    def since(self) -> date:
        """Since when the claim stands: its submission, else its recording.

        An adopted one stands since its association or approval, else its submission, else its status.
        """
        if self.is_adopted:
            return self.approved_on or self.claim.submitted_on or self.status_since
        return self.claim.submitted_on or self.recorded_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All claims of a ledger."""

    claims: Mapping[ClaimReference, ClaimState] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "Standing":
        """Return the standing of a ledger without events."""
        return cls()


def apply_event(state: ClaimState | None, event: Event) -> ClaimState | None:
    """Return the claim's state after `event`; events that do not concern its standing leave it as it is."""
    if event.claim is None:
        return state
    if event.kind is EventKind.REVERTED:
        return _put_back(state, event)
    number = event.number or 0
    if state is None:
        if event.state is None or event.status is None:
            return None
        return ClaimState(
            reference=event.claim,
            claim=replace(event.state, claim_reference=event.claim),
            status=event.status,
            status_since=event.occurred_on,
            recorded_on=event.known_on,
            approved_on=_first_approval(event),
            is_adopted=event.kind is EventKind.ADOPTED,
            held_for=_conflicts_of(event),
            last_event=number,
        )
    changed = replace(state, last_event=max(number, state.last_event))
    if event.kind in _OF_CHANGES:
        changed = _with_change(changed, event)
    if event.state is not None:
        changed = replace(changed, claim=replace(event.state, claim_reference=state.reference))
    if event.kind is EventKind.NOTIFIED:
        changed = replace(changed, notified_on=event.occurred_on)
    if event.kind is EventKind.DECIDED:
        changed = _with_decision(changed, event)
    if event.status is not None:
        changed = _with_status(changed, event)
    return changed


def _first_approval(event: Event) -> date | None:
    """Return since when a claim that becomes known is approved; an adoption says it itself, where known."""
    if "approved_on" in event.after:
        return _day(event, "approved_on")
    return event.occurred_on if event.status == "approved" else None


def _with_change(state: ClaimState, event: Event) -> ClaimState:
    """Return the claim with a change that waits from now on, or waits no longer: it was made or dropped."""
    change = _change_of(event)
    held_for = () if change is None else _conflicts_of(event)
    return replace(state, held_change=change, held_for=held_for)


def _change_of(event: Event) -> Claim | None:
    return None if event.held_change is None else replace(event.held_change, claim_reference=event.claim)


def _put_back(state: ClaimState | None, event: Event) -> ClaimState | None:
    """Return the claim as it was before the reverted run; without a status it was not known then.

    `after` names what differs from the claim as it stands; of a claim that was forgotten, everything.
    """
    if event.claim is None or event.status is None:
        return None
    if state is None:
        if event.state is None:
            return None
        state = ClaimState(
            reference=event.claim,
            claim=event.state,
            status=event.status,
            status_since=event.occurred_on,
            recorded_on=event.known_on,
        )
    after = event.after
    claim = state.claim if event.state is None else event.state
    return replace(
        state,
        claim=replace(claim, claim_reference=event.claim),
        status=event.status,
        status_since=_day(event, "status_since") or state.status_since,
        recorded_on=_day(event, "recorded_on") or state.recorded_on,
        notified_on=_day(event, "notified_on") if "notified_on" in after else state.notified_on,
        approved_on=_day(event, "approved_on") if "approved_on" in after else state.approved_on,
        is_adopted=bool(after.get("is_adopted", state.is_adopted)),
        held_for=_texts(event, "held_for") if "held_for" in after else state.held_for,
        held_change=_change_of(event),
        stands_beside=_texts(event, "stands_beside") if "stands_beside" in after else state.stands_beside,
        last_event=max(event.number or 0, state.last_event),
    )


def _day(event: Event, name: str) -> date | None:
    value = event.after.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _with_decision(state: ClaimState, event: Event) -> ClaimState:
    beside = (*state.stands_beside, *_texts(event, "stands_beside"))
    is_held = state.is_waiting and "held_for" in event.after
    return replace(
        state,
        stands_beside=tuple(dict.fromkeys(beside)),
        held_for=_conflicts_of(event) if is_held else state.held_for,
    )


def _with_status(state: ClaimState, event: Event) -> ClaimState:
    status = event.status or state.status
    is_new = status != state.status
    return replace(
        state,
        status=status,
        status_since=event.occurred_on if is_new else state.status_since,
        approved_on=event.occurred_on if is_new and status == "approved" else state.approved_on,
        held_for=_conflicts_of(event) if status == HELD else () if is_new else state.held_for,
        # What Microsoft asked for is settled, or the claim has become another one.
        held_change=None if is_new else state.held_change,
    )


def _conflicts_of(event: Event) -> tuple[str, ...]:
    return _texts(event, "held_for")


def _texts(event: Event, name: str) -> tuple[str, ...]:
    values = event.after.get(name)
    return tuple(str(item) for item in values) if isinstance(values, list) else ()


def fold_events(events: Iterable[Event]) -> Standing:
    """Return the standing after all `events`, in their order."""
    claims: dict[ClaimReference, ClaimState] = {}
    for event in events:
        if event.claim is None:
            continue
        state = apply_event(claims.get(event.claim), event)
        if state is None:
            claims.pop(event.claim, None)
        else:
            claims[event.claim] = state
    return Standing(claims=claims)


def is_line_lapsed(line: ClaimLine, *, today: date) -> bool:
    """Whether the line's subscription has ended, which frees its key: the last day itself still counts."""
    return line.subscription_ends_on is not None and line.subscription_ends_on < today


def holds_key(state: ClaimState, edition: Edition) -> bool:
    """Whether the claim's status holds its keys.

    A status that the edition does not know was reported by Partner Center and is taken as holding: to
    overlook a holder costs a claim, to name one too many costs a look.
    """
    if state.is_adopted and _must_reassociate(state, edition):
        return False
    rule = edition.statuses.get(state.status)
    return state.status not in FREE if rule is None else rule.holds_key


def _must_reassociate(state: ClaimState, edition: Edition) -> bool:
    before = edition.settings.reassociate_before
    workload = any(line.level == "workload" for line in state.claim.lines)
    return before is not None and workload and state.since < before
