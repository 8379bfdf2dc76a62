"""What a command says, and how it ends, where a file that it needs cannot be written or read."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

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


@pytest.fixture
def unreadable_ledger(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a ledger that the system refuses to open, as it does for a file of somebody else."""
    (ledger,) = workspace.glob("*.sqlite")
    really_open = Path.open

    def refuse(path: Path, *words: Any, **options: Any) -> IO[Any]:
        if path.name == ledger.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        file: IO[Any] = really_open(path, *words, **options)
        return file

    monkeypatch.setattr(Path, "open", refuse)
    return ledger


@pytest.mark.usefixtures("unreadable_ledger")
@pytest.mark.parametrize(
    "words", [("status",), ("run", "inbox/claims.xlsx"), ("check", "inbox/claims.xlsx"), ("ledger", "verify")]
)
def test_a_ledger_that_may_not_be_read_is_told_in_a_sentence(
    type_command: Type, words: tuple[str, ...]
) -> None:
    said = type_command(*words)

    assert said.code == 3
    assert "the ledger cannot be read (Permission denied)" in said.err


@pytest.mark.usefixtures("unreadable_ledger")
def test_doctor_has_a_line_for_a_ledger_that_may_not_be_read(type_command: Type) -> None:
    said = type_command("doctor")

    assert "the ledger cannot be read (Permission denied)" in said.out


def test_a_refusal_of_the_system_is_no_bug_of_ours(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(workspace / "inbox"))

    monkeypatch.setattr("cpor_batch.pipeline.status.status", refuse)

    said = type_command("status")

    assert said.code == 5
    assert "inbox: Permission denied. Check your rights" in said.err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_without_unicode_gets_what_it_can_show(workspace: Path, encoding: str) -> None:
    (workspace / "名前.csv").write_text("Kund\nŁódź\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    text, document = (
        subprocess.run(
            [sys.executable, "-m", "cpor_batch", "check", "名前.csv", "--format", form],
            capture_output=True,
            env=environment,
            check=False,
        )
        for form in ("text", "json")
    )

    assert (text.returncode, document.returncode) == (4, 4)
    assert b".csv: None of the first" in text.stdout
    assert b"Traceback" not in text.stderr
    assert "名前.csv" in str(json.loads(document.stdout))


def test_a_workbook_that_may_not_be_read_is_refused_and_the_others_go_on(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile("inbox/claims.xlsx", "closed.xlsx")
    (workspace / "closed.xlsx").chmod(0)
    monkeypatch.setattr("os.access", lambda path, *_, **__: not str(path).endswith("closed.xlsx"))

    said = type_command("check", "closed.xlsx", "inbox/claims.xlsx", "--format", "json")

    # The system's administrator may read everything: there both files are judged.
    assert said.code in {1, 4}
    assert json.loads(said.out)["counts"]["files"] == 2


def test_no_result_is_written_over_ledger_or_settings(workspace: Path, type_command: Type) -> None:
    codes = [type_command("status", "--output", name).code for name in ("ledger.sqlite", "cpor-batch.toml")]

    assert codes == [2, 2]
    assert (workspace / "ledger.sqlite").stat().st_size
