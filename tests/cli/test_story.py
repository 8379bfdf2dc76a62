"""The story of a first day, told by commands."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import Type


def test_the_same_file_twice_changes_nothing_and_says_so(workspace: Path, type_command: Type) -> None:
    first = json.loads(type_command("ingest", "inbox/claims.xlsx", "--format", "json").out)
    events = type_command("history", "--format", "json").out

    second = type_command("ingest", "inbox/claims.xlsx", "--format", "json")

    again = json.loads(second.out)
    assert (first["schema"], first["recorded"], first["unchanged"]) == ("cpor-batch.ingest/1", 32, 0)
    assert (again["recorded"], again["unchanged"]) == (0, 32)
    assert second.code == 0
    assert "unchanged" in second.err
    assert type_command("history", "--format", "json").out == events


def test_a_dry_run_writes_nothing(workspace: Path, type_command: Type) -> None:
    before = sorted(path for path in workspace.rglob("*") if path.is_file())

    said = type_command("ingest", "inbox/claims.xlsx", "--dry-run")

    after = sorted(path for path in workspace.rglob("*") if path.is_file())
    assert "32 would be recorded" in said.out
    assert [path for path in after if path.suffix not in {".sqlite-wal", ".sqlite-shm"}] == before
    assert json.loads(type_command("history", "--format", "json").out)["events"] == []


def test_json_is_one_document_and_nothing_else_on_stdout(workspace: Path, type_command: Type) -> None:
    for words in (
        ["check", "inbox/claims.xlsx", "nothing.xlsx"],
        ["ingest", "inbox/claims.xlsx", "nothing.xlsx"],
        ["status"],
        ["history"],
        ["conflicts"],
        ["doctor"],
        ["explain"],
        ["config", "show"],
        ["rules", "show"],
    ):
        document = json.loads(type_command(*words, "--format", "json").out)

        assert document["schema"].startswith("cpor-batch.")


def test_a_run_that_writes_leaves_its_record(workspace: Path, type_command: Type) -> None:
    said = json.loads(type_command("ingest", "inbox/claims.xlsx", "--format", "json").out)

    record = json.loads((workspace / "out" / "runs" / said["run"] / "run.json").read_text())
    assert record["command"] == "ingest"
    assert record["counts"]["accepted"] == 32
    assert record["inputs"][0]["sha256"]
    assert record["exit_code"] == 0
    assert {output["path"].rpartition("/")[2] for output in record["outputs"]} == {
        "verdict.xlsx",
        "verdict.html",
    }
    assert record["ledger_head"]["event"] > 0


def test_the_status_knows_every_claim_of_the_workbook(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    status = json.loads(type_command("status", "--format", "json").out)

    assert status["schema"] == "cpor-batch.status/1"
    assert status["as_of"] == "2021-04-01"
    assert len(status["claims"]) == 9
    assert {claim["status"] for claim in status["claims"]} <= {"editing", "submitted"}


def test_reports_are_written_below_out_and_their_path_is_printed(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    for name in ("status", "history"):
        for form in ("xlsx", "html"):
            said = type_command(name, "--format", form)

            path = Path(said.out.strip())
            assert path == workspace / "out" / "reports" / f"{name}.{form}"
            assert path.stat().st_size > 1000


def test_documents_are_made_once(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    first = type_command("documents", "--only", "poe")
    again = type_command("documents", "--only", "poe")

    assert "PoE forms made" in first.out
    assert again.out.strip() == "Documents: nothing is due."


@pytest.mark.parametrize("command", ["check", "ingest"])
@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_a_verdict_comes_as_workbook_or_page_and_its_path_is_printed(
    workspace: Path, type_command: Type, command: str, form: str
) -> None:
    said = type_command(command, "inbox/claims.xlsx", "--format", form)

    path = Path(said.out.strip())
    assert path == workspace / "out" / "reports" / f"{command}.{form}"
    assert path.stat().st_size > 1000


def test_a_result_goes_where_output_says(workspace: Path, type_command: Type) -> None:
    (workspace / "deep" / "er").mkdir(parents=True)

    said = type_command("check", "inbox/claims.xlsx", "--format", "json", "--output", "deep/er/verdict.json")

    assert said.out.strip() == "deep/er/verdict.json"
    assert json.loads((workspace / "deep/er/verdict.json").read_text())["schema"] == "cpor-batch.check/1"


def test_a_header_map_is_remembered_on_request(workspace: Path, type_command: Type) -> None:
    write_sheet_with_own_header(workspace)
    refused = type_command("check", "own.xlsx")

    saved = type_command("check", "own.xlsx", "--map", "Whose=customer_name", "--save-map")
    later = type_command("check", "own.xlsx")

    assert refused.code == 4
    assert saved.code == later.code == 0, later.out
    assert "Whose" in (workspace / "cpor-batch.toml").read_text()


def write_sheet_with_own_header(workspace: Path) -> None:
    book = load_workbook(workspace / "inbox" / "claims.xlsx")
    sheet = book.active
    assert sheet is not None
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "Kundens namn":
                cell.value = "Whose"
    book.save(workspace / "own.xlsx")
