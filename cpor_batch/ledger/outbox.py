"""The outbox: what becomes of every message, each step kept in a short transaction of its own.

A message moves only from a state that is expected, so that two senders never hand over the same one. Nothing
is locked while a server is spoken to, but for the right to send at all, which dies with its process.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, Row, case, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from cpor_batch import clock
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.mail import MailState, OutboxEntry
from cpor_batch.errors import LedgerBusyError
from cpor_batch.ledger.codec import instant_text
from cpor_batch.ledger.engine import (
    explained,
    masked,
    open_engine,
    parse_url,
    sqlite_path,
    writing_connection,
)
from cpor_batch.ledger.run import Run
from cpor_batch.ledger.schema import read_revision, require_current
from cpor_batch.ledger.tables import outbox

# A message that was handed over must be noted down: better to wait for a long ingest than not to know.
DEFAULT_LOCK_TIMEOUT: Final = 60.0
_ADVISORY_KEY: Final = int.from_bytes(b"cporsend", "big")
_HINT: Final = "Wait for it to end, then try again; no message was sent."


@contextmanager
def open_outbox(url: str, run: Run, *, lock_timeout: float = DEFAULT_LOCK_TIMEOUT) -> Iterator["Outbox"]:
    """Give the outbox of a ledger that is there; raises what `open_ledger` raises."""
    place = parse_url(url)
    engine = open_engine(place, lock_timeout=lock_timeout)
    try:
        with explained(place):
            with engine.connect() as connection:
                require_current(read_revision(connection), where=masked(place))
            yield Outbox(engine, run)
    finally:
        engine.dispose()


class Outbox:
    """Every notification that was drafted, queued or sent."""

    def __init__(self, engine: Engine, run: Run) -> None:
        """Keep the engine; `open_outbox` is the way to get an outbox."""
        self._engine = engine
        self._run = run

    @contextmanager
    def right_to_send(self, *, timeout: float = 10.0) -> Iterator[None]:
        """Hold the right to send, which one process of a ledger has at a time; else LedgerBusyError.

        It ends with the process however that ends. So whoever has it knows that a message in `sending` was
        left behind.
        """
        path = sqlite_path(self._engine.url)
        if path is None:
            with _session_lock(self._engine, timeout=timeout):
                yield
            return
        lock = FileLock(path.with_name(f"{path.name}.sending.lock"), timeout=timeout, preserve_lock_file=True)
        try:
            lock.acquire()
        except Timeout:
            raise LedgerBusyError("another run is sending messages.", hint=_HINT, where=str(path)) from None
        try:
            yield
        finally:
            lock.release()

    def read(self) -> Mapping[str, OutboxEntry]:
        """Return everything, by fingerprint, in order of reference."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.reference, outbox.c.message)).all()
        return {row.message: _entry(row) for row in rows}

    def add(self, wanted: Iterable[tuple[str, ClaimReference]], state: MailState) -> None:
        """Add notifications (fingerprint, claim) that are not there yet, in this state."""
        rows = [self._row(message, reference, state) for message, reference in wanted]
        if not rows:
            return
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        with writing_connection(self._engine) as connection:
            connection.execute(insert(outbox).on_conflict_do_nothing(), rows)
            connection.commit()

    def _row(self, message: str, reference: ClaimReference, state: MailState) -> dict[str, Any]:
        # Any: the columns' values.
        return {
            "message": message,
            "reference": reference,
            "state": state.value,
            "sendings": 1,
            "attempts": 0,
            "is_told": 0,
            **self._trace(),
        }

    def _trace(self) -> dict[str, str]:
        return {
            "workspace": self._run.workspace,
            "run": self._run.id,
            "changed_at": instant_text(clock.now()),
        }

    def draft(self, wanted: Iterable[tuple[str, ClaimReference]]) -> None:
        """Note that drafts of these were written; what was sent or may have been stays so."""
        pairs = tuple(wanted)
        self.add(pairs, MailState.DRAFTED)
        open_states = (MailState.QUEUED, MailState.FAILED)
        with writing_connection(self._engine) as connection:
            for message, _ in pairs:
                _move(connection, message, open_states, state=MailState.DRAFTED.value, **self._trace())
            connection.commit()

    def begin(self, message: str, *, message_id: str) -> bool:
        """Note that the message is handed over from now on; False where another one took it."""
        return self._change(
            message,
            (MailState.QUEUED,),
            state=MailState.SENDING.value,
            attempts=outbox.c.attempts + 1,
            message_id=message_id,
            reply=None,
            sent_on=self._run.known_on.isoformat(),
            is_told=0,
        )

    def turn_down(self, message: str, state: MailState, *, reply: str) -> bool:
        """Note why a message was not handed over: `state` says whether it may be tried again."""
        return self._change(message, (MailState.QUEUED,), state=state.value, reply=reply)

    def finish(self, message: str, state: MailState, *, reply: str) -> bool:
        """Note what came of a message that was handed over."""
        # Another sender may have found it in `sending` and called it unknown; we know better.
        expected = (MailState.SENDING, MailState.UNKNOWN)
        return self._change(message, expected, state=state.value, reply=reply)

    def ask_again(self, message: str) -> bool:
        """Queue a message once more; one that was sent counts as a new one, with an ID of its own."""
        expected = frozenset(MailState) - {MailState.SENDING}
        was_sent = outbox.c.state == MailState.SENT.value
        sendings = case((was_sent, outbox.c.sendings + 1), else_=outbox.c.sendings)
        return self._change(message, expected, state=MailState.QUEUED.value, sendings=sendings, is_told=0)

    def call_sent(self, message: str) -> bool:
        """Note that a message of unknown fate was sent after all."""
        return self._change(message, (MailState.UNKNOWN,), state=MailState.SENT.value)

    def find_left_behind(self) -> int:
        """Call every message in `sending` unknown and return how many; only with the right to send."""
        left = outbox.c.state == MailState.SENDING.value
        with writing_connection(self._engine) as connection:
            changed = connection.execute(
                update(outbox).where(left).values(state=MailState.UNKNOWN.value, **self._trace())
            )
            connection.commit()
        return changed.rowcount

    def tell(self, messages: Iterable[str]) -> None:
        """Note that the history tells of these."""
        with writing_connection(self._engine) as connection:
            for message in messages:
                _move(connection, message, (MailState.SENT,), is_told=1)
            connection.commit()

    def _change(self, message: str, expected: Collection[MailState], **values: Any) -> bool:
        # Any: values and expressions of the columns.
        with writing_connection(self._engine) as connection:
            is_changed = _move(connection, message, expected, **values, **self._trace())
            connection.commit()
        return is_changed


