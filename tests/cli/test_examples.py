"""Every example that --help prints is typed here."""

import csv
import json
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest
from openpyxl import load_workbook

from cpor_batch.assets import Assets
from cpor_batch.cli.group import COMMANDS
from cpor_batch.rulebook import load_rulebook
from tests.cli.conftest import Type
from tests.cli.test_bad_input import write_sheet

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

    said = type_command(*expand(line, workspace, type_command))

    assert said.code in _EXPECTED, said.err or said.out
    assert "mistake of its own" not in said.err


def prepare(workspace: Path, type_command: Type, line: str) -> None:
    """Bring the workspace to where the example begins: the files that it names, the claims it speaks of."""
    words = shlex.split(line)
    if words[1] not in {"check", "ingest", "run", "init", "template"}:
        type_command("ingest", "inbox/claims.xlsx")
    if words[1] == "resolve":
        type_command("conflicts", "--xlsx", "decisions.xlsx")
    elif words[1] not in {"template", "init"}:
        for name in (word for word in words if "." in word):
            lay_out(workspace, name)
    if words[1] == "record" and len(words) > 3:
        for status in _BEFORE.get(words[3], ()):
            assert type_command("record", some_claim(), status).code == 0
    if words[1] == "send":
        type_command("documents", "--only", "letter")
    (workspace / "my-schemas").mkdir()


def lay_out(workspace: Path, name: str) -> None:
    """Write the file that an example names, if it is one of those that people bring along."""
    samples = Assets().sample_data()
    export = samples / "partner-center-export.csv"
    match name:
        case "customer-claims.csv":
            shutil.copyfile(export, workspace / name)
        case "customer-claims.xlsx":
            write_sheet(workspace / name, *read_csv(export))
        case "earnings.csv":
            (workspace / name).write_text("claimId,earningAmount,earningCurrencyCode\n", encoding="utf-8")
        case "week-14.xlsx":
            row: list[object] = [some_claim(), "submitted", "2021-03-31"]
            write_sheet(workspace / name, ["Claim", "Status", "On"], row)
        case "claims.xlsx" | "*.xlsx":
            shutil.copyfile(workspace / "inbox" / "claims.xlsx", workspace / "claims.xlsx")
        case "returned/*.pdf" | "sow.pdf" | "signed.pdf":
            (workspace / "returned").mkdir(exist_ok=True)
            shutil.copyfile(next((samples / "poe").glob("*.pdf")), workspace / name.replace("*", "poe"))


# What a claim has been through before an example records the next step.
_BEFORE = {"notified": ["submitted"], "rejected": ["submitted", "under-review"]}


def read_csv(path: Path) -> list[list[object]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [list(row) for row in csv.reader(file)]


def expand(line: str, workspace: Path, type_command: Type) -> list[str]:
    """Return the words of a command line as a shell would give them, with claims that the ledger has."""
    if "CB-" in line:
        claims = json.loads(type_command("status", "--format", "json").out)["claims"]
        reference = next(claim["reference"] for claim in claims if claim["claim_name"] == some_claim())
        line = re.sub(r"CB-[0-9A-Z]{8}", reference, line)
    if "revert" in line:
        last_run = max(path.name for path in (workspace / "out" / "runs").iterdir())
        line = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{6}", last_run, line)
    words = shlex.split(line.replace("Contoso Exchange", some_claim()))[1:]
    expanded: list[str] = []
    for word in words:
        found = (
            sorted(str(path.relative_to(workspace)) for path in workspace.glob(word)) if "*" in word else []
        )
        expanded += found or [word]
    return expanded


@cache
def some_claim() -> str:
    """Return the name of a claim of the sample that is not submitted yet."""
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
    assert "01-clean.xlsx: 194 rows: 194 recorded, 0 refused, 0 held for conflicts" in said.out
    assert "05-svensk.xlsx: 32 rows: 32 recorded, 0 refused, 0 held for conflicts" in said.out
    monkeypatch.chdir(tmp_path / "cpor-demo")
    events = json.loads(type_command("history", "--format", "json").out)["events"]
    days = Counter(event["known_on"] for event in events)
    assert len(days) == 5
    assert max(days) == "2021-04-01"
    # One column a week: the page's chart and the workbook's tell how the claims grew.
    weeks = [
        len(json.loads(type_command("status", "--format", "json", "--as-of", day).out)["claims"])
        for day in sorted(days)
    ]
    assert weeks == [20, 31, 40, 53, 99]
