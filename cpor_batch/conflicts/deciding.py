"""What a decision does: which claims stand, which give way, and the events that say so.

Pure. A claim stands or falls as a whole, whatever it was that it met another claim on; so two decisions
can contradict each other, and then neither is carried out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import assert_never

from cpor_batch.conflicts.agreements import agreement
from cpor_batch.domain.changes import build_status_change, event_of
from cpor_batch.domain.claim import Claim, Source, changed_fields
from cpor_batch.domain.conflict import Conflict, ConflictSide
from cpor_batch.domain.decision import Decision, DecisionKind, conflict_id, find_choices, ordinal
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recording import Occasion, plain, status_when_accepted, with_cells
from cpor_batch.domain.standing import WITHDRAWN, ClaimState
from cpor_batch.domain.transitions import Refusal

States = Mapping[ClaimReference, ClaimState]
NOTHING_LEFT = "Nothing stands against it any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision on one open conflict, as somebody wrote it."""

    conflict: Conflict
    decision: Decision
    reason: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a decision would do."""

    decided: Decided
    stands: frozenset[ClaimReference]
    gives_way: frozenset[ClaimReference]

    @property
    def claims(self) -> tuple[ClaimReference, ...]:
        """The claims of the conflict, in the order of its sides."""
        return references_of(self.decided.conflict)


def references_of(conflict: Conflict) -> tuple[ClaimReference, ...]:
    """Return the references of the conflict's claims, each once, in the order of the sides."""
    return tuple(dict.fromkeys(side.reference for side in conflict.claims if side.reference is not None))


def judge_decision(
    decided: Decided, states: States, *, may_withdraw: Callable[[ClaimState], bool]
) -> Effect | Refusal:
    """Return what the decision would do, or why it cannot be carried out.

    `may_withdraw` says of a claim that is not held whether it is ours to withdraw without Microsoft.
    """
    decision, conflict = decided.decision, decided.conflict
    if decision not in find_choices(conflict):
        return _no_such_choice(decision, conflict)
    if decision.needs_reason and not (decided.reason or "").strip():
        return Refusal(
            message=f'"{decision.words}" needs a reason.',
            hint="Say in the column Reason why; whoever gives way will ask.",
        )
    stands, gives_way = _divide(decision, conflict, states)
    if decision.kind is DecisionKind.KEEP and not gives_way:
        return Refusal(
            message="All sides are lines of one claim, so none of them can be kept alone.",
            hint="Choose Not a conflict or Withdraw, or take one line out of its batch and ingest it again.",
        )
    for reference in sorted(gives_way):
        state = states[reference]
        is_change = state.is_waiting and not conflict.is_among_holders
        if not is_change and not may_withdraw(state):
            return _cannot_give_way(state, conflict)
    return Effect(decided=decided, stands=stands, gives_way=gives_way)


def _no_such_choice(decision: Decision, conflict: Conflict) -> Refusal:
    choices = ", ".join(choice.words for choice in find_choices(conflict))
    sides = len(conflict.claims)
    if decision.side is not None:
        return Refusal(
            message=f"There is no {ordinal(decision.side)} side; the conflict has {sides}.", hint=""
        )
    return Refusal(message=f'"{decision.words}" cannot settle this conflict.', hint=f"Use one of: {choices}.")


def _divide(
    decision: Decision, conflict: Conflict, states: States
) -> tuple[frozenset[ClaimReference], frozenset[ClaimReference]]:
    everybody = frozenset(references_of(conflict))
    match decision.kind:
        case DecisionKind.KEEP:
            kept = conflict.claims[(decision.side or 1) - 1].reference
            return everybody & {kept}, everybody - {kept}
        case DecisionKind.CONTEST | DecisionKind.NOT_A_CONFLICT:
            return everybody, frozenset()
        case DecisionKind.WITHDRAW:
            return frozenset(), frozenset(item for item in everybody if states[item].is_waiting)
        case _:
            assert_never(decision.kind)


def _cannot_give_way(state: ClaimState, conflict: Conflict) -> Refusal:
    withdraw = f"cpor-batch withdraw {state.reference} --reason ..."
    hint = f"Choose Contest with newer PoE, or record first that it is given up: {withdraw}"
    if conflict.is_among_holders:
        hint = f"Take it back in Partner Center, then record that: {withdraw}; or choose Not a conflict."
    return Refusal(
        message=f"{state.reference} ({state.claim.partner_name}) is {state.status} and cannot be withdrawn "
        "by a decision: Microsoft has it, or it is not one of our partners'.",
        hint=hint,
    )


def find_contradictions(effects: Sequence[Effect]) -> Mapping[int, Refusal]:
    """Return, by index, the decisions of which one keeps a claim that another one gives up."""
    stands: dict[ClaimReference, list[int]] = defaultdict(list)
    gives_way: dict[ClaimReference, list[int]] = defaultdict(list)
    for index, effect in enumerate(effects):
        for reference in effect.stands:
            stands[reference].append(index)
        for reference in effect.gives_way:
            gives_way[reference].append(index)
    found: dict[int, Refusal] = {}
    for reference in sorted(stands.keys() & gives_way.keys()):
        rows = sorted({effects[index].decided.source.row for index in gives_way[reference]})
        for index in (*stands[reference], *gives_way[reference]):
            others = [row for row in rows if row != effects[index].decided.source.row]
            found.setdefault(index, _contradiction(reference, others or rows))
    return found


