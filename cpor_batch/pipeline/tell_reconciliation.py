"""Give a reconciliation the form that was asked for, and leave the record of its run."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from cpor_batch import __version__, clock
from cpor_batch.pipeline.recognise import EARNING_SHEETS, recognise
from cpor_batch.pipeline.reconcile import Reconciled, counts_of
from cpor_batch.pipeline.render import Rendered, render, write_report
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.reconciliation import report_reconciliation
from cpor_batch.reports.reconciliation_json import reconciliation_json
from cpor_batch.reports.tables import Report
from cpor_batch.rulebook.side_sheets import EXPORT, USAGE


def sort_files(
    exports: Sequence[Path], earnings: Sequence[Path], workspace: Workspace
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the exports and the earnings files; what its header shows to be earnings is none of the exports.

    A usage report is the export where there is no other, else it says what is used. A file that fits nothing
    stays where it was named, so that its reader says what is wrong with it.
    """
    if len(exports) < 2:  # noqa: PLR2004 - one file is what it was named for
        return tuple(exports), tuple(earnings)
    kinds = {path: recognise(path, workspace) for path in exports}
    has_list = EXPORT in kinds.values()
    moved = {path for path, kind in kinds.items() if kind in EARNING_SHEETS and (kind != USAGE or has_list)}
    kept = tuple(path for path in exports if path not in moved)
    if not kept:
        return tuple(exports), tuple(earnings)
    return kept, (*earnings, *(path for path in exports if path in moved))


def build_report(reconciled: Reconciled) -> Report:
    """Return the report of a reconciliation."""
    return report_reconciliation(
        reconciled.result,
        made_at=clock.now(),
        tool_version=__version__,
        ledger_head=reconciled.shown_head,
    )


def json_of(reconciled: Reconciled) -> Mapping[str, Any]:  # Any: what JSON can say
    """Return the JSON document."""
    return reconciliation_json(reconciled.result, counts_of(reconciled.result))


def tell_reconciliation(
    reconciled: Reconciled, workspace: Workspace, *, form: str, output: Path | None
) -> Rendered:
    """Return the report in the form asked for; the run's folder gets it as a workbook, with run.json."""
    with nullcontext() if reconciled.is_dry_run else reconciled.record.kept_with(reconciled.ledger_head):
        report = build_report(reconciled)
        rendered = render(
            report,
            workspace,
            form=form,
            output=output,
            as_json=lambda: json_of(reconciled),
            exit_code=reconciled.exit_code,
            is_dry_run=reconciled.is_dry_run,
        )
        if not reconciled.is_dry_run:
            outputs = [] if rendered.path is None else [rendered.path]
            leave_record(reconciled, workspace, report, outputs=outputs)
    return rendered


def leave_record(
    reconciled: Reconciled, workspace: Workspace, report: Report, *, outputs: Sequence[Path]
) -> None:
    """Write the result workbook and, last, run.json."""
    record = reconciled.record
    workbook = record.folder / "reconciliation.xlsx"
    with record.timed("report"):
        write_report(report, workspace, workbook, form="xlsx")
    record.outputs += [*outputs, workbook]
    record.write(reconciled.exit_code, ledger_head=reconciled.ledger_head)
