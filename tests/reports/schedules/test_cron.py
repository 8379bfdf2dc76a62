import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cpor_batch.errors import UsageError
from cpor_batch.reports.schedules import Weekday
from cpor_batch.reports.schedules.cron import build_crontab
from tests.reports.schedules.examples import NASTY, job, nasty_job

_FIELD = r"(?:\*|[0-9]{1,2})"


def entry(text: str) -> tuple[list[str], str]:
    """Return the five fields and the command of the one entry; every other line is a comment or a setting."""
    entries = []
    for line in text.splitlines():
        if line.startswith("#") or not line or re.fullmatch(r"[A-Z_]+=[^ ]+", line):
            continue
        match = re.fullmatch(rf"({_FIELD}) ({_FIELD}) ({_FIELD}) ({_FIELD}) ({_FIELD}) (.+)", line)
        assert match, line
        entries.append(([*match.groups()[:5]], match[6]))
    (found,) = entries
    return found


def as_handed_to_the_shell(command: str, *, halves_backslashes: bool) -> str:
    """Return what cron hands to sh: % ends the command, \\% is a %, and some crons make one \\ of two."""
    handed, escaped = "", False
    for letter in command:
        if escaped:
            is_eaten = letter == "%" or (halves_backslashes and letter == "\\")
            handed = (handed[:-1] if is_eaten else handed) + letter
            escaped = False
        elif letter == "%":
            break
        else:
            handed, escaped = handed + letter, letter == "\\"
    return handed


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is missing: apt install util-linux")
@pytest.mark.parametrize("halves_backslashes", [True, False])
@pytest.mark.parametrize("folder", NASTY)
def test_the_real_shell_gets_every_word_as_it_is(
    tmp_path: Path, folder: str, halves_backslashes: bool
) -> None:
    workspace = tmp_path / folder
    workspace.mkdir()
    echo = "import sys; sys.stdout.buffer.write('\\0'.join(sys.argv[1:]).encode())"
    given = job(
        program=(sys.executable, "-c", echo),
        workspace=str(workspace),
        inbox=str(workspace / "in"),
        mail_to="o'hara%@contoso.example",
    )
    (crontab,) = build_crontab(given)
    command = as_handed_to_the_shell(entry(crontab.text)[1], halves_backslashes=halves_backslashes)

    said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, cwd=tmp_path)

    assert said.stdout.decode().split("\0") == list(given.words)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder]


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is missing: apt install util-linux")
def test_a_second_run_leaves_at_once_and_well(tmp_path: Path) -> None:
    (crontab,) = build_crontab(job(program=("/bin/false",), workspace=str(tmp_path), inbox=str(tmp_path)))
    command = entry(crontab.text)[1]
    holder = ["flock", str(tmp_path / ".cpor-batch-reconcile.lock"), "sh", "-c", command]

    alone = subprocess.run(["/bin/sh", "-c", command], check=False)
    beside = subprocess.run(holder, check=False)

    assert (alone.returncode, beside.returncode) == (1, 0)


@pytest.mark.parametrize(
    ("weekday", "fields"),
    [
        (None, "30 7 * * *"),
        (Weekday.MON, "30 7 * * 1"),
        (Weekday.SAT, "30 7 * * 6"),
        (Weekday.SUN, "30 7 * * 0"),
    ],
)
def test_the_time_stands_in_five_fields(weekday: Weekday | None, fields: str) -> None:
    (crontab,) = build_crontab(job(weekday=weekday))

    assert " ".join(entry(crontab.text)[0]) == fields
    assert "\nCRON_TZ=Europe/Stockholm\n" in crontab.text


@pytest.mark.skipif(shutil.which("crontab") is None, reason="crontab is missing: apt install cron")
def test_cron_itself_takes_the_files(tmp_path: Path) -> None:
    for folder in NASTY:
        (crontab,) = build_crontab(nasty_job(folder))
        (tmp_path / "crontab").write_text(crontab.text, encoding="utf-8")

        assert cron_takes(tmp_path / "crontab") == ""


def cron_takes(path: Path) -> str:
    """Return what the real crontab says against the file; it installs nothing."""
    # Debian 12 spells it -n, newer ones -T.
    for option in ("-T", "-n"):
        said = subprocess.run(["crontab", option, str(path)], capture_output=True, text=True, check=False)
        if "invalid option" not in said.stderr:
            return "" if said.returncode == 0 else said.stderr or "refused"
    pytest.skip("this crontab checks nothing")


@pytest.mark.skipif(shutil.which("crontab") is None, reason="crontab is missing: apt install cron")
def test_cron_itself_would_find_a_mistake(tmp_path: Path) -> None:
    (crontab,) = build_crontab(job())
    (tmp_path / "crontab").write_text(crontab.text.replace("30 7 * *", "30 27 * *"), encoding="utf-8")

    assert cron_takes(tmp_path / "crontab")


def test_a_command_that_cron_would_cut_off_is_refused() -> None:
    with pytest.raises(UsageError, match="too long for cron"):
        build_crontab(job(workspace="/srv/" + "x" * 600))
