"""The common options, on every command for which they mean something, and where results may be written."""

import json
from importlib import import_module
from pathlib import Path

import click
import pytest

from cpor_batch.cli.group import COMMANDS
from tests.cli.conftest import Type

TALK = {"--quiet", "--verbose"}
PLACE = {"--workspace", "--schemas-dir", "--templates-dir", *TALK}
RESULT = {"--format", "--output", *PLACE}
REPORT = {"--edition", "--as-of", *RESULT}
RECORD = {"--actor", "--dry-run", *REPORT}
READ = {"--locale", "--map", "--save-map", *RECORD}
COMMON = READ

WANTED = {
    "demo": TALK,
    "init": TALK | {"--dry-run"},
    "template": PLACE | {"--edition"},
    "check": READ,
    "ingest": READ,
    "run": READ,
    "conflicts": REPORT,
    "resolve": READ,
    "documents": RECORD,
    "poe template": PLACE | {"--edition"},
    "poe check": REPORT,
    "send": RECORD,
    "entry": REPORT,
    "record": READ,
    "withdraw": RECORD,
    "import": READ,
    "reconcile": READ,
    "status": REPORT,
    "history": REPORT,
    # Its --output names a folder: two units are two files.
    "schedule": PLACE | {"--as-of", "--output"},
    "revert": RECORD,
    "ledger verify": RESULT,
    "ledger backup": PLACE,
    "ledger rebuild": PLACE | {"--actor", "--dry-run"},
    "ledger migrate": PLACE | {"--dry-run"},
    "ledger purge-contact": RECORD - {"--edition"},
    "rules show": REPORT - {"--as-of"},
    "rules check": TALK,
    "rules copy": TALK,
    "explain": RESULT,
    "config show": REPORT | {"--locale", "--actor"},
    "doctor": REPORT,
}
FORMS = {
    "check": "text json xlsx html",
    "ingest": "text json xlsx html",
    "run": "text json xlsx html",
    "conflicts": "text json xlsx html",
    "documents": "text json xlsx html",
    "reconcile": "text json xlsx html",
    "status": "text json xlsx html",
    "history": "text json xlsx html",
    "entry": "text json html",
}


def commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, (module, _) in COMMANDS.items():
        command = import_module(f"cpor_batch.cli.{module}").command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": one for sub, one in command.commands.items()}
        else:
            found[name] = command
    return found


def options_of(command: click.Command) -> dict[str, click.Option]:
    return {
        parameter.opts[-1]: parameter for parameter in command.params if isinstance(parameter, click.Option)
    }


def test_every_command_has_the_common_options_that_mean_something_for_it() -> None:
    found = {name: set(options_of(command)) & COMMON for name, command in commands().items()}

    assert found == WANTED


def test_results_have_every_form_that_there_is_for_them() -> None:
    for name, command in commands().items():
        if "--format" in WANTED[name]:
            choice = options_of(command)["--format"].type
            assert isinstance(choice, click.Choice)
            assert " ".join(choice.choices) == FORMS.get(name, "text json"), name


def test_a_common_option_is_explained_in_the_same_words_everywhere() -> None:
    for option in sorted(COMMON - {"--output"}):
        helps = {
            options_of(command)[option].help for name, command in commands().items() if option in WANTED[name]
        }
        assert len(helps) == 1, option


# Every option that names a file to be written, with what else the command needs.
WRITING = [
    ["check", "inbox/claims.xlsx", "--result"],
    ["check", "inbox/claims.xlsx", "--html"],
    ["check", "inbox/claims.xlsx", "--output"],
    ["ingest", "inbox/claims.xlsx", "--format", "json", "--output"],
    ["run", "inbox/claims.xlsx", "--format", "xlsx", "--output"],
    ["conflicts", "--xlsx"],
    ["conflicts", "--format", "html", "--output"],
    ["documents", "--merge"],
    ["documents", "--format", "json", "--output"],
    ["entry", "--html"],
    ["status", "--ics"],
    ["status", "--output"],
    ["history", "--format", "html", "--output"],
    ["reconcile", "inbox/claims.xlsx", "--output"],
    ["import", "inbox/claims.xlsx", "--output"],
    ["record", "--from", "inbox/claims.xlsx", "--output"],
    ["resolve", "inbox/claims.xlsx", "--output"],
    ["send", "--eml", "drafts", "--format", "json", "--output"],
    ["ledger", "backup"],
    ["ledger", "verify", "--output"],
    ["rules", "show", "--output"],
    ["explain", "--output"],
    ["config", "show", "--output"],
    ["doctor", "--output"],
]


