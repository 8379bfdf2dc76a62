"""What a newcomer is told after a slip."""

from pathlib import Path

import pytest

from tests.cli.conftest import Type


def test_a_lock_file_alone_is_named_as_what_it_is(workspace: Path, type_command: Type) -> None:
    (workspace / "~$april.xlsx").write_bytes(b"x")

    said = type_command("check", "~$april.xlsx")

    assert said.code == 0
    assert "Only lock files were given" in said.out


def test_a_mistyped_claim_is_answered_with_the_nearest(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    reference = next(
        word.strip(",") for word in type_command("history").out.split() if word.startswith("CB-")
    )

    said = type_command("history", f"{reference[:-1]}?")

    assert said.code == 2
    assert f'Did you mean "{reference[:6]}' in said.err
    assert workspace.is_dir()


def test_a_workspace_within_another_is_told_of(workspace: Path, type_command: Type) -> None:
    said = type_command("init", "inner")

    assert f"inside the workspace {workspace}" in said.err


@pytest.mark.usefixtures("workspace")
def test_bundles_without_any_poe_document_are_explained(type_command: Type) -> None:
    said = type_command("documents", "--bundle")

    assert "no claim brings a PoE document" in said.err


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        (("check", "inbox/claims.xlsx", "--result", "r.csv"), ".xlsx"),
        (("check", "inbox/claims.xlsx", "--html", "v.xlsx"), ".html"),
        (("conflicts", "--xlsx", "d.csv"), ".xlsx"),
        (("status", "--output", "x.pdf"), ".txt"),
    ],
)
def test_a_wrong_ending_is_answered_with_the_right_one(
    workspace: Path, type_command: Type, words: tuple[str, ...], ending: str
) -> None:
    said = type_command(*words)

    assert said.code == 2
    assert f"Name a file such as result{ending}" in said.err
    assert not (workspace / words[-1]).exists()
