"""What a newcomer gets wrong: one clear line each, the right exit code, nothing recorded."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli.conftest import Type


def write_sheet(path: Path, *rows: list[object], title: str = "Claims") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def write_two_sheets(path: Path) -> None:
    book = Workbook()
    for title in ("Customers", "Contacts"):
        sheet = book.create_sheet(title)
        sheet.append(["Name", "City"])
        sheet.append(["Contoso", "Stockholm"])
    del book["Sheet"]
    book.save(path)


@pytest.mark.parametrize("command", ["check", "ingest", "run"])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing.xlsx", "file-not-found"),
        ("folder.xlsx", "file-type"),
        ("text.xlsx", "file-type"),
        ("other.xlsx", "sheet-not-found"),
        ("short.xlsx", "header-missing"),
        ("empty.xlsx", "header-missing"),
    ],
)
def test_a_file_that_is_no_batch_is_refused_in_one_line(
    workspace: Path, type_command: Type, command: str, name: str, code: str
) -> None:
    (workspace / "folder.xlsx").mkdir()
    (workspace / "text.xlsx").write_text("just text")
    write_two_sheets(workspace / "other.xlsx")
    write_sheet(
        workspace / "short.xlsx", ["Claim name", "MPN ID", "Product or workload"], ["a", "1", "Intune"]
    )
    write_sheet(workspace / "empty.xlsx")

    said = type_command(command, name)

    lines = [line for line in said.out.splitlines() if f"[{code}]" in line]
    assert said.code == 4
    assert len(lines) == 1, said.out
    assert lines[0].startswith(name)
    assert "Traceback" not in said.err
    assert type_command("history", "--format", "json").out.count('"kind"') == 0


def test_the_other_files_of_the_run_go_on(workspace: Path, type_command: Type) -> None:
    said = type_command("ingest", "nothing.xlsx", "inbox/claims.xlsx")

    assert said.code == 4
    assert "32 recorded" in said.out
    assert "1 file refused as a whole" in said.out


@pytest.mark.parametrize("command", ["ingest", "run", "status", "history", "conflicts", "documents"])
def test_a_command_that_needs_a_workspace_names_init(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_command: Type, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    said = type_command(command, *(["x.xlsx"] if command in {"ingest", "run"} else []))

    assert said.code == 3
    assert "cpor-batch init" in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["chekc"], "check"),
        (["check"], "FILE"),
        (["check", "x.xlsx", "--as-of", "1/4/2021"], "YYYY-MM-DD"),
        (["check", "x.xlsx", "--map", "nonsense"], "HEADER=KEY"),
        (["documents", "--only", "invoice"], "letter"),
        (["history", "no such claim"], "cpor-batch status"),
        (["template", "claims.txt"], ".xlsx"),
        (["template", "claims.xlsx", "--language", "tlh"], "en"),
        (["explain", "tenant-id"], "tenant-id-not-a-guid"),
    ],
)
def test_a_wrong_command_line_says_what_would_be_right(
    workspace: Path, type_command: Type, words: list[str], says: str
) -> None:
    said = type_command(*words)

    assert said.code == 2
    assert says in said.err


def test_an_existing_file_is_not_overwritten_by_the_template(workspace: Path, type_command: Type) -> None:
    (workspace / "mine.xlsx").write_text("precious")

    said = type_command("template", "mine.xlsx")

    assert said.code == 5
    assert (workspace / "mine.xlsx").read_text() == "precious"


def test_a_demo_leaves_a_folder_of_somebody_else_alone(workspace: Path, type_command: Type) -> None:
    said = type_command("demo", ".")

    assert said.code == 2
    assert (workspace / "inbox" / "claims.xlsx").exists()


def test_an_unknown_setting_is_named_with_its_file(workspace: Path, type_command: Type) -> None:
    (workspace / "cpor-batch.toml").write_text('langauge = "sv"\n')

    said = type_command("status")

    assert said.code == 3
    assert "cpor-batch.toml" in said.err
    assert "language" in said.err


def test_a_day_before_the_last_event_is_refused(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    said = type_command("ingest", "inbox/claims.xlsx", "--as-of", "2021-03-01")

    assert said.code == 2
    assert "2021-04-01" in said.err


@pytest.mark.parametrize("option", [["--result"], ["--html"], ["--format", "json", "--output"]])
def test_a_result_never_takes_the_place_of_the_workbook(
    workspace: Path, type_command: Type, option: list[str]
) -> None:
    claims = workspace / "inbox" / "claims.xlsx"
    before = claims.read_bytes()

    said = type_command("check", str(claims), *option, str(claims))

    assert said.code == 2
    assert "claims.xlsx" in said.err
    assert claims.read_bytes() == before


def test_a_map_to_a_column_that_does_not_exist_is_answered_with_the_nearest(
    workspace: Path, type_command: Type
) -> None:
    said = type_command("check", "inbox/claims.xlsx", "--map", "Kund=custmer_name")

    assert said.code == 2
    assert "customer_name" in said.err


def test_the_result_of_a_clean_batch_is_read_again_without_a_word(
    workspace: Path, type_command: Type
) -> None:
    type_command("check", "inbox/claims.xlsx", "--result", "verdict.xlsx")

    said = type_command("check", "verdict.xlsx")

    assert said.code == 0, said.out
    assert said.out.startswith("0 rows")
