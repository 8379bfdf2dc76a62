"""A day fixed in cpor-batch.toml also fixes scheduled runs: whoever sets them up, or looks, is told."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Type

FIXED = "as_of = 2021-04-01"


@pytest.mark.parametrize("scheduler", ["--systemd", "--cron", "--windows", "--kubernetes"])
def test_a_schedule_of_a_workspace_with_a_fixed_day_comes_with_a_warning(
    workspace: Path, type_command: Type, scheduler: str
) -> None:
    said = type_command("schedule", scheduler, "-q")

    assert said.code == 0
    assert "cpor-batch.toml fixes today: as_of = 2021-04-01" in said.err
    assert "as_of" not in said.out


def test_a_reconciliation_of_the_inbox_warns_of_a_fixed_day(workspace: Path, type_command: Type) -> None:
    said = type_command("reconcile", "--inbox", "inbox")
    logged = type_command("reconcile", "--inbox", "inbox", "--log-format", "json")

    first = json.loads(logged.err.splitlines()[0])
    assert said.code == 0
    assert "cpor-batch.toml fixes today: as_of = 2021-04-01" in said.err
    assert (first["level"], first["event"]) == ("warning", "today-is-fixed")
    assert first["as_of"] == "2021-04-01"


def test_a_day_on_the_command_line_is_no_reason_to_warn(workspace: Path, type_command: Type) -> None:
    said = type_command("reconcile", "--inbox", "inbox", "--as-of", "2021-04-01")

    assert "fixes today" not in said.err


def test_doctor_tells_of_a_fixed_day_and_finds_nothing_missing_in_it(
    workspace: Path, type_command: Type
) -> None:
    findings = json.loads(type_command("doctor", "--format", "json").out)["findings"]

    (found,) = [item for item in findings if item["what"] == "Today"]
    assert found["ok"] is True
    assert "2021-04-01" in found["found"]
    assert "as_of" in found["remedy"]


def test_a_variable_that_fixes_the_day_is_named(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOR_AS_OF", "2021-04-02")

    assert "CPOR_AS_OF fixes today: as_of = 2021-04-02" in type_command("schedule", "--cron").err


def test_a_workspace_without_a_fixed_day_is_told_nothing(workspace: Path, type_command: Type) -> None:
    path = workspace / "cpor-batch.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("as_of =", "# as_of ="), encoding="utf-8")

    assert "fixes today" not in type_command("schedule", "--cron").err
    assert "fixes today" not in type_command("reconcile", "--inbox", "inbox").err
    assert '"Today"' not in type_command("doctor", "--format", "json").out
