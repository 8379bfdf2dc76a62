"""The whole ledger folded anew, claim by claim, so that a big one never stands in memory."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final

from sqlalchemy import Connection

from cpor_batch.domain.event import Event
from cpor_batch.domain.standing import apply_event
from cpor_batch.ledger.history import read_events
from cpor_batch.ledger.projection import Stored

_PAGE: Final = 2000


def fold_into(stored: Stored | None, event: Event) -> Stored | None:
    """Return the claim after `event`, with the events that brought it and its data."""
    state = apply_event(None if stored is None else stored.state, event)
    number = event.number or 0
    if state is None:
        return None
    if stored is None:
        return Stored(state=state, first_event=number, data_event=number)
    data_event = stored.data_event if event.state is None else number
    return Stored(state=state, first_event=stored.first_event, data_event=data_event)


def fold_pages(connection: Connection) -> Iterator[tuple[Stored, ...]]:
    """Yield every claim as its events say it stands, without contact data, in pages."""
    events = read_events(connection, by_claim=True, with_contacts=False)
    folded = _fold_each(group for _, group in groupby(events, key=lambda event: event.claim))
    while page := tuple(islice(folded, _PAGE)):
        yield page


def _fold_each(groups: Iterable[Iterable[Event]]) -> Iterator[Stored]:
    for group in groups:
        stored: Stored | None = None
        for event in group:
            stored = fold_into(stored, event)
        if stored is not None:
            yield stored
