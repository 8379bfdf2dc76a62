"""What a command says last: where the result is, and what to do next."""

from pathlib import Path

import pytest

from tests.cli.conftest import Type


def test_a_report_in_a_file_is_where_the_closing_line_points(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    printed = type_command("status", "--as-of", "2022-04-01")
    written = type_command("status", "--as-of", "2022-04-01", "--output", "status.html")

    assert "Windows are overdue; see above." in printed.err
    assert "Windows are overdue; see status.html." in written.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["rules", "check", "nowhere"], 2, "nowhere is not a folder"),
        (["status", "--due-within", "x"], 2, "'x' is not a valid whole number"),
        (["resolve", "inbox/claims.xlsx"], 4, "cpor-batch conflicts --xlsx"),
    ],
)
def test_a_wrong_argument_is_answered_in_plain_words(
    workspace: Path, type_command: Type, words: list[str], code: int, says: str
) -> None:
    said = type_command(*words)

    assert said.code == code
    assert says in said.err
    assert "batch workbook" not in said.err


def test_settings_are_shown_as_people_write_them(workspace: Path, type_command: Type) -> None:
    out = type_command("config", "show").out

    assert "None" not in out
    assert "{" not in out
    assert "[" not in out


def test_a_new_workspace_says_how_to_go_on(workspace: Path, type_command: Type) -> None:
    here = type_command("init", "other")

    assert "Next: cd other, name your partners in cpor-batch.toml" in here.err
