"""What somebody did to the database is noticed by whoever reads or writes there, not by `verify` alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cpor_batch.domain.event import EventKind
from cpor_batch.errors import LedgerDamagedError, OutputError
from cpor_batch.ledger import Ledger, backup_ledger, open_ledger, rebuild_ledger
from tests.builders import TODAY, business_claim, claim
from tests.ledger.events import append, event, recorded, reference_of, run, status_changed
from tests.ledger.test_verify import execute, without_triggers

FIRST, SECOND = claim(), business_claim()


@pytest.fixture
def story(url: str) -> str:
    """A ledger of five events about two claims, in two runs."""
    with open_ledger(url) as ledger:
        append(ledger, recorded(FIRST), recorded(SECOND), status_changed(FIRST, "submitted"))
        append(ledger, event(EventKind.NOTIFIED, FIRST), status_changed(FIRST, "approved"))
    return url


def flip(url: str, number: int) -> None:
    """Change a byte of an event that leaves it readable."""
    change = f"UPDATE events SET body = replace(body, 'kim', 'tim') WHERE number = {number}"  # noqa: S608
    execute(url, *without_triggers(url), change)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_event_of_a_claim_is_named_when_the_claim_is_read(story: str, number: int) -> None:
    flip(story, number)

    with open_ledger(story) as ledger:
        with pytest.raises(LedgerDamagedError, match=f"event {number} is not what was written"):
            list(ledger.read_events(reference_of(FIRST)))
        with pytest.raises(LedgerDamagedError, match=f"event {number} "):
            ledger.require_sound(reference_of(FIRST))
        with pytest.raises(LedgerDamagedError, match=f"event {number} "):
            list(ledger.read_events())
        with pytest.raises(LedgerDamagedError, match=f"event {number} "):
            ledger.read_states_as_of(TODAY)


def test_a_changed_event_of_another_claim_hinders_nobody(story: str) -> None:
    flip(story, 3)

    with open_ledger(story) as ledger:
        assert [item.number for item in ledger.read_events(reference_of(SECOND))] == [2]


def test_a_changed_event_is_named_when_its_run_is_to_be_undone(story: str) -> None:
    flip(story, 3)

    with open_ledger(story) as ledger, pytest.raises(LedgerDamagedError, match="event 3 "):
        list(ledger.read_stories("run-1"))


def test_an_event_that_is_gone_is_named(story: str) -> None:
    execute(story, *without_triggers(story), "DELETE FROM events WHERE number = 2")

    with open_ledger(story) as ledger, pytest.raises(LedgerDamagedError, match="event 2 is missing"):
        list(ledger.read_events(reference_of(FIRST)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE events SET body = replace(body, 'kim', 'tim') WHERE number = 5", "event 5 was changed"),
        ("DELETE FROM events WHERE number = 5", "event 5 is missing"),
        ("DELETE FROM events", "event 5 is missing"),
        ("DELETE FROM events WHERE number = 4", "event 4 is missing"),
    ],
)
def test_nothing_is_appended_to_a_chain_whose_end_is_not_as_it_was(
    story: str, change: str, said: str
) -> None:
    execute(story, *without_triggers(story), change)

    with open_ledger(story) as ledger, pytest.raises(LedgerDamagedError, match=said), ledger.write(run()):
        pytest.fail("nothing may be written")
    with pytest.raises(LedgerDamagedError, match=said):
        rebuild_ledger(story)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"<html>not found</html>", "no ledger"), (b"SQLite", "no ledger")]
)
def test_a_file_that_is_no_database_is_a_damaged_ledger(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)

    with pytest.raises(LedgerDamagedError, match=said) as caught:
        open_ledger(f"sqlite:///{path}")

    assert "Restore a backup" in str(caught.value)
    assert path.read_bytes() == content


def test_a_page_that_is_overwritten_is_a_damaged_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    url = f"sqlite:///{path}"
    with open_ledger(url, must_exist=False) as ledger:
        append(ledger, *(recorded(claim(claim_name=f"Claim {number}")) for number in range(200)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size, root = connection.execute(
            "SELECT (SELECT page_size FROM pragma_page_size), rootpage FROM sqlite_master "
            "WHERE name = 'claims'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)

    with open_ledger(url) as ledger, pytest.raises(LedgerDamagedError, match="damaged"):
        list(ledger.read_states())


@pytest.mark.parametrize("folder", ["file", "file/deeper"])
def test_a_backup_that_cannot_be_written_names_its_target(
    ledger: Ledger, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    target = tmp_path / folder / "backup.sqlite"

    with pytest.raises(OutputError, match="cannot be written") as caught:
        backup_ledger(ledger.url.render_as_string(hide_password=False), target)

    assert caught.value.where == str(target)
