import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Type


@pytest.fixture
def ingested(workspace: Path, type_command: Type) -> Path:
    type_command("ingest", "inbox/claims.xlsx")
    return workspace


def ledger_of(workspace: Path) -> Path:
    return next(workspace.glob("*.sqlite"))


def test_a_sound_ledger_verifies(ingested: Path, type_command: Type) -> None:
    said = type_command("ledger", "verify", "--format", "json")

    found = json.loads(said.out)
    assert said.code == 0
    assert found["sound"]
    assert found["claims"] == 9


def test_a_changed_event_is_found_and_named(ingested: Path, type_command: Type) -> None:
    with sqlite3.connect(ledger_of(ingested)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE events SET body = replace(body, 'recorded', 'revised') WHERE number = 3")

    said = type_command("ledger", "verify")

    assert said.code == 7
    assert "event 3" in said.out.splitlines()[0]


def test_a_changed_document_is_found(ingested: Path, type_command: Type) -> None:
    type_command("documents", "--only", "poe")
    form = next((ingested / "out" / "poe").glob("*.pdf"))
    form.write_bytes(form.read_bytes() + b" ")

    said = type_command("ledger", "verify")

    assert said.code == 7
    assert form.name in said.out


def test_a_backup_stands_in_for_the_ledger(ingested: Path, type_command: Type) -> None:
    before = type_command("history", "--format", "json").out
    type_command("ledger", "backup", "copy.sqlite")
    place = ledger_of(ingested)
    for path in ingested.glob("*.sqlite*"):
        if path.name != "copy.sqlite":
            path.unlink()

    shutil.move("copy.sqlite", place)

    assert type_command("history", "--format", "json").out == before


@pytest.mark.parametrize("words", [["backup", "copy.sqlite"], ["rebuild"], ["rebuild", "--dry-run"]])
def test_a_ledger_with_a_changed_event_is_neither_backed_up_nor_rebuilt(
    ingested: Path, type_command: Type, words: list[str]
) -> None:
    with sqlite3.connect(ledger_of(ingested)) as connection:
        connection.execute("DROP TRIGGER events_refuse_update")
        connection.execute("UPDATE events SET body = replace(body, 'desk', 'disk') WHERE number = 3")
    runs = list((ingested / "out" / "runs").iterdir())

    said = type_command("ledger", *words)

    assert said.code == 7
    assert "event 3 is not what was written" in said.err
    assert "restore a backup" in said.err
    assert not (ingested / "copy.sqlite").exists()
    assert list((ingested / "out" / "runs").iterdir()) == runs


def test_a_rebuild_leaves_its_record(ingested: Path, type_command: Type) -> None:
    before = set((ingested / "out" / "runs").iterdir())

    type_command("ledger", "rebuild", "--actor", "Ada")

    (folder,) = set((ingested / "out" / "runs").iterdir()) - before
    record = json.loads((folder / "run.json").read_text())
    assert (record["command"], record["actor"], record["counts"]) == ("ledger rebuild", "Ada", {"claims": 9})


def test_a_rebuild_tried_out_changes_nothing(ingested: Path, type_command: Type) -> None:
    with sqlite3.connect(ledger_of(ingested)) as connection:
        connection.execute("UPDATE claims SET status = 'approved'")
    runs = list((ingested / "out" / "runs").iterdir())

    said = type_command("ledger", "rebuild", "--dry-run")

    assert (said.code, "9 claims would be made anew" in said.out) == (0, True)
    assert type_command("ledger", "verify").code == 7
    assert list((ingested / "out" / "runs").iterdir()) == runs


def test_a_migration_tried_out_says_what_it_would_do(ingested: Path, type_command: Type) -> None:
    with sqlite3.connect(ledger_of(ingested)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    files = set(ingested.iterdir())

    said = type_command("ledger", "migrate", "--dry-run")

    assert (said.code, "would be migrated from 0001 to" in said.out) == (0, True)
    assert {path for path in ingested.iterdir() if ".sqlite-" not in path.name} == {
        path for path in files if ".sqlite-" not in path.name
    }


def test_a_rebuilt_ledger_says_the_same(ingested: Path, type_command: Type) -> None:
    before = type_command("status", "--format", "json").out

    said = type_command("ledger", "rebuild")

    assert said.code == 0
    assert type_command("status", "--format", "json").out == before


def test_a_person_is_forgotten_and_the_ledger_still_verifies(ingested: Path, type_command: Type) -> None:
    person = someone(type_command)

    dry = type_command("ledger", "purge-contact", person, "--reason", "Asked to be forgotten", "--dry-run")
    kept = someone(type_command)
    purged = type_command("ledger", "purge-contact", person, "--reason", "Asked to be forgotten")

    assert dry.code == purged.code == 0
    assert kept == person
    assert person not in type_command("history", "--format", "json").out
    assert type_command("ledger", "verify").code == 0
    assert person.encode() not in ledger_of(Path()).read_bytes()


@pytest.mark.parametrize(
    "place",
    [
        "inbox/",
        "out/letters",
        "out/poe",
        "out/reports",
        "out/runs",
        "verdict.xlsx",
        "verdict.html",
        "backups",
    ],
)
def test_who_forgets_a_person_is_told_which_folders_may_still_hold_them(
    ingested: Path, type_command: Type, place: str
) -> None:
    said = type_command("ledger", "purge-contact", someone(type_command), "--reason", "Asked to be forgotten")

    assert place in said.err


def someone(type_command: Type) -> str:
    """Return a customer contact's e-mail address as the ledger has it."""
    place = ledger_of(Path())
    with sqlite3.connect(place) as connection:
        for (body,) in connection.execute("SELECT body FROM personal"):
            found = json.loads(body)
            for value in found.values() if isinstance(found, dict) else ():
                if isinstance(value, str) and "@" in value:
                    return value
    raise AssertionError("the ledger knows nobody")
