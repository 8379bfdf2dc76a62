"""Every pair of statuses of both editions, and the stories of the YAML files beside this one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpor_batch.domain.event import Event
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState, apply_event
from cpor_batch.domain.transitions import Asked, Refusal, build_change
from tests.builders import claim, edition, line, rulebook, state

Json = Mapping[str, Any]  # Any: what a YAML file says

BOOKS: tuple[Json, ...] = tuple(
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.yaml"))
)
PAIRS = [
    (book["edition"], first, second)
    for book in BOOKS
    for first in book["may_follow"]
    for second in book["may_follow"]
]
STORIES = [
    pytest.param(book["edition"], story, id=f"{book['edition']}: {story['name']}")
    for book in BOOKS
    for story in book["stories"]
]
LAST_DAY = {"cpor-2021": date(2021, 12, 31), "mci-2023": date(2024, 12, 31)}
MAY_FOLLOW = {book["edition"]: book["may_follow"] for book in BOOKS}


def claim_of(edition_name: str, status: str, **changes: Any) -> ClaimState:  # Any: fields by name
    day = LAST_DAY[edition_name].replace(month=2, day=1)
    return state(claim(edition=edition_name), status=status, status_since=day, recorded_on=day, **changes)


def ask(known: ClaimState, asked: Asked, past: list[Event] | None = None) -> tuple[Event, ...] | Refusal:
    name = known.claim.edition
    return build_change(
        known,
        asked,
        edition=edition(name),
        calendars=rulebook(name).calendars,
        occasion=Occasion(run="r1", actor="pat", today=LAST_DAY[name]),
        past=lambda: past or [],
    )


@pytest.mark.parametrize("name", LAST_DAY)
def test_the_table_names_every_status_of_its_edition(name: str) -> None:
    assert set(MAY_FOLLOW[name]) == set(edition(name).statuses)


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_a_status_follows_where_the_table_says_so_and_nowhere_else(
    name: str, first: str, second: str
) -> None:
    known = claim_of(name, first)
    # Within every window; the dispute's last day is told apart in the stories.
    on = known.status_since.replace(day=3)

    outcome = ask(known, Asked(status=second, on=on, reason="Missing products" if second != first else None))

    if first == second:
        assert outcome == ()
    elif second in MAY_FOLLOW[name][first]:
        assert not isinstance(outcome, Refusal)
        assert [event.status for event in outcome] == [second]
        after = apply_event(known, outcome[0])
        assert after is not None
        assert (after.status, after.status_since) == (second, on)
    else:
        assert isinstance(outcome, Refusal)
        assert all(
            allowed in f"{outcome.message} {outcome.hint}"
            for allowed in MAY_FOLLOW[name][first]
            if first != "held"
        )


@pytest.mark.parametrize(("name", "story"), STORIES)
def test_story(name: str, story: Json) -> None:
    known = claim_of(name, edition(name).settings.first_status)
    past: list[Event] = []

    for step in story["steps"]:
        asked = Asked(status=step["record"], on=step.get("day"), reason=step.get("reason"))
        outcome = ask(known, asked, past)

        if "refused" in step:
            assert isinstance(outcome, Refusal), step
            assert step["refused"] in f"{outcome.message} {outcome.hint}"
            continue
        assert not isinstance(outcome, Refusal), (step, outcome)
        for event in outcome:
            known = apply_event(known, event) or known
        past += outcome
        assert known.status == step["is"], step
        assert len(outcome) == step.get("events", len(outcome))
        if "submitted_on" in step:
            assert known.claim.submitted_on == step["submitted_on"]
        if "reason_is" in step:
            assert outcome[0].reason == step["reason_is"]


def test_a_submission_gives_the_claim_its_day() -> None:
    known = claim_of("cpor-2021", "editing")

    outcome = ask(known, Asked(status="submitted", on=date(2021, 3, 30)))

    assert not isinstance(outcome, Refusal)
    after = apply_event(known, outcome[0])
    assert after is not None
    assert after.claim == replace(known.claim, submitted_on=date(2021, 3, 30))
    assert outcome[0].after == {"status": "submitted", "submitted_on": "2021-03-30"}


def test_a_held_claim_says_that_its_conflict_comes_first() -> None:
    outcome = ask(claim_of("cpor-2021", "held"), Asked(status="submitted"))

    assert isinstance(outcome, Refusal)
    assert "Decide the conflict first" in outcome.hint


def test_a_claim_whose_subscriptions_have_ended_is_lapsed_for_every_later_day() -> None:
    ended = line(subscription_ends_on=date(2021, 6, 30))
    known = replace(claim_of("cpor-2021", "approved"), claim=claim(lines=(ended,)))

    before = ask(known, Asked(status="opted-out", on=date(2021, 6, 30)))
    after = ask(known, Asked(status="opted-out", on=date(2021, 7, 1)))

    assert not isinstance(before, Refusal)
    assert isinstance(after, Refusal)
    assert "Nothing follows lapsed" in after.hint


def test_a_word_of_partner_centers_may_be_followed_by_any_status() -> None:
    known = claim_of("mci-2023", "Awaiting customer consent response")

    assert not isinstance(ask(known, Asked(status="approved")), Refusal)
    assert isinstance(ask(known, Asked(status="draft")), Refusal)
    assert isinstance(ask(known, Asked(status="held")), Refusal)


def test_an_existing_association_has_no_notice() -> None:
    outcome = ask(claim_of("cpor-2021", "approved", is_adopted=True), Asked(status="notified"))

    assert isinstance(outcome, Refusal)
    assert "existing association" in outcome.message
