"""The main job: ingest, documents and reports, in that order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.errors import ClusterError, ExitCode, MissingLibraryError, OutputError, most_severe
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.documents import documents
from cpor_batch.pipeline.documents_made import DocumentsMade
from cpor_batch.pipeline.foresee import foresee_documents
from cpor_batch.pipeline.history import read_history
from cpor_batch.pipeline.ingest import Ingested, ingest_into
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, show_head
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.render import write_report
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.status import read_status
from cpor_batch.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What a run did."""

    ingested: Ingested
    made: DocumentsMade
    reports: tuple[Path, ...] = ()
    missing_library: str = ""
    """Why documents stay due: a library or the cluster is missing; or an empty text."""
    unreported: tuple[str, ...] = ()
    """The reports that could not be written, and why; what was recorded and made is so all the same."""

    @property
    def exit_code(self) -> ExitCode:
        """The most severe of all that happened."""
        return most_severe(
            self.ingested.exit_code,
            self.made.exit_code,
            ExitCode.CONFIGURATION if self.missing_library else ExitCode.DONE,
            ExitCode.OUTPUT if self.unreported else ExitCode.DONE,
        )

    @property
    def failures(self) -> tuple[str, ...]:
        """What could not be made, and why."""
        missing = (self.missing_library,) if self.missing_library else ()
        return (*missing, *self.made.failures)

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The files beside the documents that could not be written, and why."""
        return (*self.ingested.unwritten, *self.unreported)

    @property
    def written(self) -> tuple[Path, ...]:
        """Reports and verdicts; the documents are told by number."""
        return (*self.ingested.written, *self.reports)

    @property
    def documents_line(self) -> str:
        """How many documents were made."""
        if self.missing_library:
            return f"Documents: {self.made.due:,} stay due."
        return self.made.closing_line


def run(
    paths: Sequence[Path], workspace: Workspace, *, progress: Progress, is_dry_run: bool = False
) -> RunOutcome:
    """Ingest, make what is due and write the reports; documents stay due without Pango or the cluster."""
    record = RunRecord(workspace=workspace, command="run")
    with open_ledger_of(workspace) as ledger, record.kept(ledger):
        ingested = ingest_into(ledger, paths, workspace, record, progress=progress, is_dry_run=is_dry_run)
        if is_dry_run:
            made = foresee_documents(ingested.judgement, ledger, workspace, run=record.run)
            return RunOutcome(ingested=ingested, made=made)
        made, missing = make_what_can_be_made(workspace, ledger, record, progress)
        if not missing and not made.failed:
            ingested = replace(ingested, next_command="cpor-batch entry")
        progress.begin("Writing reports")
        reports, problems = _write_what_can_be_written(workspace, ledger, record)
        outcome = RunOutcome(
            ingested=ingested, made=made, reports=reports, missing_library=missing, unreported=problems
        )
        problems += record.write_or_tell(outcome.exit_code, ledger_head=head_of(ledger))
    return replace(outcome, unreported=problems)


def _write_what_can_be_written(
    workspace: Workspace, ledger: Ledger, record: RunRecord
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write the reports up to the first that cannot be; return their paths, and why that one is not there."""
    reports: list[Path] = []
    problems: tuple[str, ...] = ()
    with record.timed("reports"):
        try:
            for path in write_reports(workspace, ledger):
                reports.append(path)
                record.outputs.append(path)
        except OutputError as error:
            problems = (str(error),)
    return tuple(reports), problems


def make_what_can_be_made(
    workspace: Workspace, ledger: Ledger, record: RunRecord, progress: Progress
) -> tuple[DocumentsMade, str]:
    """Return what was made, and why the rest stays due where a library or the cluster is missing."""
    with record.timed("documents"):
        try:
            return documents(workspace, ledger, record, progress=progress), ""
        except (MissingLibraryError, ClusterError) as error:
            due = documents(workspace, ledger, record, progress=progress, is_dry_run=True)
            return due, str(error)


def write_reports(workspace: Workspace, ledger: Ledger) -> Iterator[Path]:
    """Write status and history as workbook and page into out/reports/; yield each path once it is there."""
    head = show_head(ledger)
    status = read_status(ledger, workspace, with_events=True)
    history = read_history(ledger, workspace)
    reports = (
        status.as_report(made_at=clock.now(), tool_version=__version__, ledger_head=head),
        history.as_report(
            zone=workspace.zone, made_at=clock.now(), tool_version=__version__, ledger_head=head
        ),
    )
    for report in reports:
        for form in ("xlsx", "html"):
            path = workspace.out / "reports" / f"{report.name}.{form}"
            write_report(report, workspace, path, form=form)
            yield path