def in_words(words: list[str]) -> str:
    return " ".join(words)


@pytest.mark.parametrize("words", WRITING, ids=in_words)
def test_no_result_is_written_over_the_settings(
    workspace: Path, type_command: Type, words: list[str]
) -> None:
    before = (workspace / "cpor-batch.toml").read_bytes()

    said = type_command(*words, "cpor-batch.toml")

    assert said.code == 2
    assert "cpor-batch.toml holds the settings" in said.err
    assert (workspace / "cpor-batch.toml").read_bytes() == before


@pytest.mark.parametrize("words", WRITING, ids=in_words)
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("inbox", "this is a folder"),
        ("no-such/folder/result.xlsx", "there is no folder no-such/folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_anything_is_done(
    workspace: Path, type_command: Type, words: list[str], name: str, says: str
) -> None:
    said = type_command(*words, name)

    assert said.code == 5
    assert f"{name}: {says}" in said.err
    assert not (workspace / "no-such").exists()
    assert type_command("history", "--format", "json").out.count('"kind"') == 0


def test_a_folder_below_out_is_made_as_needed(workspace: Path, type_command: Type) -> None:
    said = type_command("status", "--output", "out/april/status.html")

    assert said.code == 0
    assert (workspace / "out" / "april" / "status.html").is_file()


def test_two_results_never_share_a_file(workspace: Path, type_command: Type) -> None:
    said = type_command("check", "inbox/claims.xlsx", "--result", "a.xlsx", "--output", "./a.xlsx")

    assert said.code == 2
    assert "--result and --output name the same file" in said.err


@pytest.mark.parametrize(
    "words",
    [["import", "export.csv"], ["record", "--from", "export.csv"], ["reconcile", "export.csv"]],
    ids=in_words,
)
def test_a_result_never_takes_the_place_of_an_export(
    workspace: Path, type_command: Type, words: list[str]
) -> None:
    (workspace / "export.csv").write_text("precious")

    said = type_command(*words, "--output", "export.csv")

    assert said.code == 2
    assert (workspace / "export.csv").read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "begins"), [("s.xlsx", b"PK"), ("s.html", b"<!"), ("s.json", b"{"), ("s.txt", b"Status")]
)
def test_the_ending_of_the_output_says_its_form(
    workspace: Path, type_command: Type, name: str, begins: bytes
) -> None:
    said = type_command("status", "--output", name)

    assert said.out == f"{name}\n"
    assert (workspace / name).read_bytes().startswith(begins)


def test_a_form_that_is_named_weighs_more_than_the_ending(workspace: Path, type_command: Type) -> None:
    type_command("status", "--output", "status.html", "--format", "json")

    assert json.loads((workspace / "status.html").read_text(encoding="utf-8"))["schema"]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "inbox/claims.xlsx"],
        ["conflicts"],
        ["documents", "--dry-run"],
        ["entry"],
        ["status"],
        ["history"],
        ["ingest", "inbox/claims.xlsx", "--dry-run"],
        ["send", "--eml", "drafts"],
        ["ledger", "verify"],
        ["ledger", "purge-contact", "nobody@example.com", "--reason", "x"],
        ["rules", "show"],
        ["explain"],
        ["config", "show"],
        ["doctor"],
    ],
    ids=in_words,
)
def test_a_document_is_the_same_on_the_terminal_and_in_a_file(
    workspace: Path, type_command: Type, words: list[str]
) -> None:
    printed = type_command(*words, "--format", "json")
    written = type_command(*words, "--format", "json", "--output", "result.json")

    document = json.loads((workspace / "result.json").read_text(encoding="utf-8"))
    expected = json.loads(printed.out)
    for changing in ("run", "made_at"):
        document.pop(changing, None)
        expected.pop(changing, None)
    assert written.out == "result.json\n"
    assert written.code == printed.code
    assert document == expected


