"""Events read back, with the contact data that is still there; one that was changed is named, not told.

Events that are read in the order of the whole ledger are chained to each other, those of a claim or a run
each to the one before it. Claim by claim, as the projection is folded, nothing is asked: `verify` walks the
chain before it does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from cpor_batch.domain.event import Event
from cpor_batch.ledger.chain import GENESIS, chain_hash
from cpor_batch.ledger.codec import event_from_plain
from cpor_batch.ledger.contacts import card_ids, merge_cards
from cpor_batch.ledger.states import damage_named, damaged_event, read_body, read_cards
from cpor_batch.ledger.tables import events

_PAGE: Final = 500
_touched: Final = events.alias("touched")
_before: Final = events.alias("before")


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
    query = select(events.c.number, events.c.body, events.c.hash)
    is_chosen = claim is not None or run is not None or touched_by is not None
    if is_chosen:
        query = query.add_columns(_before.c.hash.label("hash_before")).outerjoin(
            _before, _before.c.number == events.c.number - 1
        )
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
    require = _require_each if is_chosen else _take if by_claim else _Chain().require
    yield from _read(connection, query, require, with_contacts=with_contacts)


def _read(
    connection: Connection,
    query: Select[Any],  # Any: rows of number, body and hash, and the hash before where it is asked for
    require: Callable[[Row[Any]], None],
    *,
    with_contacts: bool,
) -> Iterator[Event]:
    with connection.execute(query, execution_options={"yield_per": _PAGE}) as result:
        for page in result.partitions():
            for row in page:
                require(row)
            plains = [read_body(row.number, row.body) for row in page]
            wanted = (card for plain in plains for card in card_ids(plain))
            cards = read_cards(connection, wanted) if with_contacts else {}
            for row, plain in zip(page, plains, strict=True):
                with damage_named(row.number):
                    event = event_from_plain(plain, merge_cards(plain, cards))
                yield event


def _take(_row: Row[Any]) -> None:  # Any: see `_read`
    """Take the event as it is."""


def _require_each(row: Row[Any]) -> None:  # Any: see `_read`
    """Raise LedgerDamagedError where the event is not what was written, or the one before it is gone."""
    if row.number > 1 and row.hash_before is None:
        raise damaged_event(f"event {row.number - 1} is missing.")
    _require(row, GENESIS if row.number == 1 else row.hash_before)


def _require(row: Row[Any], previous: str) -> None:  # Any: see `_read`
    if chain_hash(previous, row.body) != row.hash:
        raise damaged_event(f"event {row.number} is not what was written.")


@dataclass(slots=True)
class _Chain:
    """Events in the order of the ledger; one whose predecessor was not asked for is taken as it is."""

    number: int = 0
    hash: str = GENESIS

    def require(self, row: Row[Any]) -> None:  # Any: see `_read`
        """Raise LedgerDamagedError where the event is not what was written."""
        if row.number == self.number + 1:
            _require(row, self.hash)
        self.number, self.hash = row.number, row.hash
