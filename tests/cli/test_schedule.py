from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Type


@pytest.mark.parametrize("scheduler", ["--systemd", "--cron", "--windows", "--kubernetes"])
def test_a_schedule_names_the_workspace_and_its_inbox(
    workspace: Path, type_command: Type, scheduler: str
) -> None:
    said = type_command("schedule", scheduler, "--program", "/opt/cpor-batch")

    assert said.code == 0
    assert "reconcile" in said.out
    assert str(workspace) in said.out
    assert str(workspace / "inbox") in said.out


def test_the_time_zone_is_the_workspaces(workspace: Path, type_command: Type) -> None:
    text = (workspace / "cpor-batch.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("time_zone")]
    (workspace / "cpor-batch.toml").write_text(
        "\n".join(['time_zone = "Europe/Stockholm"', *lines]), encoding="utf-8"
    )

    said = type_command("schedule", "--kubernetes", "--at", "6:05", "--weekday", "fri")

    document = yaml.safe_load(said.out)
    assert (document["spec"]["timeZone"], document["spec"]["schedule"]) == ("Europe/Stockholm", "5 6 * * 5")


def test_files_are_written_on_request(workspace: Path, type_command: Type) -> None:
    said = type_command("schedule", "--systemd", "--output", "units")

    names = sorted(path.name for path in (workspace / "units").iterdir())
    assert said.out == ""
    assert [name.rpartition(".")[2] for name in names] == ["service", "timer"]
    assert all(name.startswith("cpor-batch-") for name in names)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--systemd"),
        (["--systemd", "--cron"], "name one"),
        (["--cron", "--at", "25:00"], "HH:MM"),
        (["--cron", "--at", "7.30"], "HH:MM"),
        (["--cron", "--weekday", "monday"], "mon"),
        (["--cron", "--mail-to", "pat"], "e-mail"),
        (["--cron", "--mail-to", "-x@contoso.example"], "e-mail"),
        (["--cron", "--inbox", "a\nb"], "line break"),
        (["--windows", "--inbox", "%TEMP%"], "variable"),
    ],
)
def test_what_no_scheduler_can_be_told_is_refused(
    workspace: Path, type_command: Type, words: list[str], says: str
) -> None:
    said = type_command("schedule", *words)

    assert said.code == 2
    assert says in said.err


def test_a_schedule_needs_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_command: Type
) -> None:
    monkeypatch.chdir(tmp_path)

    said = type_command("schedule", "--cron")

    assert said.code == 3
    assert "cpor-batch init" in said.err
