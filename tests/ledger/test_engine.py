"""URLs that work, failures that say what to do, and passwords that nobody sees."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError, IntegrityError

from cpor_batch.errors import ConfigurationError, CporError, ExitCode, LedgerBusyError, OutputError
from cpor_batch.ledger import Ledger, create_ledger, open_ledger
from cpor_batch.ledger.bulk import insert_rows
from cpor_batch.ledger.engine import masked, parse_url
from cpor_batch.ledger.tables import personal
from tests.builders import claim
from tests.ledger.events import append, recorded
from tests.postgresql import Server

SECRET = "hunter2-canary"


@pytest.mark.parametrize(
    "url", ["mysql://root@localhost/x", "sqlite://", "sqlite:///", "ledger.db", "", "postgres:/x", "://"]
)
def test_a_url_of_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="postgresql"):
        parse_url(url)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_means_psycopg(scheme: str) -> None:
    assert parse_url(f"{scheme}://kim@db.example.com/ledger").drivername == "postgresql+psycopg"


def test_a_url_is_shown_without_its_password() -> None:
    shown = masked(parse_url(f"postgresql://kim:{SECRET}@db.example.com/ledger"))

    assert SECRET not in shown
    assert "db.example.com" in shown


def all_texts(error: BaseException | None) -> str:
    """What a traceback would print of an error and of those behind it."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    url = f"postgresql+psycopg://kim:{SECRET}@127.0.0.1:1/ledger"

    with pytest.raises(ConfigurationError, match="cannot be reached") as caught:
        open_ledger(url)

    assert "127.0.0.1:1" in str(caught.value)
    assert SECRET not in all_texts(caught.value)


def test_a_url_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_ledger(f"postgresql://kim:{SECRET}@host:no-port/ledger")

    assert SECRET not in all_texts(caught.value)


def test_a_database_that_is_not_there_is_a_matter_of_configuration(postgresql: Server) -> None:
    url = f"{postgresql.make_database()}&application_name=x".replace("ledger_", "no_such_ledger_")

    with pytest.raises(CporError) as caught:
        open_ledger(url)

    assert caught.value.exit_code is ExitCode.CONFIGURATION


def test_values_never_stand_in_an_error_of_the_database(ledger: Ledger) -> None:
    row = {"id": 1, "salt": "s", "body": SECRET}

    with pytest.raises(IntegrityError) as caught, ledger._engine.begin() as connection:
        connection.execute(insert(personal), [row, row])

    assert SECRET not in str(caught.value)


def test_a_failing_copy_is_an_error_of_the_database_like_any_other(postgresql: Server) -> None:
    url = postgresql.make_database()
    create_ledger(url)

    with open_ledger(url) as ledger, pytest.raises(DBAPIError), ledger._engine.begin() as connection:
        insert_rows(connection, personal, [(1, "s", "b"), (1, "s", "b")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_ledger_that_cannot_be_written_is_a_matter_of_output(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    url = f"sqlite:///{path}"
    create_ledger(url)
    path.chmod(stat.S_IRUSR)

    with pytest.raises((OutputError, LedgerBusyError)), open_ledger(url) as ledger:
        append(ledger, recorded(claim()))


def test_a_full_disk_is_a_matter_of_output_and_nothing_is_recorded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with open_ledger(url, must_exist=False) as ledger:
        append(ledger, recorded(claim()))

    with open_ledger(url) as ledger:
        # SQLite's own way to say that there is no more room.
        listen(ledger._engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count = 40"))
        many = [recorded(claim(claim_name=f"Claim {number}")) for number in range(5000)]
        with pytest.raises(OutputError, match="cannot be written"):
            append(ledger, *many)

    with open_ledger(url) as ledger:
        assert ledger.head()[0] == 1
