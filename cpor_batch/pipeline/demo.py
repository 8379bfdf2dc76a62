"""The main job on the sample data, told as a story of a few weeks that ends on one day."""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.domain.transitions import Asked
from cpor_batch.errors import ExitCode, UsageError, most_severe
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.demo_weeks import EARLIER, write_as_of
from cpor_batch.pipeline.documents_made import DocumentsMade
from cpor_batch.pipeline.import_export import Imported, import_export
from cpor_batch.pipeline.ingest import Ingested, ingest_into
from cpor_batch.pipeline.init import init
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.record import record
from cpor_batch.pipeline.run import make_what_can_be_made, write_reports
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import FILE_NAME, load_settings

# What a demo of ours leaves at the top of its folder; anything else there is somebody's work.
_MARK = ".cpor-batch-demo"
_EXPORT = "partner-center-export.csv"
# Claims whose customers got Microsoft's notice that week: their letters name the last day to opt out.
_NOTICED = ("Coho Brewing \u2013 Endpoint", "Wingtip Engineering \u2013 Intranet and mail")
_NOTICE_ON = date(2021, 3, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutcome:
    """What the demo did."""

    folder: Path
    ingested: tuple[tuple[str, Ingested], ...]
    imported: Imported
    made: DocumentsMade
    missing_library: str

    @property
    def exit_code(self) -> ExitCode:
        """0 although the samples hold problems; what could not be made counts."""
        return most_severe(
            self.made.exit_code, ExitCode.CONFIGURATION if self.missing_library else ExitCode.DONE
        )

    @property
    def failures(self) -> tuple[str, ...]:
        """What could not be made, and why."""
        missing = (self.missing_library,) if self.missing_library else ()
        return (*missing, *self.made.failures)

    @property
    def text(self) -> str:
        """What was done, where it lies and what to try next."""
        lines = [f"{name}: {_in_words(name, ingested)}" for name, ingested in self.ingested]
        out = self.folder / "out"
        return "\n".join(
            [
                *lines,
                f"{_EXPORT}: {self.imported.closing_line.partition('. ')[0]}",
                self.made.closing_line,
                "",
                f"Letters       {out / 'letters'}",
                f"PoE forms     {out / 'poe'}",
                f"Reports       {out / 'reports' / 'status.html'} (and .xlsx, and history)",
                f"Verdicts      {out / 'runs'} (a folder a run: verdict.xlsx, verdict.html)",
                "",
                f"Next: cd {self.folder}, then cpor-batch status, cpor-batch conflicts, cpor-batch history",
            ]
        )


def _in_words(name: str, ingested: Ingested) -> str:
    """Return what became of a workbook; one that was ingested week by week counts as recorded by now."""
    since = next((day for day, earlier, _ in EARLIER if earlier == name), None)
    if since is None:
        return ingested.closing_line.partition(". ")[0]
    recorded = ingested.recorded + ingested.unchanged
    whole = replace(ingested, recorded=recorded, unchanged=0)
    return f"{whole.closing_line.partition('. ')[0]} (week by week since {since})"


def demo(folder: Path, *, progress: Progress) -> DemoOutcome:
    """Make the demo workspace anew in `folder` and do the main job there.

    UsageError for a folder that is not empty and not a demo's.
    """
    _clear(folder)
    samples = Assets().sample_data()
    init(folder, configuration=(samples / FILE_NAME).read_bytes())
    (folder / _MARK).touch()
    workbooks = _copy_samples(samples, folder / "inbox")
    workspace = Workspace(load_settings(folder))
    with open_ledger_of(workspace) as ledger:
        _ingest_earlier_weeks(ledger, samples, workspace, progress)
        ingested = [_ingest(ledger, workbook, workspace, progress) for workbook in workbooks]
    imported = import_export(folder / "inbox" / _EXPORT, workspace)
    for claim in _NOTICED:
        record(workspace, claim, Asked(status="notified", on=_NOTICE_ON))
    with open_ledger_of(workspace) as ledger:
        run = RunRecord(workspace=workspace, command="documents")
        made, missing = make_what_can_be_made(workspace, ledger, run, progress)
        progress.begin("Writing reports")
        run.outputs.extend(write_reports(workspace, ledger))
        run.write(made.exit_code, ledger_head=head_of(ledger))
    return DemoOutcome(
        folder=folder, ingested=tuple(ingested), imported=imported, made=made, missing_library=missing
    )


def _ingest_earlier_weeks(ledger: Ledger, samples: Path, workspace: Workspace, progress: Progress) -> None:
    """Ingest what the workbooks held in the weeks before, under the same names."""
    match_header = workspace.rulebook.sheet.match_header
    for day, name, claims in EARLIER:
        workbook = workspace.settings.inbox / name
        write_as_of(samples / name, workbook, day, claims=claims, match_header=match_header)
        _ingest(ledger, workbook, Workspace(replace(workspace.settings, as_of=day)), progress)
        shutil.copyfile(samples / name, workbook)


def _ingest(ledger: Ledger, workbook: Path, workspace: Workspace, progress: Progress) -> tuple[str, Ingested]:
    run = RunRecord(workspace=workspace, command="ingest")
    result = ingest_into(ledger, [workbook], workspace, run, progress=progress)
    run.write(result.exit_code, ledger_head=head_of(ledger))
    return workbook.name, result


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file.", hint="Name another folder.")
    if (folder / _MARK).is_file():
        shutil.rmtree(folder)
    elif any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty and no demo of ours.", hint="Name another folder.")


def _copy_samples(samples: Path, inbox: Path) -> list[Path]:
    for source in sorted(samples.iterdir()):
        if source.suffix in {".xlsx", ".csv"}:
            shutil.copyfile(source, inbox / source.name)
        elif source.is_dir():
            shutil.copytree(source, inbox / source.name)
    return sorted(inbox.glob("*.xlsx"))
