"""What is there on this machine, what is missing, and the command that mends it."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from cpor_batch import __version__
from cpor_batch.errors import ClusterError, CporError, ExitCode
from cpor_batch.pipeline.workspace import Workspace

SCHEMA: Final = "cpor-batch.doctor/1"
_PACKAGES: Final = (
    "pandas", "pyarrow", "pandera", "python-calamine", "openpyxl", "xlsxwriter", "jinja2", "weasyprint",
    "pikepdf", "pypdf", "segno", "sqlalchemy", "alembic", "holidays", "babel",
)  # fmt: skip
_MIN_FREE_BYTES: Final = 500 * 1024 * 1024
# Folders that another program keeps in step with a server: SQLite's write-ahead log is not safe in them.
_SYNCED: Final = ("onedrive", "dropbox", "google drive", "sharepoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    is_fine: bool = True
    """False for what is missing; True also for what is only worth a note."""
    remedy: str = ""
    """The command or step that mends it; empty where nothing is wrong."""

    @property
    def sign(self) -> str:
        """What stands before it: ok, note or missing."""
        if not self.is_fine:
            return "missing"
        return "note" if self.remedy else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that was looked at, in order."""

    items: tuple[Finding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 where something is missing."""
        return ExitCode.DONE if all(item.is_fine for item in self.items) else ExitCode.CONFIGURATION

    @property
    def lines(self) -> Iterator[str]:
        """What was found, in words, each with what mends it."""
        for item in self.items:
            yield f"{item.sign:7}  {item.what}: {item.found}"
            if item.remedy:
                yield f"         {item.remedy}"

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "findings": [
                {"what": item.what, "found": item.found, "ok": item.is_fine, "remedy": item.remedy or None}
                for item in self.items
            ],
        }


def doctor(workspace: Workspace) -> Findings:
    """Return what was found; never raises for what it finds."""
    looks: tuple[Callable[[Workspace], Iterator[Finding]], ...] = (
        _look_at_python,
        _look_at_packages,
        _look_at_printing,
        _look_at_fonts,
        _look_at_rulebook,
        _look_at_workspace,
        _look_at_ledger,
        _look_at_cluster,
    )
    return Findings(items=tuple(finding for look in looks for finding in look(workspace)))


def _look_at_python(_workspace: Workspace) -> Iterator[Finding]:
    yield Finding(what="cpor-batch", found=__version__)
    yield Finding(
        what="Python", found=f"{platform.python_version()} on {platform.system()} ({sys.executable})"
    )


def _look_at_packages(_workspace: Workspace) -> Iterator[Finding]:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Finding(
        what="Python packages",
        found=f"{', '.join(missing)} absent" if missing else ", ".join(found),
        is_fine=not missing,
        remedy="pip install --upgrade cpor-batch" if missing else "",
    )


def _look_at_printing(_workspace: Workspace) -> Iterator[Finding]:
    from cpor_batch.documents import check_libraries

    report = check_libraries()
    yield Finding(
        what="Pango (for PDF documents)",
        found=f"Pango {report.pango}" if report.can_print else str(report.problem),
        is_fine=report.can_print,
        remedy="" if report.can_print else report.command,
    )
    if report.can_print:
        yield Finding(
            what="libharfbuzz-subset",
            found="found"
            if report.has_quick_subsetting
            else "absent: every PDF takes about seven times as long",
            is_fine=report.has_quick_subsetting,
            remedy="" if report.has_quick_subsetting else report.command,
        )


def _look_at_fonts(_workspace: Workspace) -> Iterator[Finding]:
    from cpor_batch.documents import check_libraries

    report = check_libraries()
    for language, families in report.fonts.items():
        missing = report.missing_characters.get(language, "")
        yield Finding(
            what=f"Font for {language}",
            found=f"no glyphs for {missing}" if missing else ", ".join(families),
            is_fine=not missing,
            remedy=report.command if missing else "",
        )


def _look_at_rulebook(workspace: Workspace) -> Iterator[Finding]:
    try:
        rulebook = workspace.rulebook
    except CporError as error:
        yield Finding(what="Rulebook", found=str(error), is_fine=False, remedy="Mend the file that it names.")
        return
    yield Finding(what="Rulebook", found=f"{rulebook.edition.name}, fingerprint {rulebook.fingerprint[:12]}")


def _look_at_workspace(workspace: Workspace) -> Iterator[Finding]:
    folder = workspace.settings.workspace
    if folder is None:
        yield Finding(what="Workspace", found="none here; make one with cpor-batch init")
        return
    is_writable = os.access(folder, os.W_OK)
    yield Finding(
        what="Workspace",
        found=str(folder) if is_writable else f"{folder} cannot be written",
        is_fine=is_writable,
        remedy="" if is_writable else f"Give yourself the right to write in {folder}.",
    )
    free = shutil.disk_usage(folder).free
    has_room = free >= _MIN_FREE_BYTES
    yield Finding(
        what="Free space",
        found=f"{free / 1024**3:.1f} GiB",
        is_fine=has_room,
        remedy="" if has_room else "Make room on this disk before the next run.",
    )
    yield from _look_for_sync(folder)
    if workspace.fixed_day:
        yield Finding(
            what="Today",
            found=f"{workspace.fixed_day}; scheduled runs reckon on that day too",
            remedy="Take as_of away once the workspace is in real use.",
        )


def _look_for_sync(folder: Path) -> Iterator[Finding]:
    text = str(folder.resolve()).casefold()
    if text.startswith("\\\\") or any(name in text for name in _SYNCED):
        yield Finding(
            what="Place of the ledger",
            found="a network or synchronised folder, where SQLite may lose data",
            is_fine=False,
            remedy="Move the workspace to a local disk, or set ledger_url to PostgreSQL in cpor-batch.toml.",
        )


def _look_at_ledger(workspace: Workspace) -> Iterator[Finding]:
    from cpor_batch.pipeline.open_ledger import open_ledger_of, show_head

    if workspace.settings.workspace is None:
        return
    try:
        with open_ledger_of(workspace) as ledger:
            found = f"{show_head(ledger)}"
    except CporError as error:
        yield Finding(what="Ledger", found=str(error), is_fine=False, remedy=error.hint or "cpor-batch init")
        return
    yield Finding(what="Ledger", found=found)


def _look_at_cluster(workspace: Workspace) -> Iterator[Finding]:
    from cpor_batch.documents import describe_printing
    from cpor_batch.workers import ask_workers

    cluster = workspace.settings.cluster
    if cluster is None:
        return
    try:
        workers = ask_workers(cluster, describe_printing)
    except ClusterError as error:
        found = f"{error.where}: {error.message}" if error.where else error.message
        yield Finding(what="Cluster", found=found, is_fine=False, remedy=error.hint)
        return
    threads = sum(worker.threads for worker in workers)
    yield Finding(what="Cluster", found=f"{cluster.address}: {len(workers)} workers, {threads} threads")
    for worker in workers:
        facts = ", ".join(f"{name} {value}" for name, value in worker.facts.items())
        yield Finding(
            what=f"Worker {worker.address}",
            found=f"{worker.problem}; {facts}" if worker.problem else f"{facts}{_advice(worker.threads)}",
            is_fine=worker.problem is None,
            remedy=worker.remedy,
        )


def _advice(threads: int) -> str:
    # One process sets one page at a time, however many threads it has.
    return f"; faster as --nworkers {threads} --nthreads 1" if threads > 1 else ""
