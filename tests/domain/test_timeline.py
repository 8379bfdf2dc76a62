from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import fold_events
from cpor_batch.domain.timeline import count_statuses, weekly_days
from tests import builders

REFERENCE = ClaimReference("CB-7K3M9Q2T")
FIRST = date(2021, 3, 1)
EDITION = builders.claim().edition
RECORDED = Event(
    kind=EventKind.RECORDED,
    claim=REFERENCE,
    known_on=FIRST,
    occurred_on=FIRST,
    actor="robin",
    run="r",
    status="editing",
    state=builders.claim(),
    number=1,
)


def becomes(status: str, number: int, known_on: date) -> Event:
    return replace(
        RECORDED,
        kind=EventKind.STATUS_CHANGED,
        number=number,
        status=status,
        state=None,
        known_on=known_on,
        occurred_on=known_on,
    )


def statuses(story: tuple[Event, ...], *days: date) -> list[dict[str, int]]:
    counts = count_statuses([story], days)
    return [{status: number for (status, _), number in count.claims.items()} for count in counts]


def test_the_days_are_weeks_apart_and_end_on_the_day_itself() -> None:
    days = weekly_days(date(2021, 4, 1))

    assert len(days) == 26
    assert days[-2:] == (date(2021, 3, 25), date(2021, 4, 1))


def test_a_claim_counts_from_the_day_on_which_it_was_known_as_what_it_was_then() -> None:
    story = (RECORDED, becomes("submitted", 2, date(2021, 3, 9)), becomes("approved", 3, date(2021, 3, 20)))

    counted = statuses(story, date(2021, 2, 28), FIRST, date(2021, 3, 9), date(2021, 4, 1))

    assert counted == [{}, {"editing": 1}, {"submitted": 1}, {"approved": 1}]
    assert count_statuses([story], [FIRST])[0].claims == {("editing", EDITION): 1}


def test_an_approved_claim_lapses_without_an_event() -> None:
    line = builders.subscription_line(subscription_ends_on=date(2021, 3, 15))
    story = (replace(RECORDED, state=builders.claim(lines=(line,))), becomes("approved", 2, FIRST))

    assert statuses(story, date(2021, 3, 15), date(2021, 3, 16)) == [{"approved": 1}, {"lapsed": 1}]


def test_what_was_written_later_and_known_earlier_is_overruled_by_nothing_older() -> None:
    story = (RECORDED, becomes("approved", 2, date(2021, 3, 20)), becomes("submitted", 3, date(2021, 3, 9)))

    counted = statuses(story, FIRST, date(2021, 3, 10), date(2021, 3, 21))

    assert counted == [{"editing": 1}, {"submitted": 1}, {"submitted": 1}]


@given(
    st.lists(
        st.tuples(st.sampled_from(["submitted", "under-review", "approved", "held"]), st.integers(-9, 40)),
        max_size=8,
    )
)
def test_every_day_is_what_a_fold_of_all_that_was_known_then_says(moves: list[tuple[str, int]]) -> None:
    story = (
        RECORDED,
        *(
            becomes(status, number, FIRST + timedelta(days=after))
            for number, (status, after) in enumerate(moves, start=2)
        ),
    )
    days = weekly_days(FIRST + timedelta(days=42), weeks=8)

    counted = count_statuses([story], days)

    for count in counted:
        standing = fold_events(event for event in story if event.known_on <= count.day)
        assert sorted(count.claims) == [(state.status, EDITION) for state in standing.claims.values()]
