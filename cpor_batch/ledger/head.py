"""The ledger's last event: what the next one is chained to."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from cpor_batch.errors import LedgerDamagedError, UsageError
from cpor_batch.ledger.chain import GENESIS, chain_hash
from cpor_batch.ledger.run import Run
from cpor_batch.ledger.tables import events

_LAST_TWO: Final = select(events).order_by(events.c.number.desc()).limit(2)


def read_head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last event; 0 and zeros for an empty ledger."""
    row = connection.execute(_LAST_TWO).first()
    return (0, GENESIS) if row is None else (row.number, row.hash)


def read_sound_head(connection: Connection, *, where: str) -> tuple[int, str]:
    """Return the head after a look at its own hash: nothing is ever chained to a damaged event."""
    rows = connection.execute(_LAST_TWO).all()
    if not rows:
        return 0, GENESIS
    last = rows[0]
    previous = rows[1].hash if len(rows) > 1 else GENESIS
    if chain_hash(previous, last.body) != last.hash:
        raise LedgerDamagedError(
            f"event {last.number} was changed after it was written.",
            hint="Run cpor-batch ledger verify, then restore a backup.",
            where=where,
        )
    return last.number, last.hash


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
