"""Undoing a run: the claim is again what it was, and later runs come first."""

from dataclasses import replace
from datetime import date

import pytest

from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import claim_reference_for
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.reverting import build_reversion, find_course, find_obstacle
from cpor_batch.domain.standing import ClaimState, apply_event, fold_events
from tests.builders import TODAY, claim

CLAIM = claim()
REFERENCE = claim_reference_for(CLAIM.natural_identity)
OTHER_DATA = replace(CLAIM, customer_name="Contoso Ltd", customer_contact_name="Robin Reeve")


def event(kind: EventKind, run: str, **changes: object) -> Event:
    values = {
        "kind": kind,
        "claim": REFERENCE,
        "known_on": TODAY,
        "occurred_on": TODAY,
        "actor": "kim",
        "run": run,
        **changes,
    }
    return Event(**values)  # type: ignore[arg-type]  # the fields of an event by name


RECORDED = event(EventKind.RECORDED, "a", status="editing", state=CLAIM)
HELD = event(EventKind.HELD, "b", status="held", after={"held_for": ["x|y"]})
REVISED = event(EventKind.REVISED, "b", state=OTHER_DATA)
NOTIFIED = event(EventKind.NOTIFIED, "b", occurred_on=date(2021, 3, 30))
APPROVED = event(EventKind.STATUS_CHANGED, "b", status="approved", occurred_on=date(2021, 3, 29))
REJECTED = event(EventKind.STATUS_CHANGED, "b", status="rejected", occurred_on=date(2021, 3, 28))
DECIDED = event(EventKind.DECIDED, "b", after={"stands_beside": ["Teams|CB-00000001"]})
LETTER = event(EventKind.DOCUMENT_ISSUED, "d", after={"document": "letter"})
ADOPTED = event(EventKind.ADOPTED, "a", status="approved", state=CLAIM, occurred_on=date(2020, 1, 2))


def story(*events: Event) -> tuple[Event, ...]:
    return tuple(replace(item, number=number) for number, item in enumerate(events, start=1))


def undo(past: tuple[Event, ...], run: str, *, by: str) -> tuple[Event, ...]:
    occasion = Occasion(run=by, actor="kim", today=date(2021, 4, 9))
    undoing = build_reversion(past, run, occasion=occasion, reason="Wrong file")
    assert undoing is not None
    return story(*past, undoing)


def state_of(past: tuple[Event, ...]) -> ClaimState | None:
    found = fold_events(past).claims.get(REFERENCE)
    return None if found is None else replace(found, last_event=0)


@pytest.mark.parametrize(
    "first",
    [
        RECORDED,
        ADOPTED,
        event(EventKind.RECORDED, "a", status="held", state=CLAIM, after={"held_for": ["p|q"]}),
    ],
    ids=["recorded", "adopted", "held"],
)
@pytest.mark.parametrize(
    "changes",
    [
        (HELD,),
        (REVISED,),
        (NOTIFIED,),
        (REJECTED, APPROVED),
        (DECIDED,),
        (REVISED, APPROVED, NOTIFIED, DECIDED),
    ],
    ids=lambda changes: "-".join(item.kind.value for item in changes),
)
def test_a_changed_claim_is_again_exactly_what_it_was(first: Event, changes: tuple[Event, ...]) -> None:
    before = story(first)
    past = story(first, *changes)

    undone = undo(past, "b", by="r")

    assert state_of(past) != state_of(before)
    assert state_of(undone) == state_of(before)
    assert state_of(undo(undone, "r", by="s")) == state_of(past)


@pytest.mark.parametrize("first", [RECORDED, ADOPTED], ids=["recorded", "adopted"])
def test_a_claim_that_the_run_recorded_is_forgotten_and_comes_back_as_it_was(first: Event) -> None:
    past = story(first, replace(NOTIFIED, run="a"), LETTER)

    undone = undo(past, "a", by="r")

    assert state_of(undone) is None
    assert state_of(undo(undone, "r", by="s")) == state_of(past)


def test_a_forgotten_claim_is_recorded_anew_as_if_it_had_never_been() -> None:
    undone = undo(story(RECORDED, replace(NOTIFIED, run="a")), "a", by="r")

    again = state_of(story(*undone, replace(RECORDED, run="c", known_on=date(2021, 4, 10))))

    assert again is not None
    assert (again.recorded_on, again.notified_on, again.status) == (date(2021, 4, 10), None, "editing")


def test_an_event_for_a_forgotten_claim_changes_nothing() -> None:
    undone = undo(story(RECORDED), "a", by="r")

    assert apply_event(None, LETTER) is None
    assert state_of(story(*undone, LETTER)) is None


def test_what_a_revision_changed_is_named_when_it_is_undone_contacts_too() -> None:
    undone = undo(story(RECORDED, REVISED), "b", by="r")[-1]

    assert undone.before == {"customer_name": "Contoso Ltd", "customer_contact_name": "Robin Reeve"}
    assert undone.after == {
        "customer_name": "Contoso AB",
        "customer_contact_name": CLAIM.customer_contact_name,
        "reverted_run": "b",
    }
    assert undone.state is not None
    assert undone.state.customer_contact_name == CLAIM.customer_contact_name


def test_what_leaves_the_standing_alone_is_no_obstacle_and_cannot_be_undone() -> None:
    past = story(RECORDED, LETTER)
    occasion = Occasion(run="r", actor="kim", today=TODAY)

    assert find_obstacle(past, "a") is None
    assert find_obstacle(past, "d") is None
    assert build_reversion(past, "d", occasion=occasion, reason="Wrong file") is None


def test_later_runs_are_named_the_latest_first() -> None:
    past = story(RECORDED, REVISED, LETTER, replace(APPROVED, run="c"))

    obstacle = find_obstacle(past, "a")

    assert obstacle is not None
    assert obstacle.runs == ("c", "b")
    assert find_obstacle(past, "c") is None


def test_a_later_run_that_was_undone_is_no_obstacle() -> None:
    past = undo(story(RECORDED, REVISED), "b", by="r")

    assert find_obstacle(past, "a") is None
    assert state_of(undo(past, "a", by="s")) is None


def test_a_run_is_undone_once() -> None:
    past = undo(story(RECORDED), "a", by="r")

    obstacle = find_obstacle(past, "a")

    assert obstacle is not None
    assert obstacle.reverted_by == "r"


def test_a_run_that_is_back_can_be_undone_again() -> None:
    back = undo(undo(story(RECORDED), "a", by="r"), "r", by="s")

    obstacle = find_obstacle(back, "r")

    assert find_obstacle(back, "a") is None
    assert obstacle is not None
    assert obstacle.reverted_by == "s"


def test_undoing_is_not_undone_while_the_claim_was_recorded_anew() -> None:
    past = story(*undo(story(RECORDED), "a", by="r"), replace(RECORDED, run="c"))

    obstacle = find_obstacle(past, "r")

    assert obstacle is not None
    assert obstacle.runs == ("c",)


def test_undoing_is_not_undone_while_what_it_left_is_gone() -> None:
    past = undo(undo(story(RECORDED, REVISED), "b", by="r"), "a", by="s")

    obstacle = find_obstacle(past, "r")

    assert obstacle is not None
    assert obstacle.runs == ("s",)


def test_only_what_was_not_undone_counts() -> None:
    past = undo(story(RECORDED, REVISED, LETTER), "b", by="r")

    assert [item.number for item in find_course(past)] == [1]
    assert [item.number for item in find_course(undo(past, "r", by="s"))] == [1, 2]
