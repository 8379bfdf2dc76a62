"""What is to be run and when, whatever the scheduler."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final


class Weekday(StrEnum):
    """A day of the week, as it is written on the command line."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def label(self) -> str:
        """The day as people write it."""
        return _LABELS[self]

    @property
    def in_cron(self) -> str:
        """The day as cron counts it: Sunday is 0."""
        return str((list(Weekday).index(self) + 1) % 7)


_LABELS: Final = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The scheduled reconciliation of one workspace."""

    name: str
    """For units and files: letters a-z, digits and hyphens."""
    program: tuple[str, ...]
    """The program and what comes before its first word."""
    workspace: str
    inbox: str
    mail_to: str | None
    at: time
    weekday: Weekday | None
    """None: every day."""
    time_zone: str
    """An IANA name."""
    starts_on: date
    """The first day, for schedulers that want one."""
    image: str = ""
    """The container image, for Kubernetes."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words behind the program."""
        mail = () if self.mail_to is None else ("--mail-to", self.mail_to)
        return ("reconcile", "--workspace", self.workspace, "--inbox", self.inbox, *mail)

    @property
    def command(self) -> tuple[str, ...]:
        """The whole command line, word by word."""
        return (*self.program, *self.words)

    @property
    def in_words(self) -> str:
        """When it runs: "every Monday at 07:30, Europe/Stockholm"."""
        day = "every day" if self.weekday is None else f"every {self.weekday.label}"
        return f"{day} at {self.at:%H:%M}, {self.time_zone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFile:
    """One file of a schedule."""

    name: str
    text: str
