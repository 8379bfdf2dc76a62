"""Every example that --help prints is typed here."""

import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from cpor_batch.cli.group import COMMANDS
from tests.cli.conftest import Type

# What a newcomer has at hand when he types an example: a workspace with one workbook ingested.
_EXPECTED = {0, 1}


def _examples(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    text = command.help or ""
    for line in text.splitlines():
        if line.strip().startswith("cpor-batch "):
            yield name, line.strip()
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from _examples(name, sub)


def all_examples() -> list[tuple[str, str]]:
    commands = {
        name: import_module(f"cpor_batch.cli.{module}").command for name, (module, _) in COMMANDS.items()
    }
    return [example for name, command in commands.items() for example in _examples(name, command)]


def test_every_command_has_an_example() -> None:
    assert {name for name, _ in all_examples()} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_help_text_stand_on_lines_of_their_own(type_command: Type, name: str) -> None:
    examples = [line for of, line in all_examples() if of == name]
    pages = [type_command(name, "--help").out]
    command = import_module(f"cpor_batch.cli.{COMMANDS[name][0]}").command
    if isinstance(command, click.Group):
        pages += [type_command(name, sub, "--help").out for sub in command.commands]

    lines = {line.strip() for page in pages for line in page.splitlines()}

    assert set(examples) <= lines
    assert not any("\\b" in page for page in pages)


@pytest.mark.parametrize(
    "line",
    [line for name, line in all_examples() if name != "demo"],
    ids=lambda line: line.removeprefix("cpor-batch "),
)
def test_an_example_of_the_help_works_as_it_stands(workspace: Path, type_command: Type, line: str) -> None:
    prepare(workspace, type_command, line)

    said = type_command(*expand(line, workspace))

    assert said.code in _EXPECTED, said.err or said.out
    assert "mistake of its own" not in said.err


def prepare(workspace: Path, type_command: Type, line: str) -> None:
    """Bring the workspace to where the example begins."""
    claims = workspace / "inbox" / "claims.xlsx"
    (workspace / "claims.xlsx").write_bytes(claims.read_bytes())
    (workspace / "my-schemas").mkdir()
    words = shlex.split(line)[1]
    if words == "template":
        (workspace / "claims.xlsx").unlink()
    if words not in {"check", "ingest", "run", "init", "template"}:
        type_command("ingest", str(claims))


def expand(line: str, workspace: Path) -> list[str]:
    """Return the words of a command line as a shell would give them, with names that the samples have."""
    words = shlex.split(line.replace("Contoso Exchange", some_claim()))[1:]
    expanded: list[str] = []
    for word in words:
        found = (
            sorted(str(path.relative_to(workspace)) for path in workspace.glob(word)) if "*" in word else []
        )
        expanded += found or [word]
    return expanded


def some_claim() -> str:
    """Return the name of a claim of the sample that is not submitted yet."""
    from openpyxl import load_workbook

    from cpor_batch.assets import Assets
    from cpor_batch.rulebook import load_rulebook

    match_header = load_rulebook(Assets()).sheet.match_header
    sheet = load_workbook(Assets().sample_data() / "05-svensk.xlsx").active
    assert sheet is not None
    column = submitted = None
    for row in sheet.iter_rows(values_only=True):
        keys = [match_header(str(cell)) if cell else None for cell in row]
        if column is None and "claim_name" in keys:
            column, submitted = keys.index("claim_name"), keys.index("submitted_on")
        elif column is not None and submitted is not None and row[column] and not row[submitted]:
            return str(row[column])
    raise AssertionError("the sample has no such claim")


@pytest.mark.slow
def test_the_demo_does_the_main_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_command: Type
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)

    said = type_command("demo")

    assert said.code == 0, said.err
    out = tmp_path / "cpor-demo" / "out"
    assert list(out.glob("letters/CB-*.pdf"))
    assert list(out.glob("poe/CB-*.pdf"))
    assert {path.name for path in out.glob("reports/*")} == {
        "status.html",
        "status.xlsx",
        "history.html",
        "history.xlsx",
    }
    assert len(list(out.glob("runs/*/run.json"))) >= 6
