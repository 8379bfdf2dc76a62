"""What an administrator does to a ledger: back it up, bring it up to date, make its projection anew."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, MetaData, select
from sqlalchemy.exc import DBAPIError

from cpor_batch import clock
from cpor_batch.errors import ConfigurationError, OutputError
from cpor_batch.ledger import bulk
from cpor_batch.ledger.engine import (
    explain_sqlite,
    explained,
    masked,
    open_engine,
    parse_url,
    require_file,
    sqlite_path,
    writing_connection,
)
from cpor_batch.ledger.head import read_sound_head
from cpor_batch.ledger.lock import locked
from cpor_batch.ledger.rebuild import rebuild_projection
from cpor_batch.ledger.schema import HEAD, read_revision, require_current, require_known, upgrade_schema
from cpor_batch.ledger.verify import require_sound_chain

_PAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What a migration did, or would do."""

    before: str
    after: str
    backup: Path | None
    """None where there was nothing to do."""


def rebuild_ledger(url: str, *, is_dry_run: bool = False, lock_timeout: float = 10) -> int:
    """Make the projection anew from the events; return the number of claims.

    LedgerDamagedError, before anything is made, where an event is not what was written.
    """
    with _writing(url, lock_timeout, "ledger rebuild") as (_, connection):
        where = masked(parse_url(url))
        require_current(read_revision(connection), where=where)
        read_sound_head(connection, where=where)
        require_sound_chain(connection, where=where)
        count = rebuild_projection(connection)
        if is_dry_run:
            connection.rollback()
        else:
            connection.commit()
    return count


def backup_ledger(url: str, path: Path) -> Path:
    """Write a consistent copy of the ledger, as an SQLite file, while others go on; return its path.

    A ledger on PostgreSQL is copied into the same kind of file. OutputError where there is a file already,
    LedgerDamagedError where an event is not what was written: a copy of that would pass for a backup.
    """
    with _engine(url, 10) as engine, explained(engine.url):
        where = masked(engine.url)
        with engine.connect() as connection:
            require_known(read_revision(connection), where=where)
            read_sound_head(connection, where=where)
            require_sound_chain(connection, where=where)
        return _backup(engine, path)


def plan_migration(url: str) -> Migration:
    """Return what `migrate_ledger` would do; nothing is written and nobody has to wait."""
    with _engine(url, 10) as engine, explained(engine.url), engine.connect() as connection:
        revision = require_known(read_revision(connection), where=masked(engine.url))
        planned = None if revision == HEAD else _backup_path(engine, revision)
    return Migration(before=revision, after=HEAD, backup=planned)


def migrate_ledger(url: str, *, backup: Path | None = None, lock_timeout: float = 10) -> Migration:
    """Bring the tables up to date after a backup; `backup` defaults to a file beside an SQLite ledger."""
    with _writing(url, lock_timeout, "ledger migrate") as (engine, connection):
        revision = require_known(read_revision(connection), where=masked(engine.url))
        if revision == HEAD:
            return Migration(before=revision, after=revision, backup=None)
        kept = _backup(engine, backup or _backup_path(engine, revision))
        upgrade_schema(connection, to=HEAD)
        connection.commit()
    return Migration(before=revision, after=HEAD, backup=kept)


@contextmanager
def _writing(url: str, lock_timeout: float, command: str) -> Iterator[tuple[Engine, Connection]]:
    with ExitStack() as stack:
        engine = stack.enter_context(_engine(url, lock_timeout))
        stack.enter_context(explained(engine.url))
        yield engine, stack.enter_context(locked(engine, timeout=lock_timeout, command=command))


@contextmanager
def _engine(url: str, lock_timeout: float) -> Iterator[Engine]:
    place = parse_url(url)
    require_file(place)
    engine = open_engine(place, lock_timeout=lock_timeout)
    try:
        yield engine
    finally:
        engine.dispose()


def _backup_path(engine: Engine, revision: str) -> Path:
    path = sqlite_path(engine.url)
    if path is None:
        raise ConfigurationError(
            "a ledger on a server needs a place for its backup.",
            hint="Name a file for it.",
            where=masked(engine.url),
        )
    return path.with_name(f"{path.stem}-{revision}-{clock.now():%Y%m%dT%H%M%SZ}{path.suffix}")


def _backup(engine: Engine, path: Path) -> Path:
    if path.exists():
        raise OutputError(
            "there is a file already.",
            hint="Choose another name; backups are never overwritten.",
            where=str(path),
        )
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.touch()
        _copy(engine, unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as exc:
        raise _not_written(path, exc.strerror or str(exc)) from exc
    except sqlite3.Error as exc:
        # The ledger is only read: what cannot be written is the copy.
        if isinstance(explain_sqlite(exc, str(path)), OutputError):
            raise _not_written(path, str(exc)) from exc
        raise
    finally:
        for rest in ("", "-wal", "-shm"):
            with suppress(OSError):
                unfinished.with_name(unfinished.name + rest).unlink(missing_ok=True)
    return path


def _not_written(path: Path, reason: str) -> OutputError:
    return OutputError(
        f"the backup cannot be written ({reason}).", hint="Make room or name another place.", where=str(path)
    )


def _copy(engine: Engine, target: Path) -> None:
    source = sqlite_path(engine.url)
    if source is not None:
        _copy_file(source, target)
        return
    try:
        _copy_tables(engine, target)
    except DBAPIError as exc:
        # Of two databases: what the copy says is told as SQLite's, what the server says as the ledger's.
        if isinstance(exc.orig, sqlite3.Error):
            raise exc.orig from exc
        raise


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)
        # One file without a log beside it is easier to carry away.
        copy.execute("PRAGMA journal_mode = DELETE")


def _copy_tables(engine: Engine, target: Path) -> None:
    copy = open_engine(parse_url(f"sqlite:///{target}"), lock_timeout=10)
    try:
        # One snapshot for all tables: reading connections are REPEATABLE READ.
        with engine.connect() as source, writing_connection(copy) as connection:
            revision = require_known(read_revision(source), where=masked(engine.url))
            upgrade_schema(connection, to=revision)
            _copy_rows(source, connection)
            connection.commit()
    finally:
        copy.dispose()
    with closing(sqlite3.connect(target)) as finished:
        finished.execute("PRAGMA journal_mode = DELETE")


def _copy_rows(source: Connection, target: Connection) -> None:
    tables = MetaData()
    tables.reflect(target)
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        result = source.execute(select(table), execution_options={"yield_per": _PAGE})
        for page in result.partitions():
            bulk.insert_rows(target, table, (tuple(row) for row in page))
