"""How many claims stood in which status on each of several days, by what was known on the day.

Pure. A day's figures are those that `fold_events` gives for the events known by then, in one pass over each
claim's events; only one whose events were written in another order than they were known is folded anew.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cpor_batch.domain.event import Event
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.standing import ClaimState, apply_event

WEEKS: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCount:
    """The claims of one day."""

    day: date
    claims: Mapping[tuple[str, str], int]
    """(effective status, name of the claim's edition) -> number of claims."""


def weekly_days(until: date, *, weeks: int = WEEKS) -> tuple[date, ...]:
    """Return `weeks` days a week apart, oldest first; the last one is `until`."""
    return tuple(until - timedelta(weeks=back) for back in reversed(range(weeks)))


def count_statuses(stories: Iterable[Sequence[Event]], days: Sequence[date]) -> tuple[StatusCount, ...]:
    """Return the claims by status on each of `days`, which come oldest first.

    A story is all events of one claim, in the order in which they were written.
    """
    counts: list[Counter[tuple[str, str]]] = [Counter() for _ in days]
    for story in stories:
        for count, (day, state) in zip(counts, _states_on(story, days), strict=True):
            if state is not None:
                count[effective_status(state, today=day), state.claim.edition] += 1
    return tuple(StatusCount(day=day, claims=count) for day, count in zip(days, counts, strict=True))


def _states_on(story: Sequence[Event], days: Sequence[date]) -> Iterator[tuple[date, ClaimState | None]]:
    written = [event.known_on for event in story]
    known_days = sorted(written)
    known, state = 0, None
    for day in days:
        now = bisect_right(known_days, day)
        if written == known_days:
            state = _fold(state, story[known:now])
        elif now != known:
            # What was written later was known earlier: not to be carried on from the week before.
            state = _fold(None, (event for event in story if event.known_on <= day))
        known = now
        yield day, state


def _fold(state: ClaimState | None, story: Iterable[Event]) -> ClaimState | None:
    for event in story:
        state = apply_event(state, event)
    return state
