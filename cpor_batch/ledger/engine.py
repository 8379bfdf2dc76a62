"""The way to the database: URLs, connections and what their failures mean to the user."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from cpor_batch.errors import (
    ConfigurationError,
    LedgerBusyError,
    LedgerDamagedError,
    MissingLibraryError,
    OutputError,
)

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

_URL_HINT: Final = (
    'Write "sqlite:///ledger.db" or "postgresql+psycopg://user@host/database"; the password belongs in '
    "~/.pgpass or in an environment file."
)
_CACHE_KIB: Final = 128 * 1024
_DATABASE_START: Final = b"SQLite format 3\x00"
_RESTORE: Final = "Restore a backup that cpor-batch ledger backup made, then run: cpor-batch ledger verify."


def parse_url(text: str) -> URL:
    """Return the ledger's URL; ConfigurationError where it names no database that we know."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password: it is not repeated.
        raise ConfigurationError("the ledger's URL cannot be read.", hint=_URL_HINT) from None
    backend = url.get_backend_name()
    if backend not in {SQLITE, POSTGRESQL} or (backend == SQLITE and not url.database):
        raise ConfigurationError(f'"{backend}" is no database for a ledger.', hint=_URL_HINT)
    return url.set(drivername=SQLITE if backend == SQLITE else "postgresql+psycopg")


def masked(url: URL) -> str:
    """Return the URL as people may see it: without its password."""
    return url.render_as_string(hide_password=True)


def sqlite_path(url: URL) -> Path | None:
    """Return the ledger's file, or None where it is a server's database."""
    return Path(url.database or "") if url.get_backend_name() == SQLITE else None


def require_file(url: URL) -> None:
    """Raise ConfigurationError where an SQLite ledger is not there, LedgerDamagedError if it is no database.

    SQLite would make a file, or take an empty one for a database without tables.
    """
    path = sqlite_path(url)
    if path is None:
        return
    try:
        start = _read_start(path)
    except OSError as exc:
        raise ConfigurationError(
            f"the ledger cannot be read ({exc.strerror or exc}).",
            hint="Give yourself the right to read this file and its folder, then try again.",
            where=str(path),
        ) from exc
    if start is None:
        raise ConfigurationError(
            "there is no ledger.",
            hint="Make a workspace with cpor-batch init. If there was a ledger, put it back, or a copy that "
            "cpor-batch ledger backup made.",
            where=str(path),
        )
    if start != _DATABASE_START:
        what = "the file is no ledger." if start else "the ledger's file is empty."
        raise LedgerDamagedError(what, hint=_RESTORE, where=str(path))


def _read_start(path: Path) -> bytes | None:
    """Return the first bytes of the file, None where there is no file; OSError where it cannot be read."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(len(_DATABASE_START))


def open_to_read(url: URL, *, lock_timeout: float) -> Engine:
    """Return an engine that can read; one that can write too, wherever the system lets us.

    SQLite wants to write beside the file even to read it. Where it cannot (rights, a full disk) the file is
    opened for reading only; as a file that never changes only where no log holds what the file lacks.
    """
    path = sqlite_path(url)
    if path is None:
        return open_engine(url, lock_timeout=lock_timeout)
    log = path.with_name(f"{path.name}-wal")
    has_log = log.is_file() and log.stat().st_size > 0
    last = "mode=ro" if has_log else "immutable=1"
    for access in ("", "mode=ro"):
        engine = open_engine(url, lock_timeout=lock_timeout, access=access)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except DBAPIError as exc:
            engine.dispose()
            if not isinstance(explain(exc, url), OutputError) or access == last:
                raise
        else:
            return engine
    return open_engine(url, lock_timeout=lock_timeout, access=last)


def open_engine(url: URL, *, lock_timeout: float, access: str = "") -> Engine:
    """Return an engine whose connections keep our promises; nothing is connected yet.

    `access` is how SQLite opens the file, as its URIs say it; empty: to read and to write.
    """
    try:
        if url.get_backend_name() == SQLITE:
            engine = create_engine(url, hide_parameters=True, poolclass=NullPool, **_way_in(url, access))
            _prepare_sqlite(engine, lock_timeout, access)
        else:
            name = f"cpor-batch {os.getpid()}@{socket.gethostname()}"[:63]
            arguments = {"application_name": name, "connect_timeout": 10, "keepalives_idle": 30}
            engine = create_engine(
                url, hide_parameters=True, connect_args=arguments, isolation_level="REPEATABLE READ"
            )
    except (ModuleNotFoundError, NoSuchModuleError) as exc:
        raise MissingLibraryError(
            "a ledger on PostgreSQL needs psycopg, which is not installed.",
            hint="Install it: pip install 'cpor-batch[pg]'.",
        ) from exc
    return engine


def _way_in(url: URL, access: str) -> dict[str, Any]:  # Any: what SQLAlchemy takes
    """Return how to connect to the file where it is not opened as usual."""
    if not access:
        return {}
    uri = f"{Path(url.database or '').absolute().as_uri()}?{access}"
    return {"creator": lambda: sqlite3.connect(uri, uri=True)}


def _prepare_sqlite(engine: Engine, lock_timeout: float, access: str) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:  # Any: the driver's connection
        # The driver opens no transactions of its own; `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(lock_timeout * 1000)}")
        if not access:
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that began by reading would fail instead of waiting.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that writes; the caller commits."""
    with engine.connect() as connection:
        if engine.dialect.name == SQLITE:
            connection.execution_options(writes=True)
        else:
            # The lock comes first and every statement after it sees what the holder before committed.
            connection.execution_options(isolation_level="READ COMMITTED")
        yield connection


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn the database's failures into what the user can do about them."""
    try:
        yield
    except DBAPIError as exc:
        raise explain(exc, url) from exc
    except sqlite3.Error as exc:
        raise explain_sqlite(exc, masked(url)) from exc


def explain(exc: DBAPIError, url: URL) -> Exception:
    """Return the error of ours that says what the user can do about `exc`, or `exc` where none does."""
    where = masked(url)
    if isinstance(exc.orig, sqlite3.Error):
        return explain_sqlite(exc.orig, where)
    state = getattr(exc.orig, "sqlstate", None) or ""
    if state == "55P03":
        return LedgerBusyError("another run is writing to the ledger.", hint="Try again.", where=where)
    if state.startswith("XX"):
        return LedgerDamagedError("the database reports damage.", hint=_RESTORE, where=where)
    if state.startswith("53") or state == "25006":
        return OutputError("the database cannot take more data.", hint="Make room there.", where=where)
    if state.startswith(("28", "3D", "42501")):
        return ConfigurationError(
            "the database does not let us in.", hint="Check user, rights and database name.", where=where
        )
    if exc.connection_invalidated or isinstance(exc, OperationalError | InterfaceError):
        return ConfigurationError(
            "the database server cannot be reached, or went away.",
            hint="Start it, or check host and port; nothing of this run was recorded.",
            where=where,
        )
    return exc


def explain_sqlite(exc: sqlite3.Error, where: str) -> Exception:
    """Return the error of ours that says what the user can do about `exc`, or `exc` where none does."""
    # The driver itself refuses a text that is no UTF-8, and then has no code of SQLite's.
    code = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerBusyError(
            "another program holds the ledger open for writing.",
            hint="Close it, then try again.",
            where=where,
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LedgerDamagedError(
            "the file is damaged or no ledger.",
            hint=_RESTORE,
            where=where,
        )
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return OutputError(
            "the ledger cannot be written.",
            hint="Check free space and rights; nothing was recorded.",
            where=where,
        )
    return exc
