"""A ledger is read where nothing may be written beside it; writing there says so."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpor_batch.errors import ExitCode, OutputError
from cpor_batch.ledger import open_ledger, verify_ledger
from tests.builders import claim
from tests.ledger.events import append, recorded


@pytest.fixture
def closed_folder(tmp_path: Path) -> str:
    """Give a ledger of one claim that SQLite can open only for reading, and without a file beside it."""
    url = f"sqlite:///{tmp_path / 'a ledger #1.sqlite'}"
    with open_ledger(url, must_exist=False) as ledger:
        append(ledger, recorded(claim()))
    # In the way of the index of SQLite's log, as a folder without the right to write is.
    (tmp_path / "a ledger #1.sqlite-shm").mkdir()
    return url


def test_a_ledger_is_read_where_nothing_can_be_made_beside_it(closed_folder: str) -> None:
    with open_ledger(closed_folder) as ledger:
        assert len(list(ledger.read_states())) == 1
        assert ledger.head()[0] == 1


def test_a_ledger_is_verified_where_nothing_can_be_made_beside_it(closed_folder: str) -> None:
    assert verify_ledger(closed_folder).is_sound


def test_writing_where_nothing_can_be_made_is_a_matter_of_output(closed_folder: str) -> None:
    with open_ledger(closed_folder) as ledger, pytest.raises(OutputError, match="cannot be written"):
        append(ledger, recorded(claim(claim_name="Another")))


def test_what_only_the_log_holds_is_never_left_out(tmp_path: Path) -> None:
    path, kept = tmp_path / "ledger.sqlite", tmp_path / "kept"
    kept.mkdir()
    with open_ledger(f"sqlite:///{path}", must_exist=False), closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT count(*) FROM events").fetchall()
        with open_ledger(f"sqlite:///{path}") as ledger:
            append(ledger, recorded(claim()))
        for file in tmp_path.glob("ledger.sqlite*"):
            shutil.copyfile(file, kept / file.name)
    (kept / "ledger.sqlite-shm").unlink()
    (kept / "ledger.sqlite-shm").mkdir()

    with open_ledger(f"sqlite:///{kept / path.name}") as ledger:
        assert ledger.head()[0] == 1


def test_a_lock_that_cannot_be_made_is_a_matter_of_output(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with open_ledger(url, must_exist=False) as ledger:
        (tmp_path / "ledger.sqlite.lock").unlink(missing_ok=True)
        (tmp_path / "ledger.sqlite.lock").symlink_to(tmp_path / "nowhere" / "lock")

        with pytest.raises(OutputError, match=r"lock") as caught:
            append(ledger, recorded(claim()))

    assert caught.value.exit_code is ExitCode.OUTPUT
