"""A task for the Task Scheduler of Windows."""

import re
from datetime import datetime
from subprocess import list2cmdline
from typing import Any, Final

from cpor_batch.errors import UsageError
from cpor_batch.reports.schedules.job import Job, ScheduleFile

_NAMESPACE: Final = "http://schemas.microsoft.com/windows/2004/02/mit/task"
# The Task Scheduler fills in %NAME% and $(NAME), and knows no way to write them as they are.
_VARIABLE: Final = re.compile(r"%[^%]+%|\$\(")
_SETTINGS: Final = (
    ("MultipleInstancesPolicy", "IgnoreNew"),
    ("DisallowStartIfOnBatteries", "false"),
    ("StopIfGoingOnBatteries", "false"),
    ("StartWhenAvailable", "true"),
    ("RunOnlyIfNetworkAvailable", "false"),
    ("ExecutionTimeLimit", "PT2H"),
    ("Enabled", "true"),
)


def build_task(job: Job) -> tuple[ScheduleFile, ...]:
    """Return the task's XML, in ASCII: it is the same in whatever encoding it is saved.

    UsageError for a path that the Task Scheduler would change.
    """
    from lxml import etree

    program, *words = job.command
    arguments = list2cmdline(words)
    for text in (program, arguments):
        if found := _VARIABLE.search(text):
            raise UsageError(
                f'the Task Scheduler would take "{found.group()}" for a variable.',
                hint="Move the workspace to a folder without it.",
            )
    task = etree.Element("Task", version="1.2", nsmap={None: _NAMESPACE})
    information = _add(task, "RegistrationInfo")
    note = "The time is that of this machine's time zone."
    _add(information, "Description", f"Reconcile CPOR claims {job.in_words}. {note}")
    _trigger(_add(task, "Triggers"), job)
    principal = _add(_add(task, "Principals"), "Principal", id="Author")
    _add(principal, "LogonType", "InteractiveToken")
    _add(principal, "RunLevel", "LeastPrivilege")
    settings = _add(task, "Settings")
    for name, value in _SETTINGS:
        _add(settings, name, value)
    action = _add(_add(task, "Actions", Context="Author"), "Exec")
    _add(action, "Command", program)
    _add(action, "Arguments", arguments)
    body = etree.tostring(task, encoding="us-ascii", pretty_print=True, xml_declaration=False).decode("ascii")
    name = job.name
    # No encoding is named: PowerShell saves what it prints as UTF-16, the old prompt as one byte a letter.
    comment = f'<!-- schtasks /Create /TN "{name}" /XML "{name}.xml" -->'
    return (ScheduleFile(name=f"{name}.xml", text=f'<?xml version="1.0"?>\n{comment}\n{body}'),)


def _trigger(triggers: Any, job: Job) -> None:  # Any: an element of a library without types
    trigger = _add(triggers, "CalendarTrigger")
    _add(trigger, "StartBoundary", datetime.combine(job.starts_on, job.at).isoformat(timespec="seconds"))
    if job.weekday is None:
        _add(_add(trigger, "ScheduleByDay"), "DaysInterval", "1")
        return
    by_week = _add(trigger, "ScheduleByWeek")
    _add(by_week, "WeeksInterval", "1")
    _add(_add(by_week, "DaysOfWeek"), job.weekday.label)


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    # `Any`: elements of a library without types.
    from lxml import etree

    child = etree.SubElement(parent, name, **attributes)
    child.text = text
    return child
