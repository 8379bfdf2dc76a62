"""What a command says, and how it ends, where a file that it needs cannot be written or read."""

import json
from pathlib import Path

import pytest

from cpor_batch.files import write_atomically
from tests.cli.conftest import Type


def test_a_run_that_cannot_write_its_reports_still_tells_what_it_recorded(
    workspace: Path, type_command: Type
) -> None:
    (workspace / "out" / "reports").write_text("a file where the folder belongs")

    said = type_command("run", "inbox/claims.xlsx")

    assert said.code == 5
    assert "rows: " in said.out
    assert " recorded" in said.out
    assert "Documents: " in said.out
    assert "status.xlsx: cannot be written" in said.err
    assert "the option" not in said.err
    (run,) = (workspace / "out" / "runs").glob("*/run.json")
    assert json.loads(run.read_text(encoding="utf-8"))["exit_code"] == 5


def test_a_run_that_cannot_write_its_reports_still_gives_its_document(
    workspace: Path, type_command: Type
) -> None:
    (workspace / "out" / "reports").write_text("a file where the folder belongs")

    said = type_command("run", "inbox/claims.xlsx", "--format", "json")

    assert said.code == 5
    assert json.loads(said.out)["recorded"] > 0
    assert "Error: " in said.err


@pytest.mark.parametrize("command", ["ingest", "run"])
def test_what_was_recorded_is_told_where_not_even_the_verdict_can_be_written(
    workspace: Path, type_command: Type, command: str
) -> None:
    (workspace / "out" / "runs").write_text("a file where the folder belongs")

    said = type_command(command, "inbox/claims.xlsx", "--format", "json")

    assert said.code == 5
    assert json.loads(said.out)["recorded"] > 0
    assert "verdict.xlsx: cannot be written" in said.err


def test_a_run_whose_letters_cannot_be_written_tells_what_it_recorded(
    workspace: Path, type_command: Type
) -> None:
    for name in ("letters", "poe"):
        (workspace / "out" / name).write_text("a file where the folder belongs")

    said = type_command("run", "inbox/claims.xlsx")

    assert said.code == 5
    assert " recorded" in said.out
    assert "Next: cpor-batch documents" in said.out


def test_a_run_that_made_everything_sends_nobody_to_documents(workspace: Path, type_command: Type) -> None:
    said = type_command("run", "inbox/claims.xlsx")

    assert (workspace / "out" / "poe").is_dir()
    assert said.out.rstrip().endswith("Next: cpor-batch entry")


def test_a_file_without_the_right_to_write_names_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(Exception, match="Permission denied") as caught:
        write_atomically(tmp_path / "status.xlsx", b"x")

    assert "option" not in str(caught.value)
