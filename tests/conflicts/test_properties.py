"""Any runs of any claims: who is held does not hang on the order of files, and nothing is held twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.claim import Claim, ClaimKey, ClaimLine, Level, changed_fields, claim_key
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference, MpnId, claim_reference_for
from cpor_batch.domain.known import Known
from cpor_batch.domain.recording import Occasion, build_events
from cpor_batch.domain.standing import ClaimState, apply_event, holds_key, is_line_lapsed
from cpor_batch.domain.verdict import JudgedClaim, Outcome, settle
from tests.builders import (
    OTHER_SUBSCRIPTION,
    TODAY,
    business_claim,
    claim,
    edition,
    judged,
    known,
    line,
    subscription_line,
)

OCCASION = Occasion(run="r", actor="pat", today=TODAY)
PARTNERS = {"1001": "Fabrikam", "1002": "Fabrikam", "2001": "Northwind", "3001": "Tailspin"}
WORKLOADS = tuple(line(product=name) for name in ("Exchange Online", "SharePoint Online", "Microsoft Teams"))
SUBSCRIPTIONS = (
    subscription_line(),
    subscription_line(subscription_id=OTHER_SUBSCRIPTION),
    subscription_line(subscription_id=None),
    subscription_line(product="Dynamics 365 Finance"),
)


def some_of(lines: Sequence[ClaimLine]) -> st.SearchStrategy[tuple[ClaimLine, ...]]:
    return st.lists(st.sampled_from(lines), min_size=1, max_size=3, unique_by=lambda one: one.identity).map(
        tuple
    )


@st.composite
def claims_of(draw: st.DrawFn, names: Sequence[str] = ("one",)) -> Claim:
    mpn_id, organisation = draw(st.sampled_from(sorted(PARTNERS.items())))
    who = {"mpn_id": MpnId(mpn_id), "partner_name": organisation, "partner_organisation": organisation}
    name = draw(st.sampled_from(list(names)))
    if draw(st.booleans()):
        return claim(claim_name=name, lines=draw(some_of(WORKLOADS)), **who)
    return business_claim(claim_name=name, lines=draw(some_of(SUBSCRIPTIONS)), **who)


def unique(claims: st.SearchStrategy[Claim]) -> st.SearchStrategy[list[Claim]]:
    """Return claims of which no two are the same one: one partner asks for each area once a run."""
    return st.lists(claims, min_size=1, max_size=5, unique_by=lambda one: one.natural_identity)


@dataclass(frozen=True)
class Ran:
    claims: tuple[JudgedClaim, ...]
    states: Mapping[ClaimReference, ClaimState]


def run(batch: Sequence[Claim], states: Mapping[ClaimReference, ClaimState]) -> Ran:
    """Judge and record claims, one file each, as `ingest` does once their rows are found good."""
    knows = known(*states.values()) if states else Known.nothing()
    asked = [ask(one, number, knows) for number, one in enumerate(batch)]
    conflicts, issues = find_conflicts(asked, knows, edition=edition(), today=TODAY)
    settled, _ = settle(asked, issues, conflicts)
    events = build_events(
        settled,
        conflicts,
        occasion=OCCASION,
        edition=edition(),
        new_reference=lambda new: claim_reference_for(new.natural_identity),
    )
    return Ran(claims=settled, states=fold(states, events))


def ask(one: Claim, number: int, knows: Known) -> JudgedClaim:
    state = knows.by_natural_identity.get(one.natural_identity)
    if state is None:
        return judged(one, file=f"{number}.xlsx")
    brought = judged(replace(one, claim_reference=state.reference), file=f"{number}.xlsx", known=state)
    changes = {} if brought.claim is None else changed_fields(state.claim, brought.claim)
    is_late = bool(changes) and state.status not in {"editing", "held"}
    outcome = Outcome.REFUSED if is_late else Outcome.ACCEPTED
    return replace(brought, is_unchanged=not changes, outcome=outcome)


def fold(
    states: Mapping[ClaimReference, ClaimState], events: Iterable[Event]
) -> Mapping[ClaimReference, ClaimState]:
    folded = dict(states)
    for event in events:
        state = apply_event(folded.get(event.claim) if event.claim else None, event)
        if state is not None:
            folded[state.reference] = state
    return folded


def holders(states: Mapping[ClaimReference, ClaimState]) -> Mapping[ClaimKey, set[ClaimReference]]:
    found: dict[ClaimKey, set[ClaimReference]] = defaultdict(set)
    for state in states.values():
        for one in state.claim.lines:
            if holds_key(state, edition()) and not is_line_lapsed(one, today=TODAY):
                found[claim_key(state.claim, one, activity_in_key=False)].add(state.reference)
    return found


def outcomes(ran: Ran) -> Mapping[tuple[str, ...], Outcome]:
    return {item.claim.natural_identity: item.outcome for item in ran.claims if item.claim is not None}


@given(unique(claims_of()).flatmap(lambda batch: st.tuples(st.just(batch), st.permutations(batch))))
@settings(max_examples=60, deadline=None)
def test_the_order_of_files_does_not_change_who_is_held(batches: tuple[list[Claim], list[Claim]]) -> None:
    batch, shuffled = batches

    assert outcomes(run(batch, {})) == outcomes(run(shuffled, {}))


@given(unique(claims_of(names=("one", "two"))))
@settings(max_examples=40, deadline=None)
def test_every_row_is_accepted_refused_or_held(batch: list[Claim]) -> None:
    ran = run(batch, {})

    rows = sum(len(item.rows) for item in ran.claims)
    assert rows == sum(len(one.lines) for one in batch)
    assert {item.outcome for item in ran.claims} <= set(Outcome)
    assert len(ran.states) == sum(item.outcome is not Outcome.REFUSED for item in ran.claims)


@given(
    st.lists(
        st.tuples(
            unique(claims_of(names=("one", "two"))),
            st.sampled_from(["editing", "approved", "withdrawn", "rejected"]),
            st.integers(min_value=0, max_value=9),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=80, deadline=None)
def test_without_a_decision_nothing_is_ever_held_by_two(runs: list[tuple[list[Claim], str, int]]) -> None:
    states: Mapping[ClaimReference, ClaimState] = {}
    for batch, status, chosen in runs:
        states = run(batch, states).states

        assert [key for key, holding in holders(states).items() if len(holding) > 1] == []
        assert overlapping(states) == []
        states = fold(states, moved(states, status, chosen))


def overlapping(states: Mapping[ClaimReference, ClaimState]) -> list[str]:
    """Return the products of which somebody holds a subscription and somebody holds one without naming it."""
    lines = [
        one
        for state in states.values()
        for one in state.claim.lines
        if holds_key(state, edition()) and one.level is Level.SUBSCRIPTION
    ]
    without = {one.product for one in lines if one.subscription_id is None}
    return sorted(without & {one.product for one in lines if one.subscription_id is not None})


def moved(states: Mapping[ClaimReference, ClaimState], status: str, chosen: int) -> list[Event]:
    """Return the event by which one of the claims that are not held gets the status."""
    free = [state for state in states.values() if state.status == "editing"]
    if not free or status == "editing":
        return []
    return [
        Event(
            kind=EventKind.STATUS_CHANGED,
            claim=free[chosen % len(free)].reference,
            known_on=TODAY,
            occurred_on=TODAY,
            actor="pat",
            run="r",
            status=status,
        )
    ]
