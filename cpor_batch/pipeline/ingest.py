"""Judge workbooks and record what is accepted or held, in one transaction for the whole run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cpor_batch.domain.recording import Occasion, build_events
from cpor_batch.domain.verdict import JudgedClaim, Outcome
from cpor_batch.errors import ExitCode, OutputError, most_severe
from cpor_batch.ledger import BatchIdentity, Ledger
from cpor_batch.memory import collector_paused
from cpor_batch.pipeline.check import exit_code_of, write_result_workbook, write_verdict_page
from cpor_batch.pipeline.judge import Judgement, Readings, judge, read
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace

SCHEMA = "cpor-batch.ingest/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """A judgement and what was recorded of it."""

    judgement: Judgement
    run: str
    recorded: int
    """Rows of accepted claims that are new or changed, or no longer held."""
    released: int
    """Those of them that a conflict held before."""
    unchanged: int
    """Rows of accepted claims that the ledger has exactly so already."""
    written: tuple[Path, ...] = ()
    unwritten: tuple[str, ...] = ()
    """The files that could not be written after the claims were recorded, and why."""
    is_dry_run: bool = False
    next_command: str = "cpor-batch documents"
    """What to do next where claims were recorded and nothing else is to be done."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the judgement; 5 where a file could not be written."""
        return most_severe(exit_code_of(self.judgement), ExitCode.OUTPUT if self.unwritten else ExitCode.DONE)

    def as_json(self) -> dict[str, Any]:  # Any: what JSON can say
        """Return the check document with what was recorded."""
        from cpor_batch.reports.verdict_json import verdict_json

        extra: dict[str, Any] = {
            "run": self.run,
            "recorded": self.recorded,
            "unchanged": self.unchanged,
            "released": self.released,
        }
        if self.is_dry_run:
            extra["dry_run"] = True
        return verdict_json(self.judgement.verdict, schema=SCHEMA, extra=extra)

    @property
    def closing_line(self) -> str:
        """How many rows were recorded, refused and held, and what to do next."""
        counts = self.judgement.verdict.counts
        released = f" ({self.released:,} released from a conflict)" if self.released else ""
        done = "would be recorded" if self.is_dry_run else "recorded"
        parts = [f"{self.recorded:,} {done}{released}"]
        if self.unchanged:
            parts.append(f"{self.unchanged:,} recorded before and unchanged")
        parts.append(f"{counts.refused:,} refused")
        parts.append(f"{counts.held:,} held for conflicts")
        files = sum(file.is_refused for file in self.judgement.verdict.files)
        if files:
            parts.append(f"{files:,} file{'' if files == 1 else 's'} refused as a whole")
        rows = "1 row" if counts.rows == 1 else f"{counts.rows:,} rows"
        return f"{rows}: {', '.join(parts)}. {self._next_step}"

    @property
    def _next_step(self) -> str:
        counts = self.judgement.verdict.counts
        if self.is_dry_run:
            return self._rehearsal
        if self.judgement.verdict.has_refused_files and not counts.rows:
            return "Nothing was recorded. Next: mend the file as said above"
        if counts.held:
            return "Next: cpor-batch conflicts"
        if counts.refused:
            return "Next: mend the sheet Claims of the result workbook and ingest it"
        if self.recorded:
            return f"Next: {self.next_command}"
        return "Nothing is new. Next: cpor-batch status"

    @property
    def _rehearsal(self) -> str:
        """That nothing was written, and how many claims would be."""
        claims = sum(
            item.outcome is Outcome.ACCEPTED and (not item.is_unchanged or item.is_released)
            for item in self.judgement.verdict.claims
        )
        claims_in_words = "1 claim" if claims == 1 else f"{claims:,} claims"
        step = "Next: the same command without --dry-run" if claims else ""
        return f"Nothing was written: --dry-run. {claims_in_words} would be recorded. {step}".rstrip()


