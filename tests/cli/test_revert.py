"""A run undone, told by commands."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cpor_batch.assets import Assets
from cpor_batch.rulebook import load_rulebook
from tests.cli.conftest import Type
from tests.cli.test_resolve import Decide, decide, held, number_of, open_conflicts, recorded, statuses

__all__ = ["decide", "held", "recorded"]
SAMPLES = Assets().sample_data()


def ingest(type_command: Type, name: str = "inbox/claims.xlsx") -> str:
    """Ingest and return the run's ID."""
    run: str = json.loads(type_command("ingest", name, "--format", "json").out)["run"]
    return run


def last_run(workspace: Path) -> str:
    return max(path.name for path in (workspace / "out" / "runs").iterdir())


def revert(type_command: Type, run: str, *words: str) -> dict[str, Any]:  # Any: what JSON can say
    said = type_command("revert", run, "--reason", "Wrong file", "--format", "json", *words)
    assert said.code == 0, said.err
    document: dict[str, Any] = json.loads(said.out)
    return document


def names(type_command: Type) -> Mapping[str, str]:
    """Return reference -> customer of every claim."""
    claims = json.loads(type_command("status", "--format", "json").out)["claims"]
    return {item["reference"]: item["customer_name"] for item in claims}


def kinds(type_command: Type, claim: str) -> list[str]:
    events = json.loads(type_command("history", claim, "--format", "json").out)["events"]
    return [event["kind"] for event in events]


def require_sound(type_command: Type) -> None:
    """Verify, make the projection anew and find the same claims."""
    assert type_command("ledger", "verify").code == 0
    before = statuses(type_command)
    assert type_command("ledger", "rebuild").code == 0
    assert statuses(type_command) == before


def rename_customers(path: Path, ending: str) -> None:
    """Save the workbook with another ending of every customer's name."""
    match_header = load_rulebook(Assets()).sheet.match_header
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    header = next(
        cell
        for row in sheet.iter_rows()
        for cell in row
        if cell.value and match_header(str(cell.value)) == "customer_name"
    )
    for row in range(header.row + 1, sheet.max_row + 1):
        cell = sheet.cell(row, header.column)
        if cell.value:
            cell.value = f"{cell.value}{ending}"
    book.save(path)


def test_a_wrong_file_is_taken_back_and_the_mended_one_gets_the_same_references(
    workspace: Path, type_command: Type
) -> None:
    rename_customers(workspace / "inbox" / "claims.xlsx", " AB")
    wrong = names(type_command) if ingest(type_command) else {}

    document = revert(type_command, last_run(workspace), "--actor", "Pat Partner")
    empty = statuses(type_command)
    require_sound(type_command)
    rename_customers(workspace / "inbox" / "claims.xlsx", " Group")
    ingest(type_command)

    mended = names(type_command)
    claim = next(iter(mended))
    assert document["counts"] == {"forgotten": len(wrong), "put_back": 0, "documents_left": 0}
    assert empty == {}
    assert mended == {reference: f"{name} Group" for reference, name in wrong.items()}
    assert kinds(type_command, claim) == ["recorded", "reverted", "recorded"]
    require_sound(type_command)


def test_history_tells_who_took_it_back_and_why_although_the_claim_is_gone(
    workspace: Path, type_command: Type
) -> None:
    ingest(type_command)
    claim = next(iter(statuses(type_command)))
    revert(type_command, last_run(workspace), "--actor", "Pat Partner")

    text = type_command("history", claim)
    event = json.loads(type_command("history", claim, "--format", "json").out)["events"][-1]

    assert text.code == 0
    assert "Reverted" in text.out
    assert (event["actor"], event["reason"]) == ("Pat Partner", "Wrong file")
    assert type_command("history", "CB-00000000").code == 2


def test_a_day_before_the_revert_shows_the_claims_as_they_were(workspace: Path, type_command: Type) -> None:
    ingest(type_command)
    before = statuses(type_command)
    revert(type_command, last_run(workspace), "--as-of", "2021-04-05")

    earlier = json.loads(type_command("status", "--as-of", "2021-04-04", "--format", "json").out)
    later = json.loads(type_command("status", "--as-of", "2021-04-05", "--format", "json").out)

    assert {item["reference"]: item["status"] for item in earlier["claims"]} == before
    assert later["claims"] == []


def test_a_dry_run_says_what_would_be_and_changes_nothing(workspace: Path, type_command: Type) -> None:
    run = ingest(type_command)
    before = type_command("history", "--format", "json").out

    said = type_command("revert", run, "--reason", "Wrong file", "--dry-run")

    assert said.code == 0
    assert "9 claims forgotten. Nothing was written (--dry-run)." in said.out
    assert type_command("history", "--format", "json").out == before
    assert last_run(workspace) == run


def test_later_runs_on_the_same_claims_are_named_and_reverted_first(
    workspace: Path, type_command: Type
) -> None:
    run = ingest(type_command)
    claim = next(name for name, status in statuses(type_command).items() if status == "editing")
    type_command("record", claim, "submitted")
    later = last_run(workspace)
    before = type_command("history", "--format", "json").out

    refused = type_command("revert", run, "--reason", "Wrong file")

    assert refused.code == 2
    assert claim in refused.err
    assert f"Revert first: {later} (record, 2021-04-01)" in refused.err
    assert type_command("history", "--format", "json").out == before
    assert revert(type_command, later)["claims"] == [
        {"reference": claim, "before": "submitted", "after": "editing"}
    ]
    assert revert(type_command, run)["counts"]["forgotten"] == 9
    require_sound(type_command)