def _move(connection: Connection, message: str, expected: Collection[MailState], **values: Any) -> bool:
    # Any: values and expressions of the columns.
    states = [state.value for state in expected]
    condition = (outbox.c.message == message) & outbox.c.state.in_(states)
    return connection.execute(update(outbox).where(condition).values(**values)).rowcount == 1


def _entry(row: Row[Any]) -> OutboxEntry:  # Any: a row of `outbox`
    return OutboxEntry(
        fingerprint=row.message,
        reference=ClaimReference(row.reference),
        state=MailState(row.state),
        sendings=row.sendings,
        attempts=row.attempts,
        message_id=row.message_id,
        reply=row.reply,
        sent_on=date.fromisoformat(row.sent_on) if row.sent_on else None,
        is_told=bool(row.is_told),
    )


@contextmanager
def _session_lock(engine: Engine, *, timeout: float) -> Iterator[None]:
    """Hold an advisory lock of a connection of its own, outside any transaction."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(f"SET lock_timeout = '{max(1, int(timeout * 1000))}ms'")
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        except DBAPIError as exc:
            if getattr(exc.orig, "sqlstate", None) != "55P03":
                raise
            raise LedgerBusyError(
                "another run is sending messages.", hint=_HINT, where=masked(engine.url)
            ) from None
        connection.exec_driver_sql("SET lock_timeout = 0")
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a connection that is gone holds no lock
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
