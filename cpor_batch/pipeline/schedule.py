"""The scheduled reconciliation of a workspace, for the scheduler that there is."""

import os
import re
import sys
from datetime import time
from pathlib import Path

from cpor_batch import __version__
from cpor_batch.errors import UsageError
from cpor_batch.files import ascii_name, write_atomically
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.schedules import SCHEDULERS, Job, ScheduleFile, Weekday

_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NAME_LENGTH = 30  # a CronJob's name may have 52 characters, and more is put before and behind ours
_KUBERNETES = "kubernetes"


def schedule(
    workspace: Workspace,
    scheduler: str,
    *,
    at: time,
    weekday: Weekday | None = None,
    inbox: Path | None = None,
    mail_to: str | None = None,
    program: str | None = None,
    image: str | None = None,
) -> tuple[ScheduleFile, ...]:
    """Return the files for the scheduler; UsageError for what no scheduler can be told."""
    folder = workspace.folder.absolute()
    job = Job(
        name=f"cpor-batch-{ascii_name(folder.name, max_length=_NAME_LENGTH)}".rstrip("-"),
        program=(program,) if program else _find_program(scheduler),
        workspace=str(folder),
        inbox=str(folder / (inbox.absolute() if inbox else workspace.settings.inbox)),
        mail_to=mail_to,
        at=at,
        weekday=weekday,
        time_zone=workspace.settings.time_zone,
        starts_on=workspace.today,
        image=image or f"cpor-batch:{__version__}",
    )
    _refuse_odd_words(job)
    return SCHEDULERS[scheduler](job)


def write_schedule(files: tuple[ScheduleFile, ...], folder: Path) -> tuple[Path, ...]:
    """Write the files into `folder` and return their paths; OutputError where that cannot be done."""
    paths = tuple(folder / file.name for file in files)
    for path, file in zip(paths, files, strict=True):
        write_atomically(path, file.text.encode())
    return paths


def _find_program(scheduler: str) -> tuple[str, ...]:
    if scheduler == _KUBERNETES:
        return ("cpor-batch",)
    script = Path(sys.executable).with_name("cpor-batch.exe" if os.name == "nt" else "cpor-batch")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "cpor_batch")


def _refuse_odd_words(job: Job) -> None:
    for word in job.command:
        if _UNWRITABLE.search(word):
            raise UsageError(
                f"{word!r} holds a line break or another control character, which no scheduler takes.",
                hint="Rename the folder.",
            )
    if job.mail_to is not None and ("@" not in job.mail_to or job.mail_to.startswith("-")):
        raise UsageError(f'--mail-to "{job.mail_to}" is not an e-mail address.')