def _contradiction(reference: ClaimReference, rows: Sequence[int]) -> Refusal:
    listed = ", ".join(map(str, rows))
    return Refusal(
        message=f"The decisions contradict each other: {reference} is to stand in one and gives way in "
        f"another (row {listed}).",
        hint="A claim stands or falls as a whole. To give up one line only, take it out of its batch and "
        "ingest that batch again.",
    )


def build_decision_events(
    effects: Sequence[Effect], states: States, *, open_conflicts: Iterable[Conflict], occasion: Occasion
) -> Iterator[Event]:
    """Yield who decided what and why on each claim concerned, then the withdrawals.

    Of a claim that Microsoft has it is the change that gives way, not the claim.
    """
    settled = {conflict_id(effect.decided.conflict) for effect in effects}
    left: dict[ClaimReference, list[Plain]] = defaultdict(list)
    for conflict in open_conflicts:
        if conflict_id(conflict) not in settled:
            for reference in references_of(conflict):
                left[reference].append("|".join(conflict.identity))
    for effect in effects:
        for reference in effect.claims:
            yield _decision(effect, states[reference], left[reference], occasion)
    reasons: dict[ClaimReference, list[Effect]] = defaultdict(list)
    for effect in effects:
        for reference in sorted(effect.gives_way):
            reasons[reference].append(effect)
    for reference, causes in reasons.items():
        yield _giving_way(states[reference], causes, occasion)


def _giving_way(state: ClaimState, causes: Sequence[Effect], occasion: Occasion) -> Event:
    source, reason = causes[0].decided.source, join_reasons(causes)
    if state.held_change is not None:
        return event_of(
            EventKind.CHANGE_DROPPED,
            state,
            occasion.today,
            occasion=occasion,
            source=source,
            before={},
            after={},
            reason=reason,
        )
    return build_status_change(
        state,
        WITHDRAWN,
        occasion.today,
        occasion=occasion,
        kind=EventKind.WITHDRAWN,
        source=source,
        reason=reason,
    )


def _decision(effect: Effect, state: ClaimState, left: list[Plain], occasion: Occasion) -> Event:
    decided = effect.decided
    conflict = decided.conflict
    item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
    after: dict[str, Plain] = {
        "conflict": conflict_id(conflict),
        "kind": str(conflict.kind),
        "item": item,
        "decision": decided.decision.words,
    }
    if decided.reason:
        after["reason"] = decided.reason
    beside = _agreements(effect, state.reference)
    if beside:
        after["stands_beside"] = [*beside]
    if state.is_waiting:
        after["held_for"] = left
    return replace(
        event_of(
            EventKind.DECIDED,
            state,
            occasion.today,
            occasion=occasion,
            source=decided.source,
            before={},
            after=after,
        ),
        reason=decided.reason,
    )


def _agreements(effect: Effect, reference: ClaimReference) -> tuple[str, ...]:
    """Return what the claim may stand beside from now on, if it stands."""
    if reference not in effect.stands:
        return ()
    sides = effect.decided.conflict.claims
    pairs = ((one, other) for one, other in product(sides, sides) if one is not other)
    found = (
        agreement(_item(one), _item(other), other.reference)
        for one, other in pairs
        if one.reference == reference and other.reference is not None and other.reference in effect.stands
    )
    return tuple(dict.fromkeys(found))


def _item(side: ConflictSide) -> str:
    return side.subscription_id or side.product


def join_reasons(effects: Iterable[Effect]) -> str | None:
    """Return the reasons of these decisions, each once."""
    texts = dict.fromkeys(effect.decided.reason for effect in effects if effect.decided.reason)
    return "; ".join(texts) or None


def build_release(
    state: ClaimState, *, edition: Edition, occasion: Occasion, reason: str | None, source: Source | None
) -> Event:
    """Return the event by which a held claim gets the status that it would have had without a conflict.

    Of a claim that Microsoft has, the event by which the held change is made.
    """
    if state.held_change is not None:
        return _change_released(state, state.held_change, occasion=occasion, reason=reason, source=source)
    claim = state.claim
    return build_status_change(
        state,
        status_when_accepted(claim, edition),
        claim.submitted_on or occasion.today,
        occasion=occasion,
        kind=EventKind.RELEASED,
        source=source,
        reason=reason,
    )


def _change_released(
    state: ClaimState, change: Claim, *, occasion: Occasion, reason: str | None, source: Source | None
) -> Event:
    # What an export or a record brought meanwhile stays.
    claim = replace(
        change,
        partner_center_claim_id=state.claim.partner_center_claim_id or change.partner_center_claim_id,
        submitted_on=state.claim.submitted_on,
    )
    changes = with_cells(changed_fields(state.claim, claim), state.claim, claim)
    event = event_of(
        EventKind.CHANGE_RELEASED,
        state,
        occasion.today,
        occasion=occasion,
        source=source,
        before={name: plain(old) for name, (old, _) in changes.items()},
        after={name: plain(new) for name, (_, new) in changes.items()},
        reason=reason,
    )
    return replace(event, state=claim)
