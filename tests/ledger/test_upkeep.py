"""Backups, migrations, and tables that are what the code believes."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cpor_batch.errors import ConfigurationError, LedgerBusyError, LedgerDamagedError, OutputError
from cpor_batch.ledger import backup_ledger, migrate_ledger, open_ledger, rebuild_ledger, verify_ledger
from cpor_batch.ledger.engine import parse_url
from cpor_batch.ledger.schema import HEAD, KNOWN, alembic_config, upgrade_schema
from cpor_batch.ledger.tables import metadata
from tests.builders import business_claim, claim
from tests.ledger.events import append, recorded, run, status_changed

FIRST = "0001"


@pytest.fixture
def old_url(empty_url: str) -> str:
    """The URL of a ledger of the first version, with a claim in it."""
    engine = create_engine(parse_url(empty_url), poolclass=NullPool)
    with engine.begin() as connection:
        upgrade_schema(connection, to=HEAD)
    with open_ledger(empty_url) as ledger:
        append(ledger, recorded(claim()))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
        connection.execute(text("DROP INDEX claims_by_change_event"))
        connection.execute(text("ALTER TABLE claims DROP COLUMN change_event"))
        connection.execute(text("UPDATE alembic_version SET version_num = :first"), {"first": FIRST})
    return empty_url


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())

    assert scripts.get_current_head() == HEAD
    assert {script.revision for script in scripts.walk_revisions()} == KNOWN


def test_migrations_make_the_tables_that_the_code_uses(url: str) -> None:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        differences = compare_metadata(context, metadata)

    assert differences == []


def test_an_older_ledger_asks_to_be_migrated(old_url: str) -> None:
    with pytest.raises(ConfigurationError, match="cpor-batch ledger migrate"):
        open_ledger(old_url)


def test_a_migration_makes_a_backup_and_keeps_every_claim(old_url: str, tmp_path: Path) -> None:
    backup = tmp_path / "before.db"

    migration = migrate_ledger(old_url, backup=backup)

    assert (migration.before, migration.after, migration.backup) == (FIRST, HEAD, backup)
    assert verify_ledger(old_url).is_sound
    with open_ledger(old_url) as ledger:
        assert len(list(ledger.read_states())) == 1
    assert migrate_ledger(f"sqlite:///{backup}").before == FIRST
    assert verify_ledger(f"sqlite:///{backup}").is_sound


def test_a_ledger_that_is_up_to_date_is_left_alone(url: str, tmp_path: Path) -> None:
    migration = migrate_ledger(url, backup=tmp_path / "before.db")

    assert migration.backup is None
    assert not (tmp_path / "before.db").exists()


def test_the_backup_of_a_migration_lies_beside_the_ledger(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        upgrade_schema(connection, to=FIRST)

    migration = migrate_ledger(url)

    assert migration.backup is not None
    assert migration.backup.parent == tmp_path
    assert migration.backup.name.startswith("ledger-0001-")


def test_a_migration_waits_for_a_run(url: str) -> None:
    with open_ledger(url) as ledger, ledger.write(run()), pytest.raises(LedgerBusyError, match="another run"):
        migrate_ledger(url, lock_timeout=0.2)


def test_a_backup_is_a_whole_ledger_in_one_file(url: str, tmp_path: Path) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(claim()), recorded(business_claim()), status_changed(claim(), "approved"))
        events, states, head = list(ledger.read_events()), list(ledger.read_states()), ledger.head()

    backup = backup_ledger(url, tmp_path / "kept" / "copy.db")

    assert [path.name for path in backup.parent.iterdir()] == ["copy.db"]
    with open_ledger(f"sqlite:///{backup}") as copy:
        assert (list(copy.read_events()), list(copy.read_states()), copy.head()) == (events, states, head)
    assert verify_ledger(f"sqlite:///{backup}").is_sound


def test_a_backup_needs_no_pause_and_holds_what_was_committed(url: str, tmp_path: Path) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(claim()))
        with ledger.write(run()) as writing:
            writing.append([status_changed(claim(), "submitted")])
            writing.flush()

            backup = backup_ledger(url, tmp_path / "copy.db")

    with open_ledger(f"sqlite:///{backup}") as copy:
        assert [state.status for state in copy.read_states()] == ["editing"]


def test_a_backup_never_overwrites(url: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_text("precious")

    with pytest.raises(OutputError, match="never overwritten"):
        backup_ledger(url, path)

    assert path.read_text() == "precious"


def test_upkeep_makes_no_ledger_where_there_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    for work in (rebuild_ledger, verify_ledger, migrate_ledger):
        with pytest.raises(ConfigurationError, match="no ledger"):
            work(url)

    assert list(tmp_path.iterdir()) == []


def test_rebuilding_changes_nothing_in_a_sound_ledger(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, *(recorded(claim(claim_name=f"Claim {number}")) for number in range(50)))
        append(ledger, recorded(claim(), state=replace(claim(), customer_name="Contoso Ltd")))
        before = list(ledger.read_states())

        count = rebuild_ledger(url)

        assert count == 51
        assert list(ledger.read_states()) == before


@pytest.mark.parametrize("pragma", [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)])
def test_sqlite_keeps_its_promises(tmp_path: Path, pragma: tuple[str, object]) -> None:
    name, value = pragma
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with open_ledger(url, must_exist=False) as ledger, ledger._engine.connect() as connection:
        kept = connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert kept == value


def test_a_half_made_ledger_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.commit()

    with pytest.raises((ConfigurationError, LedgerDamagedError)):
        open_ledger(f"sqlite:///{path}")
