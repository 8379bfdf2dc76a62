"""A line for a crontab, with a lock."""

import re
from pathlib import PurePosixPath
from typing import Final

from cpor_batch.errors import UsageError
from cpor_batch.reports.schedules.job import Job, ScheduleFile

_LOCK: Final = ".cpor-batch-reconcile.lock"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@+-]+")
# Debian's cron cuts longer commands off.
_MOST_CHARACTERS: Final = 990


def build_crontab(job: Job) -> tuple[ScheduleFile, ...]:
    """Return the lines for a crontab; UsageError where the command is too long for cron."""
    day = job.weekday.in_cron if job.weekday else "*"
    lock = str(PurePosixPath(job.workspace) / _LOCK)
    # A run that finds another one at work leaves at once, and has done nothing wrong.
    command = quote_for_cron(("flock", "--nonblock", "--conflict-exit-code", "0", lock, *job.command))
    if len(command.encode()) > _MOST_CHARACTERS:
        raise UsageError(
            "the paths make a command that is too long for cron.",
            hint="Use shorter paths, or a link to the workspace.",
        )
    note = "# Give CPOR_SMTP_PASSWORD in a line of its own above, if your mail server wants one.\n"
    text = f"""\
# {job.name}: {job.in_words}
# Put these lines at the end of your crontab (crontab -e): CRON_TZ holds for all lines below it.
# Debian's cron knows no CRON_TZ and goes by the machine's time zone; it makes up for no run that was missed.
{note if job.mail_to else ""}CRON_TZ={job.time_zone}
{job.at.minute} {job.at.hour} * * {day} {command}
"""
    return (ScheduleFile(name=f"{job.name}.crontab", text=text),)


def quote_for_cron(command: tuple[str, ...]) -> str:
    """Return the words as one command line of a crontab: quoted for the shell, then for cron."""
    return " ".join(_quoted(word) for word in command)


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    # In the shell's single quotes only the quote itself is special. cron ends the command at a %, unless a
    # backslash stands before it, and crons disagree about two backslashes: so a backslash of ours is followed
    # neither by another nor by a %, but by the end and a new beginning of the quotes.
    inner = word.replace("'", "'\"'\"'").replace("\\", "\\''").replace("%", "\\%")
    return f"'{inner}'"
