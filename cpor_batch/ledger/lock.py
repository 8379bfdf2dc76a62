"""One writer at a time: the second one waits, then learns who holds the ledger and since when."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from cpor_batch import clock
from cpor_batch.errors import LedgerBusyError, OutputError
from cpor_batch.ledger.engine import masked, sqlite_path, writing_connection

_ADVISORY_KEY: Final = int.from_bytes(b"cporledg", "big")
_HINT: Final = "Wait for it to end, then try again; nothing of this run was recorded."

_HOLDER: Final = text(
    "SELECT a.application_name, coalesce(host(a.client_addr), 'the server itself'), a.xact_start "
    "FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE l.locktype = 'advisory' AND l.granted "
    "AND l.classid::bigint = :high AND l.objid::bigint = :low "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def locked(engine: Engine, *, timeout: float, command: str) -> Iterator[Connection]:
    """Yield a connection of the ledger's one writer, in a transaction that the caller commits."""
    path = sqlite_path(engine.url)
    with ExitStack() as stack:
        if path is not None:
            stack.enter_context(held_file(path, timeout=timeout, command=command))
        connection = stack.enter_context(writing_connection(engine))
        if path is None:
            hold_advisory(connection, timeout=timeout)
        yield connection


@contextmanager
def held_file(ledger: Path, *, timeout: float, command: str) -> Iterator[None]:
    """Hold the lock beside a ledger's file; LedgerBusyError names the process that has it."""
    lock = FileLock(ledger.with_name(f"{ledger.name}.lock"), timeout=timeout, preserve_lock_file=True)
    note = ledger.with_name(f"{ledger.name}.holder")
    try:
        lock.acquire()
    except Timeout:
        raise LedgerBusyError(
            f"another run is writing to the ledger{_read_note(note)}.", hint=_HINT, where=str(ledger)
        ) from None
    except OSError as exc:
        raise OutputError(
            f"the lock beside the ledger cannot be made ({exc.strerror or exc}).",
            hint="Check free space and rights; nothing was recorded.",
            where=str(ledger),
        ) from exc
    try:
        _write_note(note, command)
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _write_note(note: Path, command: str) -> None:
    since = clock.now().isoformat(timespec="seconds")
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "command": command}
    # The note only explains; a folder that refuses it does not stop the run.
    with suppress(OSError):
        note.write_text(json.dumps(holder), encoding="utf-8")


def _read_note(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        pid, host, since = holder["pid"], holder["host"], holder["since"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f": process {pid} on {host} since {since}"


def hold_advisory(connection: Connection, *, timeout: float) -> None:
    """Take the lock of a PostgreSQL ledger for this transaction; LedgerBusyError names its holder."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{max(1, int(timeout * 1000))}ms'")
    try:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
    except DBAPIError as exc:
        if getattr(exc.orig, "sqlstate", None) != "55P03":
            raise
        connection.rollback()
        raise LedgerBusyError(
            f"another run is writing to the ledger{_find_holder(connection.engine)}.",
            hint=_HINT,
            where=masked(connection.engine.url),
        ) from None
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")


def _find_holder(engine: Engine) -> str:
    with engine.connect() as connection:
        row = connection.execute(
            _HOLDER, {"high": _ADVISORY_KEY >> 32, "low": _ADVISORY_KEY & 0xFFFFFFFF}
        ).first()
    if row is None:
        return ""
    name, host, since = row
    process = str(name).removeprefix("cpor-batch ")
    return f": process {process} ({host}) since {since:%Y-%m-%dT%H:%M:%S%z}"
