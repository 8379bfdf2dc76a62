"""Give a report the form that was asked for: text or JSON to print, or a file in out/reports/."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cpor_batch.errors import ExitCode
from cpor_batch.files import write_atomically
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.tables import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A report in the form that was asked for."""

    exit_code: ExitCode = ExitCode.DONE
    document: Mapping[str, Any] = field(default_factory=dict)  # Any: what JSON can say
    text: str = ""
    path: Path | None = None
    """The file that was written, if any."""
    note: str = ""
    """Why no file was written though one was asked for, else an empty text."""

    @property
    def has_overdue(self) -> bool:
        """Whether somebody let a window expire."""
        return self.exit_code is ExitCode.NEEDS_YOU


def render(
    report: Report,
    workspace: Workspace,
    *,
    form: str,
    output: Path | None,
    as_json: Callable[[], Mapping[str, Any]],  # Any: what JSON can say
    exit_code: ExitCode = ExitCode.DONE,
    is_dry_run: bool = False,
) -> Rendered:
    """Return the report as text, JSON or the path of a workbook or page.

    `form` is text, json, xlsx or html. Text and JSON are written to `output` where one is named. A dry run
    writes nothing that is not named: it gives the text then, and says so.
    """
    from cpor_batch.reports.text import render_text

    if form in {"xlsx", "html"}:
        path = output or workspace.out / "reports" / f"{report.name}.{form}"
        if is_dry_run and output is None:
            return Rendered(exit_code=exit_code, text=render_text(report), note=not_written(path))
        write_report(report, workspace, path, form=form)
        return Rendered(exit_code=exit_code, path=path)
    is_json = form == "json"
    document = as_json() if is_json else {}
    text = "" if is_json else render_text(report)
    if output is not None:
        import json

        body = json.dumps(document, ensure_ascii=False, indent=1) if is_json else text
        write_atomically(output, f"{body.rstrip()}\n".encode())
        return Rendered(exit_code=exit_code, path=output)
    return Rendered(exit_code=exit_code, document=document, text=text)


def not_written(path: Path) -> str:
    """Return what a dry run says of a file that it leaves unwritten."""
    return f"{path} was not written: --dry-run. Name a file with --output to get it all the same."


def write_report(report: Report, workspace: Workspace, path: Path, *, form: str) -> None:
    """Write the report as a workbook (xlsx) or a page (html); OutputError where it cannot be."""
    if form == "xlsx":
        from cpor_batch.reports.workbook import write_workbook

        write_workbook(report, path)
    else:
        from cpor_batch.reports.page import render_page

        write_atomically(path, render_page(report, workspace.assets).encode())
