"""A service and a timer for systemd."""

import re
from typing import Final

from cpor_batch.reports.schedules.job import Job, ScheduleFile

# A path may hold whatever systemd would take for its own: quotes, backslashes, %-specifiers, $-variables.
_IN_QUOTES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "%": "%%"})
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./@+-]+")

# systemd runs no program whose path holds one of these; a shell does.
_REFUSED_IN_PROGRAMS: Final = frozenset("\"'\\")


def build_units(job: Job) -> tuple[ScheduleFile, ...]:
    """Return the service and the timer, as a user's own units; what they need is said in their comments."""
    return (
        ScheduleFile(name=f"{job.name}.service", text=_service(job)),
        ScheduleFile(name=f"{job.name}.timer", text=_timer(job)),
    )


def _service(job: Job) -> str:
    password = (
        "# The line CPOR_SMTP_PASSWORD=... stands in this file, which only you can read (chmod 600).\n"
        "EnvironmentFile=-%h/.config/cpor-batch/environment\n"
        if job.mail_to
        else ""
    )
    return f"""\
# ~/.config/systemd/user/{job.name}.service
[Unit]
Description=Reconcile CPOR claims with the exports of Partner Center

[Service]
Type=oneshot
{password}ExecStart={quote_command(job.command)}
# 1 means that something needs you: the run itself went well.
SuccessExitStatus=1
"""


def _timer(job: Job) -> str:
    day = f"{job.weekday.label[:3]} " if job.weekday else ""
    return f"""\
# ~/.config/systemd/user/{job.name}.timer
# systemctl --user daemon-reload && systemctl --user enable --now {job.name}.timer
# It also runs while you are logged out after: loginctl enable-linger
[Unit]
Description=Reconcile CPOR claims {job.in_words}

[Timer]
OnCalendar={day}*-*-* {job.at:%H:%M}:00 {job.time_zone}
# A run that was missed, because the machine was off, is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""


def quote_command(command: tuple[str, ...]) -> str:
    """Return the words as ExecStart= takes them."""
    program, *words = command
    if _REFUSED_IN_PROGRAMS & set(program):
        return quote_command(("/bin/sh", "-c", 'exec "$@"', "sh", *command))
    # systemd looks for variables in the words, not in the path of the program.
    return " ".join([_quoted(program), *(_quoted(word).replace("$", "$$") for word in words)])


def _quoted(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else f'"{word.translate(_IN_QUOTES)}"'
