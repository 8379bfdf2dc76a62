import shutil
import subprocess
from datetime import time
from pathlib import Path

import pytest

from cpor_batch.reports.schedules import Job, Weekday
from cpor_batch.reports.schedules.systemd import build_units
from tests.reports.schedules.examples import NASTY, job, nasty_job

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: apt install systemd"
)

# systemd refuses quotes and backslashes in the path of a program; such a one is started by a shell.
SHELL = ["/bin/sh", "-c", 'exec "$@"', "sh"]


def setting(text: str, name: str) -> str:
    (line,) = (line for line in text.splitlines() if line.startswith(f"{name}="))
    return line.partition("=")[2]


def words_of(line: str) -> list[str]:
    """Return the words as systemd reads them, by systemd.syntax(7) and systemd.service(5)."""
    words: list[str] = []
    word, quote, position = "", "", 0
    is_in_word = False
    while position < len(line):
        letter = line[position]
        if letter == "\\":
            position += 1
            word, is_in_word = word + {"n": "\n", "t": "\t"}.get(line[position], line[position]), True
        elif quote:
            quote = "" if letter == quote else quote
            word += letter if quote else ""
        elif letter in "\"'" and not is_in_word:
            quote, is_in_word = letter, True
        elif letter == " ":
            words, word, is_in_word = [*words, word] if is_in_word else words, "", False
        else:
            word, is_in_word = word + letter, True
        position += 1
    assert not quote
    words = [*words, word] if is_in_word else words
    return [
        specifiers(word) if index == 0 else variables(specifiers(word)) for index, word in enumerate(words)
    ]


def specifiers(word: str) -> str:
    rest = word.replace("%%", "\0")
    assert "%" not in rest, word
    return rest.replace("\0", "%")


def variables(word: str) -> str:
    rest = word.replace("$$", "\0")
    assert "$" not in rest, word
    return rest.replace("\0", "$")


@pytest.mark.parametrize("folder", NASTY)
def test_every_path_arrives_as_it_is(folder: str) -> None:
    given = nasty_job(
        folder, program=(f"/opt/{folder.replace('$', 'S')}/cpor-batch",), mail_to="a$b@contoso.example"
    )

    service, _timer = build_units(given)

    words = words_of(setting(service.text, "ExecStart"))
    if words[:4] == SHELL:
        words = words[4:]
    assert words == list(given.command)


def test_the_service_takes_one_for_success_and_the_timer_makes_up_for_missed_runs() -> None:
    service, timer = build_units(job())

    assert (service.name, timer.name) == ("cpor-batch-claims.service", "cpor-batch-claims.timer")
    assert setting(service.text, "SuccessExitStatus") == "1"
    assert setting(service.text, "Type") == "oneshot"
    assert setting(timer.text, "Persistent") == "true"
    assert setting(timer.text, "WantedBy") == "timers.target"


@pytest.mark.parametrize(
    ("weekday", "at", "expected"),
    [
        (None, time(7, 30), "*-*-* 07:30:00 Europe/Stockholm"),
        (Weekday.MON, time(7, 30), "Mon *-*-* 07:30:00 Europe/Stockholm"),
        (Weekday.SUN, time(0, 5), "Sun *-*-* 00:05:00 Europe/Stockholm"),
    ],
)
@needs_systemd
def test_systemd_understands_the_time(weekday: Weekday | None, at: time, expected: str) -> None:
    _service, timer = build_units(job(weekday=weekday, at=at))
    calendar = setting(timer.text, "OnCalendar")

    said = subprocess.run(
        ["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=False
    )

    assert calendar == expected
    assert said.returncode == 0, said.stderr
    assert f"{at:%H:%M}:00" in said.stdout


def verify(given: Job, folder: Path) -> subprocess.CompletedProcess[str]:
    for unit in build_units(given):
        (folder / unit.name).write_text(unit.text, encoding="utf-8")
    return subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(folder.glob("cpor-batch-*")))],
        capture_output=True,
        text=True,
        check=False,
    )


@needs_systemd
@pytest.mark.parametrize("folder", NASTY)
def test_systemd_verifies_the_units(tmp_path: Path, folder: str) -> None:
    program = tmp_path / folder / "cpor-batch"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = tmp_path / "units"
    units.mkdir()

    said = verify(nasty_job(folder, program=(str(program),), mail_to="pat@contoso.example"), units)

    assert said.returncode == 0, said.stderr
    assert "cpor-batch" not in said.stderr


@needs_systemd
def test_systemd_does_find_fault_with_a_program_that_is_not_there(tmp_path: Path) -> None:
    said = verify(job(program=("/nowhere/cpor-batch",)), tmp_path)

    assert said.returncode != 0
    assert "/nowhere/cpor-batch" in said.stderr


def test_a_password_is_read_from_a_file_only_where_mail_is_sent() -> None:
    with_mail, _ = build_units(job(mail_to="pat@contoso.example"))
    without, _ = build_units(job())

    assert setting(with_mail.text, "EnvironmentFile").startswith("-")
    assert "EnvironmentFile" not in without.text