def test_a_revert_is_a_run_that_can_be_reverted(workspace: Path, type_command: Type) -> None:
    run = ingest(type_command)
    before = statuses(type_command)
    back = revert(type_command, run)["run"]

    twice = type_command("revert", run, "--reason", "Wrong file")
    document = revert(type_command, back)

    assert twice.code == 2
    assert f"was reverted already, by {back}" in twice.err
    assert document["counts"]["put_back"] == 9
    assert statuses(type_command) == before
    require_sound(type_command)


def test_a_withdrawal_is_taken_back(workspace: Path, type_command: Type) -> None:
    ingest(type_command)
    before = statuses(type_command)
    claim = next(iter(before))
    type_command("withdraw", claim, "--reason", "customer left")

    revert(type_command, last_run(workspace))

    assert statuses(type_command) == before
    require_sound(type_command)


def test_an_import_is_taken_back(workspace: Path, type_command: Type) -> None:
    type_command("ingest", str(SAMPLES / "01-clean.xlsx"))
    before = statuses(type_command)
    type_command("import", str(SAMPLES / "partner-center-export.csv"), "--adopt")
    changed = statuses(type_command)

    revert(type_command, last_run(workspace))

    assert changed != before
    assert statuses(type_command) == before
    require_sound(type_command)


def test_a_decision_is_taken_back_and_the_conflict_is_open_again(
    decide: Decide, held: Path, type_command: Type
) -> None:
    conflicts = open_conflicts(type_command)
    before = statuses(type_command)
    contest = number_of(conflicts, "contested-in-batch")
    type_command("resolve", str(decide({contest: ("Keep first", "agreed")})))
    decided = statuses(type_command)

    revert(type_command, last_run(held))

    assert decided != before
    assert statuses(type_command) == before
    assert open_conflicts(type_command) == conflicts
    require_sound(type_command)


def test_a_claim_does_not_take_back_what_another_one_holds_meanwhile(
    decide: Decide, held: Path, type_command: Type
) -> None:
    conflicts = open_conflicts(type_command)
    contest = number_of(conflicts, "held-by-other-partner", statuses={"editing"})
    holder, asking = (side["reference"] for side in conflicts[contest - 1]["claims"])
    type_command("withdraw", holder, "--reason", "customer left")
    run = last_run(held)
    type_command("resolve", str(decide({})))
    assert statuses(type_command)[asking] == "editing"

    said = type_command("revert", run, "--reason", "customer came back")

    assert said.code == 2
    assert f"{asking} now holds what a claim of the run would hold again" in said.err
    assert statuses(type_command)[holder] == "withdrawn"


@pytest.mark.parametrize("run", ["nothing", ""])
def test_an_unknown_run_is_answered_with_the_last_ones(workspace: Path, type_command: Type, run: str) -> None:
    known = ingest(type_command)

    said = type_command("revert", run, "--reason", "Wrong file")

    assert said.code == 2
    assert f"{known} (ingest, 2021-04-01)" in said.err


def test_the_beginning_of_an_id_is_enough_if_no_other_run_begins_so(
    workspace: Path, type_command: Type
) -> None:
    run = ingest(type_command)
    type_command("withdraw", next(iter(statuses(type_command))), "--reason", "customer left")

    several = type_command("revert", run[:1], "--reason", "Wrong file")
    document = revert(type_command, last_run(workspace)[:-1].lower())

    assert several.code == 2
    assert "begins the IDs of 2 runs" in several.err
    assert document["command"] == "withdraw"


def test_a_run_that_only_made_documents_has_nothing_to_revert(workspace: Path, type_command: Type) -> None:
    ingest(type_command)
    claim = next(iter(statuses(type_command)))
    assert type_command("documents", "--only", "letter").code == 0
    made = last_run(workspace)

    said = type_command("revert", made, "--reason", "Wrong file")

    assert said.code == 2
    assert "changed no claim" in said.err
    assert "document-issued" in kinds(type_command, claim)


def test_letters_of_forgotten_claims_are_named_and_stay(workspace: Path, type_command: Type) -> None:
    run = ingest(type_command)
    type_command("documents", "--only", "letter")
    letters = sorted(
        path.relative_to(workspace / "out").as_posix() for path in workspace.glob("out/letters/*")
    )

    document = revert(type_command, run)

    assert letters
    assert sorted(document["documents_left"]) == letters
    assert all((workspace / "out" / path).is_file() for path in letters)
    require_sound(type_command)


def test_a_dispute_that_was_taken_back_may_be_recorded_again(workspace: Path, type_command: Type) -> None:
    ingest(type_command)
    claim = next(name for name, status in statuses(type_command).items() if status == "editing")
    for status in ("submitted", "under-review", "rejected", "dispute"):
        assert type_command("record", claim, status).code == 0
    revert(type_command, last_run(workspace))

    said = type_command("record", claim, "dispute")

    assert said.code == 0, said.err
    assert statuses(type_command)[claim] == "under-review"


def test_a_reason_is_needed(workspace: Path, type_command: Type) -> None:
    run = ingest(type_command)

    assert type_command("revert", run).code == 2
    assert type_command("revert", run, "--reason", " ").code == 2