def files_of(folder: Path) -> dict[str, bytes]:
    # SQLite makes and takes away its own companions.
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("ledger.sqlite-")
    }


@pytest.mark.parametrize("form", ["xlsx", "html"])
@pytest.mark.parametrize("command", ["check", "ingest", "run"])
def test_a_dry_run_writes_only_the_file_that_is_named(
    workspace: Path, type_command: Type, command: str, form: str
) -> None:
    before = files_of(workspace)

    without = type_command(command, "inbox/claims.xlsx", "--dry-run", "--format", form)
    unchanged = files_of(workspace)
    named = type_command(command, "inbox/claims.xlsx", "--dry-run", "--format", form, "--output", f"v.{form}")

    assert unchanged == before
    assert f"{command}.{form} was not written: --dry-run" in without.err
    assert named.out.startswith(f"v.{form}\n")
    assert set(files_of(workspace)) - set(before) == {f"v.{form}"}


def test_a_dry_ingest_says_that_nothing_was_written(workspace: Path, type_command: Type) -> None:
    said = type_command("ingest", "inbox/claims.xlsx", "--dry-run")

    assert "32 would be recorded" in said.out
    assert "Nothing was written: --dry-run. " in said.out
    assert " claims would be recorded" in said.out


def test_a_dry_run_says_how_many_documents_it_would_make(workspace: Path, type_command: Type) -> None:
    dry = type_command("run", "inbox/claims.xlsx", "--dry-run")

    type_command("ingest", "inbox/claims.xlsx")
    due = json.loads(type_command("documents", "--dry-run", "--format", "json").out)
    letters, forms = due["counts"]["letters"], due["counts"]["poe"]
    assert letters > 0
    assert f"Documents: {letters} letters and {forms} PoE forms would be made." in dry.out


def test_what_is_due_is_listed_and_what_was_made_is(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    due = json.loads(type_command("documents", "--only", "poe", "--dry-run", "--format", "json").out)
    made = json.loads(type_command("documents", "--only", "poe", "--format", "json").out)
    page = type_command("documents", "--only", "letter", "--dry-run", "--output", "due.html")

    assert (due["schema"], due["dry_run"]) == ("cpor-batch.documents/1", True)
    assert {item["state"] for item in due["documents"]} == {"due"}
    assert {item["state"] for item in made["documents"]} == {"made"}
    assert [item["path"] for item in due["documents"]] == [item["path"] for item in made["documents"]]
    assert made["counts"]["made"] == len(made["documents"]) > 0
    assert all((workspace / "out" / item["path"]).is_file() for item in made["documents"])
    assert page.code == 0
    assert "out/letters" in (workspace / "due.html").read_text(encoding="utf-8")


def test_a_sheet_with_a_header_and_no_rows_says_that_it_holds_no_claims(
    workspace: Path, type_command: Type
) -> None:
    type_command("template", "blank.xlsx")

    said = type_command("check", "blank.xlsx")

    assert said.code == 0
    assert "blank.xlsx holds no claim lines" in said.out


def test_a_map_for_another_sheet_is_remembered_and_leaves_batches_alone(
    workspace: Path, type_command: Type
) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    (workspace / "day.csv").write_text('Vad,status\n"x",approved\n', encoding="utf-8")

    saved = type_command("record", "--from", "day.csv", "--map", "Vad=claim", "--save-map")

    assert saved.code == 1
    assert 'Vad = "claim"' in (workspace / "cpor-batch.toml").read_text(encoding="utf-8")
    assert type_command("record", "--from", "day.csv").code == 1
    assert type_command("check", "inbox/claims.xlsx").code == 0
    assert type_command("record", "--from", "day.csv", "--map", "Vad=clam").code == 2


def test_a_map_in_the_file_to_a_column_that_no_sheet_has_is_named(
    workspace: Path, type_command: Type
) -> None:
    path = workspace / "cpor-batch.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + '\n[header_map]\nKund = "custmer_name"\n', encoding="utf-8"
    )

    said = type_command("check", "inbox/claims.xlsx")

    assert said.code == 3
    assert f'{path}: header_map.Kund: no column has the key "custmer_name"' in said.err
    assert "customer_name" in said.err