def ingest(
    paths: Sequence[Path], workspace: Workspace, *, progress: Progress, is_dry_run: bool = False
) -> Ingested:
    """Record the claims of the workbooks and leave the run's folder with run.json and the result workbook."""
    record = RunRecord(workspace=workspace, command="ingest")
    with open_ledger_of(workspace) as ledger, record.kept(ledger):
        ingested = ingest_into(ledger, paths, workspace, record, progress=progress, is_dry_run=is_dry_run)
        if not is_dry_run:
            problems = record.write_or_tell(ingested.exit_code, ledger_head=head_of(ledger))
            ingested = replace(ingested, unwritten=ingested.unwritten + problems)
    return ingested


@collector_paused()
def ingest_into(
    ledger: Ledger,
    paths: Sequence[Path],
    workspace: Workspace,
    record: RunRecord,
    *,
    progress: Progress,
    is_dry_run: bool = False,
) -> Ingested:
    """Judge and record within an open ledger; the caller writes run.json when the whole run is over."""
    refuse_the_past(ledger, workspace.today)
    with record.timed("read"):
        readings = read(paths, workspace, progress=progress)
    progress.begin("Recording")
    with record.timed("record"):
        if is_dry_run or not readings.sheets:
            judgement = judge(readings, workspace, ledger=ledger)
        else:
            judgement = _record(ledger, readings, workspace, record)
    record.add_verdict(judgement.verdict)
    accepted = [item for item in judgement.verdict.claims if item.outcome is Outcome.ACCEPTED]
    released = sum(len(item.rows) for item in accepted if item.is_released)
    unchanged = sum(len(item.rows) for item in accepted if _is_known(item))
    recorded = sum(len(item.rows) for item in accepted) - unchanged
    record.counts.update(recorded=recorded, unchanged=unchanged, released=released)
    unwritten: tuple[str, ...] = ()
    if not is_dry_run:
        try:
            _write_verdicts(judgement, workspace, record)
        except OutputError as error:
            # The claims are recorded by now: the caller learns of them all the same.
            unwritten = (str(error),)
    return Ingested(
        judgement=judgement,
        run=record.run,
        recorded=recorded,
        released=released,
        unchanged=unchanged,
        written=tuple(record.outputs),
        unwritten=unwritten,
        is_dry_run=is_dry_run,
    )


def _is_known(judged: JudgedClaim) -> bool:
    """Whether the ledger has the claim exactly so already, and nothing of it waits for a decision."""
    return judged.is_unchanged and (judged.known is None or not judged.known.is_waiting)


def _record(ledger: Ledger, readings: Readings, workspace: Workspace, record: RunRecord) -> Judgement:
    """Judge with the ledger held and append what the verdict brings, in one transaction."""
    occasion = Occasion(run=record.run, actor=workspace.actor, today=workspace.today)
    with ledger.write(replace(record.as_run, inputs=_inputs(readings, workspace))) as writing:
        judgement = judge(readings, workspace, ledger=ledger)
        writing.append(
            build_events(
                judgement.verdict.claims,
                judgement.verdict.conflicts,
                occasion=occasion,
                edition=workspace.rulebook.edition,
                editions=workspace.rulebook.editions,
                new_reference=lambda claim: claim.claim_reference or writing.new_reference(claim),
            )
        )
    return judgement


def _inputs(readings: Readings, workspace: Workspace) -> tuple[BatchIdentity, ...]:
    return tuple(
        BatchIdentity(
            name=name,
            sha256=result.sha256,
            sheet=result.rows.sheet,
            edition=workspace.rulebook.edition.name,
            rulebook=workspace.rulebook.fingerprint,
            header_map=workspace.batch_headers,
        )
        for name, result in zip(readings.paths, readings.results, strict=True)
        if result.rows is not None
    )


def _write_verdicts(judgement: Judgement, workspace: Workspace, record: RunRecord) -> None:
    """Write the marked verdict into the run's folder: workbook and page."""
    folder = record.folder
    paths = (folder / "verdict.xlsx", folder / "verdict.html")
    for path, write in zip(paths, (write_result_workbook, write_verdict_page), strict=True):
        write(judgement, workspace, path)
        record.outputs.append(path)
