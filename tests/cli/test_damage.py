"""A ledger that is damaged or gone ends every command with what to do, never with an empty answer."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Type

READING = (["status"], ["history"], ["conflicts"], ["documents"], ["ledger", "verify"], ["ledger", "rebuild"])


@pytest.fixture
def ledger(workspace: Path, type_command: Type) -> Path:
    """Give the file of a ledger with claims."""
    type_command("ingest", "inbox/claims.xlsx")
    return workspace / "ledger.sqlite"


@pytest.mark.parametrize("words", READING)
@pytest.mark.parametrize("content", [b"", b"no database at all"])
def test_a_ledger_that_was_overwritten_is_damaged(
    ledger: Path, type_command: Type, words: list[str], content: bytes
) -> None:
    ledger.write_bytes(content)

    said = type_command(*words)

    assert said.code == 7
    assert "Restore a backup" in said.err
    assert ledger.read_bytes() == content


@pytest.mark.parametrize("words", [*READING, ["init"]])
def test_a_ledger_that_is_gone_is_asked_back(ledger: Path, type_command: Type, words: list[str]) -> None:
    for path in ledger.parent.glob("ledger.sqlite*"):
        path.unlink()

    said = type_command(*words)

    assert said.code == 3
    assert "cpor-batch ledger backup" in said.err
    assert not ledger.exists()


def test_a_flipped_byte_is_found_by_those_who_read_the_claim(ledger: Path, type_command: Type) -> None:
    with sqlite3.connect(ledger) as connection:
        connection.execute("DROP TRIGGER events_refuse_update")
        connection.execute("UPDATE events SET body = replace(body, 'desk', 'disk') WHERE number = 3")
        ((claim, run),) = connection.execute("SELECT claim, run FROM events WHERE number = 3")

    for words in (
        ["history", claim],
        ["history"],
        ["record", claim, "submitted"],
        ["withdraw", claim, "--reason", "typed twice"],
        ["revert", run, "--reason", "a test"],
    ):
        said = type_command(*words)

        assert (said.code, "event 3 is not what was written" in said.err) == (7, True), words


def test_a_backup_that_cannot_be_written_is_a_matter_of_output(ledger: Path, type_command: Type) -> None:
    said = type_command("ledger", "backup", "cpor-batch.toml/copy.sqlite")

    assert said.code == 5
    assert "cpor-batch.toml/copy.sqlite" in said.err
