"""The ledger's last event: what the next one is chained to.

Before a run writes, the end of the chain is looked at, which costs nothing; the whole chain only by `verify`.
"""

from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from cpor_batch.errors import UsageError
from cpor_batch.ledger.chain import GENESIS, chain_hash
from cpor_batch.ledger.run import Run
from cpor_batch.ledger.states import damaged_event
from cpor_batch.ledger.tables import events, runs

_LAST_TWO: Final = select(events).order_by(events.c.number.desc()).limit(2)
_LAST_RUN: Final = select(runs.c.head_number, runs.c.head_hash).order_by(runs.c.head_number.desc()).limit(1)


def read_head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last event; 0 and zeros for an empty ledger."""
    row = connection.execute(_LAST_TWO).first()
    return (0, GENESIS) if row is None else (row.number, row.hash)


def read_sound_head(connection: Connection, *, where: str) -> tuple[int, str]:
    """Return the head; LedgerDamagedError where it is not as written, or not what the last run left."""
    rows = connection.execute(_LAST_TWO).all()
    number, digest = (rows[0].number, rows[0].hash) if rows else (0, GENESIS)
    before, previous = (rows[1].number, rows[1].hash) if len(rows) > 1 else (0, GENESIS)
    run = connection.execute(_LAST_RUN).first()
    if run is not None and run.head_number > number:
        raise damaged_event(f"event {run.head_number} is missing.", where=where)
    if rows and before != number - 1:
        raise damaged_event(f"event {number - 1} is missing.", where=where)
    is_as_written = not rows or chain_hash(previous, rows[0].body) == digest
    if not is_as_written or (run is not None and run.head_number == number and run.head_hash != digest):
        raise damaged_event(f"event {number} was changed after it was written.", where=where)
    return number, digest


def last_known_on(connection: Connection) -> date | None:
    """Return the latest day on which an event was known."""
    text = connection.scalar(select(func.max(events.c.known_on)))
    return None if text is None else date.fromisoformat(text)


def refuse_the_past(run: Run, last: date | None) -> None:
    """Raise UsageError where the run's day lies before the last event's."""
    if last is not None and run.known_on < last:
        raise UsageError(
            f"{run.known_on} lies before the ledger's last event, known on {last}.",
            hint=f"Use --as-of {last} or later; reports may look back further.",
        )
