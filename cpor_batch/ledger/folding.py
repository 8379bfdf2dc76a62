"""The whole ledger folded anew, claim by claim, so that a big one never stands in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, select

from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import apply_event
from cpor_batch.ledger.history import read_events
from cpor_batch.ledger.projection import Stored
from cpor_batch.ledger.tables import events

_PAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedPage:
    """Some of the claims that the events name."""

    stored: tuple[Stored, ...]
    absent: tuple[ClaimReference, ...]
    """Claims that have events and do not stand: their recording was reverted."""


def fold_into(stored: Stored | None, event: Event) -> Stored | None:
    """Return the claim after `event`, with the events that brought it and its data."""
    state = apply_event(None if stored is None else stored.state, event)
    number = event.number or 0
    if state is None:
        return None
    if stored is None:
        change_event = None if state.held_change is None else number
        return Stored(state=state, first_event=number, data_event=number, change_event=change_event)
    data_event = stored.data_event if event.state is None else number
    change_event = stored.change_event if event.held_change is None else number
    return Stored(
        state=state,
        first_event=stored.first_event,
        data_event=data_event,
        change_event=None if state.held_change is None else change_event,
    )


def fold_pages(connection: Connection) -> Iterator[FoldedPage]:
    """Yield every claim as its events say it stands, without contact data, in pages."""
    last = ""
    while references := _next_references(connection, last):
        last = references[-1]
        of_page = read_events(connection, between=(references[0], last), by_claim=True, with_contacts=False)
        # Read to the end before it is given: SQLite refuses to drop a staging table under an open query.
        page = tuple(_fold_each(groupby(of_page, key=lambda event: event.claim)))
        yield FoldedPage(
            stored=tuple(stored for _, stored in page if stored is not None),
            absent=tuple(reference for reference, stored in page if stored is None),
        )


def _next_references(connection: Connection, last: str) -> Sequence[str]:
    claim = events.c.claim
    query = select(claim).where(claim > last).distinct().order_by(claim).limit(_PAGE)
    return [reference for reference in connection.scalars(query).all() if reference is not None]


def _fold_each(
    groups: Iterable[tuple[ClaimReference | None, Iterable[Event]]],
) -> Iterator[tuple[ClaimReference, Stored | None]]:
    for reference, group in groups:
        stored: Stored | None = None
        for event in group:
            stored = fold_into(stored, event)
        if reference is not None:
            yield reference, stored
