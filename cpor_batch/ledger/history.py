"""Events read back, with the contact data that is still there."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from cpor_batch.domain.event import Event
from cpor_batch.ledger.codec import event_from_plain
from cpor_batch.ledger.contacts import card_ids, merge_cards
from cpor_batch.ledger.states import damage_named, read_body, read_cards
from cpor_batch.ledger.tables import events

_PAGE: Final = 500
_touched: Final = events.alias("touched")


def read_events(
    connection: Connection,
    *,
    claim: str | None = None,
    run: str | None = None,
    touched_by: str | None = None,
    between: tuple[str, str] | None = None,
    known_until: date | None = None,
    by_claim: bool = False,
    with_contacts: bool = True,
) -> Iterator[Event]:
    """Yield the events in the order in which they were written, or claim by claim.

    `by_claim` leaves out what concerns no claim, and folds a big ledger without keeping it in memory.
    `touched_by` names a run: all events of the claims that it touched, those of other runs included.
    `between` are the first and the last of some claims, in the order of their references.
    """
    query = select(events.c.number, events.c.body)
    if claim is not None:
        query = query.where(events.c.claim == claim)
    if run is not None:
        query = query.where(events.c.run == run)
    if touched_by is not None:
        query = query.where(events.c.claim.in_(select(_touched.c.claim).where(_touched.c.run == touched_by)))
    if between is not None:
        query = query.where(events.c.claim.between(*between))
    if known_until is not None:
        query = query.where(events.c.known_on <= known_until.isoformat())
    if by_claim:
        query = query.where(events.c.claim.is_not(None)).order_by(events.c.claim, events.c.number)
    else:
        query = query.order_by(events.c.number)
    yield from _read(connection, query, with_contacts=with_contacts)


def _read(
    connection: Connection, query: Select[Any], *, with_contacts: bool
) -> Iterator[Event]:  # Any: rows of number and body
    with connection.execute(query, execution_options={"yield_per": _PAGE}) as result:
        for page in result.partitions():
            plains = [read_body(row.number, row.body) for row in page]
            wanted = (card for plain in plains for card in card_ids(plain))
            cards = read_cards(connection, wanted) if with_contacts else {}
            for row, plain in zip(page, plains, strict=True):
                with damage_named(row.number):
                    event = event_from_plain(plain, merge_cards(plain, cards))
                yield event
