"""Conflicts, decided in a workbook and taken back."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from cpor_batch.assets import Assets
from cpor_batch.cli import main
from tests.cli.conftest import Type

Cell = str | int | None
Decide = Callable[..., Path]
HEADER_ROW = 4


class Text(str):
    """What stands in a cell as text although it begins like a formula."""

    __slots__ = ()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace, made once, that has the conflicts of the samples recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    samples = Assets().sample_data()
    shutil.copyfile(samples / "cpor-batch.toml", folder / "cpor-batch.toml")
    (folder / "inbox").mkdir()
    shutil.copyfile(samples / "05-svensk.xlsx", folder / "inbox" / "claims.xlsx")
    place = ["--workspace", str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signal.signal", lambda *_: None)
        CliRunner().invoke(main, ["init", str(folder)])
        for name in ("01-clean.xlsx", "03-conflicts-a.xlsx"):
            CliRunner().invoke(main, ["ingest", str(samples / name), *place])
    return folder


@pytest.fixture
def held(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the current folder: a copy of that workspace."""
    shutil.copytree(recorded, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return tmp_path


@pytest.fixture
def decide(held: Path, type_command: Type) -> Decide:
    """Write the workbook, fill decisions in by the conflict's number, and save it as another file."""

    def fill(decisions: Mapping[int, tuple[Cell, Cell]], *, name: str = "filled.xlsx") -> Path:
        type_command("conflicts", "--xlsx", "decisions.xlsx")
        book = load_workbook(held / "decisions.xlsx")
        sheet = book["Decisions"]
        rows = blocks(sheet)
        for number, (decision, reason) in decisions.items():
            sheet.cell(rows[number - 1], column(sheet, "Decision")).value = decision
            cell = sheet.cell(rows[number - 1], column(sheet, "Reason"))
            cell.value = reason
            if isinstance(reason, Text):
                cell.data_type = "s"
        book.save(held / name)
        return held / name

    return fill


def column(sheet: Worksheet, header: str) -> int:
    return next(cell.column for cell in sheet[HEADER_ROW] if cell.value == header)


def blocks(sheet: Worksheet) -> list[int]:
    """Return the first row of each conflict."""
    names = column(sheet, "Conflict ID")
    return [row for row in range(HEADER_ROW + 1, sheet.max_row + 1) if sheet.cell(row, names).value]


def open_conflicts(type_command: Type) -> list[dict[str, Any]]:  # Any: what JSON can say
    found: list[dict[str, Any]] = json.loads(type_command("conflicts", "--format", "json").out)["conflicts"]
    return found


def statuses(type_command: Type) -> Mapping[str, str]:
    document = json.loads(type_command("status", "--format", "json").out)
    return {item["reference"]: item["status"] for item in document["claims"]}


def number_of(conflicts: list[dict[str, Any]], kind: str, *, statuses: set[str] | None = None) -> int:
    """Return the number, from 1, of the first conflict of this kind whose holder has one of the statuses."""
    for number, conflict in enumerate(conflicts, start=1):
        if conflict["kind"] == kind and (statuses is None or conflict["claims"][0]["status"] in statuses):
            return number
    raise AssertionError(kind)


def test_open_conflicts_say_what_somebody_needs_in_order_to_decide(held: Path, type_command: Type) -> None:
    said = type_command("conflicts", "--format", "json")

    document = json.loads(said.out)
    first = document["conflicts"][0]
    assert said.code == 1
    assert document["schema"] == "cpor-batch.conflicts/1"
    assert first["decisions"] == [
        "Keep first",
        "Keep second",
        "Contest with newer PoE",
        "Withdraw",
        "Not a conflict",
    ]
    assert [side["favoured"] for side in first["claims"]] == [False, True]
    assert [side["poe_age_months"] for side in first["claims"]] == [1, 0]
    assert {"since", "poe_signed_on", "reference", "mpn_id", "status"} <= set(first["claims"][0])
    assert "cpor-batch conflicts --xlsx" in said.err


def test_the_workbook_has_a_drop_down_per_conflict_and_hides_what_people_need_not_see(
    held: Path, type_command: Type
) -> None:
    said = type_command("conflicts", "--xlsx", "decisions.xlsx")

    book = load_workbook(held / "decisions.xlsx")
    sheet = book["Decisions"]
    lists = [item for item in sheet.data_validations.dataValidation if item.type == "list"]
    assert said.code == 1
    assert "cpor-batch resolve decisions.xlsx" in said.out
    assert book.sheetnames == ["Decisions", "Instructions", "Lists"]
    assert len(lists) == len(blocks(sheet)) == len(open_conflicts(type_command))
    assert sheet.column_dimensions["F"].hidden
    assert not sheet.protection.sheet
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


def test_a_workbook_that_may_hold_decisions_is_kept_beside_the_new_one(
    decide: Decide, held: Path, type_command: Type
) -> None:
    filled = decide({1: ("Not a conflict", "agreed")}, name="mine.xlsx").read_bytes()

    said = type_command("conflicts", "--xlsx", "mine.xlsx")

    assert (held / "mine.old.xlsx").read_bytes() == filled
    assert (held / "mine.xlsx").read_bytes() != filled
    assert "mine.old.xlsx" in said.err


def test_decisions_are_carried_out_and_stand_in_the_history(decide: Decide, type_command: Type) -> None:
    conflicts = open_conflicts(type_command)
    contest = number_of(conflicts, "contested-in-batch")
    kept, lost = (side["reference"] for side in conflicts[contest - 1]["claims"])
    reason = '=cmd|"/C calc"!A1\nand the customer agreed'
    path = decide({contest: ("Keep first", Text(reason))})

    said = type_command("resolve", str(path), "--actor", "Pat Partner", "--format", "json")

    document = json.loads(said.out)
    assert said.code == 1
    assert document["counts"]["decided"] == 1
    assert document["decided"][0]["released"] == [kept]
    assert document["decided"][0]["withdrawn"] == [lost]
    assert (statuses(type_command)[kept], statuses(type_command)[lost]) == ("editing", "withdrawn")
    events = json.loads(type_command("history", lost, "--format", "json").out)["events"]
    assert [event["kind"] for event in events] == ["recorded", "decided", "withdrawn"]
    assert (events[1]["actor"], events[1]["after"]["decision"]) == ("Pat Partner", "Keep first")
    assert reason.splitlines()[0] in events[1]["reason"]
    assert (events[1]["file"], events[2]["reason"]) == ("filled.xlsx", events[1]["reason"])


def test_a_reason_that_looks_like_a_formula_stays_text_in_every_report(
    decide: Decide, held: Path, type_command: Type
) -> None:
    contest = number_of(open_conflicts(type_command), "contested-in-batch")
    path = decide({contest: ("Keep first", Text("=1+1"))})
    type_command("resolve", str(path))

    written = type_command("history", "--format", "xlsx", "--output", "history.xlsx")

    book = load_workbook(held / "history.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row if "=1+1" in str(cell.value)]
    assert written.code == 0
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_formula_in_place_of_a_reason_is_not_taken_for_one(decide: Decide, type_command: Type) -> None:
    contest = number_of(open_conflicts(type_command), "contested-in-batch")
    path = decide({contest: ("Keep first", "=1+1")})

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert said["counts"]["decided"] == 0
    assert "formula" in said["skipped"][0]["message"]


def test_the_same_decisions_twice_change_nothing(decide: Decide, type_command: Type) -> None:
    contest = number_of(open_conflicts(type_command), "contested-in-batch")
    path = decide({contest: ("keep SECOND", "agreed")})
    type_command("resolve", str(path))
    events = type_command("history", "--format", "json").out

    again = type_command("resolve", str(path), "--format", "json")

    assert json.loads(again.out)["counts"]["decided_before"] == 1
    assert json.loads(again.out)["skipped"] == []
    assert type_command("history", "--format", "json").out == events


def test_what_changed_meanwhile_is_reported_and_left_alone(decide: Decide, type_command: Type) -> None:
    conflicts = open_conflicts(type_command)
    contest = number_of(conflicts, "contested-in-batch")
    first, second = (side["reference"] for side in conflicts[contest - 1]["claims"])
    path = decide({contest: ("Keep first", "agreed")})
    type_command("withdraw", first, "--reason", "customer left")

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert said["counts"]["decided"] == 0
    assert f"{first} has changed and is withdrawn now" in said["skipped"][0]["message"]
    assert "conflicts --xlsx" in said["skipped"][0]["hint"]
    assert statuses(type_command)[second] == "editing"
    assert said["released"].count(second) == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    decide: Decide, held: Path, type_command: Type
) -> None:
    contest = number_of(open_conflicts(type_command), "contested-in-batch")
    path = decide({contest: ("Not a conflict", None)})
    events = type_command("history", "--format", "json").out
    runs = sorted((held / "out" / "runs").iterdir())

    said = type_command("resolve", str(path), "--dry-run")

    assert "1 conflict decided" in said.out
    assert "Nothing was written" in said.out
    assert type_command("history", "--format", "json").out == events
    assert sorted((held / "out" / "runs").iterdir()) == runs


def test_everything_decided_ends_with_nothing_open(decide: Decide, type_command: Type) -> None:
    conflicts = open_conflicts(type_command)
    path = decide(dict.fromkeys(range(1, len(conflicts) + 1), ("Contest with newer PoE", None)))

    said = type_command("resolve", str(path))

    assert said.code == 0
    assert "0 still open. Next: cpor-batch documents" in said.out
    assert "held" not in statuses(type_command).values()
    listed = type_command("conflicts")
    assert (listed.code, listed.out) == (0, "No conflict is open.\n")
    samples = Assets().sample_data()
    again = json.loads(type_command("ingest", str(samples / "03-conflicts-a.xlsx"), "--format", "json").out)
    assert again["counts"]["held"] == 0


def test_a_run_of_decisions_leaves_its_record(decide: Decide, held: Path, type_command: Type) -> None:
    contest = number_of(open_conflicts(type_command), "contested-in-batch")
    path = decide({contest: ("Withdraw", "neither of them")})

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    record = json.loads((held / "out" / "runs" / said["run"] / "run.json").read_text())
    assert (record["command"], record["exit_code"]) == ("resolve", 1)
    assert record["counts"]["withdrawn"] == 2
    assert record["inputs"][0]["name"] == "filled.xlsx"


@pytest.mark.parametrize(
    ("decision", "reason", "message"),
    [
        ("Let them fight", "why not", '"Let them fight" is not a decision.'),
        ("Keep first", "  ", '"Keep first" needs a reason.'),
        (None, "because", "There is a reason but no decision."),
        ("Keep ninth", "x", "There is no ninth side"),
        (42, "x", '"42" is not a decision.'),
        ("Keep first\u202e", "x", "U+202E"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_row(
    decision: Cell, reason: Cell, message: str, decide: Decide, type_command: Type
) -> None:
    path = decide({1: (decision, reason)})

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert [item["row"] for item in said["skipped"]] == [5]
    assert message in said["skipped"][0]["message"]
    assert said["counts"]["decided"] == 0


def test_a_workbook_of_another_ledger_decides_nothing(decide: Decide, held: Path, type_command: Type) -> None:
    path = decide({1: ("Not a conflict", None)})
    book = load_workbook(path)
    sheet = book["Decisions"]
    sheet.cell(5, column(sheet, "State of the claims")).value = "CB-00000000:4 CB-00000001:7"
    book.save(path)

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert "CB-00000000 is not in this ledger" in said["skipped"][0]["message"]


def test_damaged_hidden_cells_decide_nothing(decide: Decide, type_command: Type) -> None:
    path = decide({1: ("Not a conflict", None)})
    book = load_workbook(path)
    sheet = book["Decisions"]
    sheet.cell(5, column(sheet, "State of the claims")).value = "all fine"
    book.save(path)

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert "hidden cells" in said["skipped"][0]["message"]


def test_a_block_that_was_copied_and_decided_otherwise_decides_nothing(
    decide: Decide, type_command: Type
) -> None:
    path = decide({1: ("Not a conflict", None)})
    book = load_workbook(path)
    sheet = book["Decisions"]
    last = sheet.max_row + 2
    for header in ("Conflict ID", "State of the claims"):
        sheet.cell(last, column(sheet, header)).value = sheet.cell(5, column(sheet, header)).value
    sheet.cell(last, column(sheet, "Decision")).value = "Contest with newer PoE"
    book.save(path)

    said = json.loads(type_command("resolve", str(path), "--format", "json").out)

    assert "Row 5 decides the same conflict otherwise" in said["skipped"][0]["message"]
    assert said["counts"]["decided"] == 0


@pytest.mark.parametrize("name", ["claims.xlsx", "missing.xlsx", "broken.xlsx", "folder.xlsx"])
def test_a_file_that_is_no_workbook_of_decisions_is_refused(
    name: str, held: Path, type_command: Type
) -> None:
    (held / "claims.xlsx").write_bytes((held / "inbox" / "claims.xlsx").read_bytes())
    (held / "broken.xlsx").write_bytes(b"PK\x03\x04 this is no zip")
    (held / "folder.xlsx").mkdir()

    said = type_command("resolve", name)

    assert said.code == 4
    assert said.err.startswith(f"Error: {name}: ")
    assert said.out == ""


def test_the_workbook_of_a_ledger_without_conflicts_says_so(workspace: Path, type_command: Type) -> None:
    listed = type_command("conflicts", "--xlsx", "decisions.xlsx")

    resolved = type_command("resolve", "decisions.xlsx")

    assert (listed.code, resolved.code) == (0, 0)
    assert "0 conflicts decided, 0 still open" in resolved.out
