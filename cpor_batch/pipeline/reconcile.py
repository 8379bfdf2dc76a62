"""Compare the ledger with Partner Center's export, and with what the claims earn; record that it was done."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.finding import DRIFT_KINDS, Finding, FindingKind, Reconciliation, SourceFile, UnreadRow
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import ExitCode
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.compare_earnings import EarningsComparison
from cpor_batch.pipeline.compare_export import ExportComparison
from cpor_batch.pipeline.finding_box import FindingBox
from cpor_batch.pipeline.last_reconciliation import EARNINGS_MARK, read_last_reconciliation
from cpor_batch.pipeline.line_stage import (
    LineStage,
    open_line_stage,
    pack_earning,
    pack_line,
    unpack_earning,
    unpack_line,
)
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past, show_head
from cpor_batch.pipeline.read_earnings import EarningsReader
from cpor_batch.pipeline.read_export import is_ours, line_of, refuse_other_files
from cpor_batch.pipeline.recognise import KINDS
from cpor_batch.pipeline.refuse_others import refuse_other_uses
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.side_stream import open_side_stream
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import ExportLine, StatusWords
from cpor_batch.reconciliation.earnings import EarningLine, earning_key
from cpor_batch.reconciliation.export import group_key
from cpor_batch.reconciliation.sameness import find_changes
from cpor_batch.reports.words import count
from cpor_batch.rulebook.side_sheets import EARNINGS, EXPORT, load_side_sheet

COMMAND: Final = "reconcile"
MOST_REMEMBERED: Final = 5_000
"""So many findings an event keeps; with more, the next run cannot tell what changed."""
_MOST_REFUSED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A reconciliation that is done, and its record."""

    result: Reconciliation
    record: RunRecord
    ledger_head: dict[str, object]
    shown_head: str
    is_dry_run: bool

    @property
    def exit_code(self) -> ExitCode:
        """1 where ledger and Partner Center differ, or rows cannot be read."""
        return ExitCode.NEEDS_YOU if self.result.has_drift else ExitCode.DONE


def reconcile(
    exports: Sequence[Path],
    workspace: Workspace,
    *,
    earnings: Sequence[Path] = (),
    is_dry_run: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Reconciled:
    """Return how ledger and exports differ, and keep it as an event of the ledger.

    InputRefusedError where one of the files cannot be read: with a part of the claims missing, most of what
    would be told were wrong. `check` is called before anything is recorded and raises where what was read
    does not hold. run.json is left to the caller, who knows which reports were made.
    """
    record = RunRecord(workspace=workspace, command=COMMAND)
    with open_ledger_of(workspace) as ledger, FindingBox() as box:
        refuse_the_past(ledger, workspace.today)
        whole_list = None if is_dry_run else record.folder / "findings.csv"
        job = _Job(workspace=workspace, ledger=ledger, record=record, box=box, whole_list=whole_list)
        result = job.run(exports, earnings)
        check()
        if result.whole_list is not None:
            box.write_all(result.whole_list)
            record.outputs.append(result.whole_list)
        if not is_dry_run:
            with ledger.write(record.as_run) as writing:
                writing.append([_event(result, record)])
        record.counts.update(counts_of(result))
        return Reconciled(
            result=result,
            record=record,
            ledger_head=head_of(ledger),
            shown_head=show_head(ledger),
            is_dry_run=is_dry_run,
        )


def counts_of(result: Reconciliation) -> dict[str, int]:
    """Return the figures by name."""
    return {
        "files": len(result.files),
        "rows": result.rows,
        "refused_rows": result.refused_rows,
        "skipped_rows": result.skipped_rows,
        "claims": result.claims,
        "ledger_claims": result.ledger_claims,
        "matched": result.counts.get(FindingKind.MATCHED, 0),
        "drift": result.drift,
        **{str(kind).replace("-", "_"): result.counts.get(kind, 0) for kind in DRIFT_KINDS},
    }


@dataclass(slots=True)
class _Job:
    """One run: the files into stages on disk, then claim by claim, then the ledger's own."""

    workspace: Workspace
    ledger: Ledger
    record: RunRecord
    box: FindingBox
    whole_list: Path | None
    """Where all findings go if the report has no room for them; None: nowhere."""

    def run(self, exports: Sequence[Path], earnings: Sequence[Path]) -> Reconciliation:
        """Return the result."""
        schema = load_side_sheet(self.workspace.assets, EXPORT)
        reader = _ExportReader(workspace=self.workspace)
        box = self.box
        earned = EarningsReader(self.workspace)
        with _line_stage() as lines:
            with self.record.timed("read"):
                for path in exports:
                    lines.add(reader.read(path))
            comparison = ExportComparison(
                workspace=self.workspace,
                ledger=self.ledger,
                words=StatusWords(spellings=schema.statuses),
                occasion=self._occasion,
                box=box,
                is_usage_report=not reader.has_status,
            )
            with self.record.timed("compare"):
                comparison.compare(lines)
            money = None
            if earnings:
                money = self._read_earnings(earnings, earned, comparison, box)
            with self.record.timed("ledger"):
                for state in self.ledger.read_states():
                    self._look_at(state, comparison, money, box)
        self.record.inputs += [*reader.inputs, *earned.inputs]
        return self._result(reader, earned, comparison, money)

    def _result(
        self,
        reader: "_ExportReader",
        earned: EarningsReader,
        comparison: ExportComparison,
        money: EarningsComparison | None,
    ) -> Reconciliation:
        box = self.box
        findings = box.findings(DRIFT_KINDS)
        previous = read_last_reconciliation(self.ledger, workspace=str(self.workspace.folder))
        has_earnings = money is not None
        can_tell = money is not None and money.coverage.has_earnings
        is_comparable = box.drift <= MOST_REMEMBERED
        return Reconciliation(
            run=self.record.run,
            as_of=self.workspace.today,
            files=(*reader.files, *earned.files),
            rows=sum(file.rows for file in (*reader.files, *earned.files)),
            claims=comparison.claims,
            ledger_claims=comparison.expected,
            counts=dict(box.counts),
            findings=findings,
            matched=box.findings([FindingKind.MATCHED]),
            changes=find_changes(findings, previous, has_earnings=can_tell, is_whole=is_comparable),
            news=comparison.news,
            refused=(*reader.refused, *earned.refused),
            refused_rows=reader.refused_rows + earned.refused_rows,
            skipped_rows=reader.skipped + earned.skipped,
            has_earnings=has_earnings,
            earnings=money.totals if money else (),
            payments=earned.payment_totals,
            notes=tuple(self._notes(reader, earned, box)),
            whole_list=self.whole_list if box.is_cut else None,
        )

    @property
    def _occasion(self) -> Occasion:
        return Occasion(run=self.record.run, actor=self.workspace.actor, today=self.workspace.today)

    def _read_earnings(
        self,
        paths: Sequence[Path],
        reader: EarningsReader,
        comparison: ExportComparison,
        box: FindingBox,
    ) -> EarningsComparison:
        money = EarningsComparison(
            workspace=self.workspace, ledger=self.ledger, words=reader.words, box=box, export=comparison
        )
        with _earning_stage() as stage:
            with self.record.timed("read_earnings"):
                for path in paths:
                    stage.add(money.noted(reader.read(path)))
            money.coverage.has_earnings = any(file.kind == "earnings" for file in reader.files)
            with self.record.timed("compare_earnings"):
                money.compare(stage)
        return money

    def _look_at(
        self,
        state: ClaimState,
        comparison: ExportComparison,
        money: EarningsComparison | None,
        box: FindingBox,
    ) -> None:
        finding = comparison.find_absent(state)
        if finding is not None:
            box.add(finding)
        if money is not None:
            box.add_all(money.judge(state))

    def _notes(self, reader: "_ExportReader", earned: EarningsReader, box: FindingBox) -> Iterator[str]:
        if not reader.has_status:
            yield (
                "The export has no statuses: what it lists counts as approved, and only approved "
                "Microsoft 365 claims are expected in it."
            )
        if earned.others:
            yield f"{count(earned.others, 'row')} of other programmes left out."
        if box.is_cut:
            place = self.whole_list or "a run without --dry-run leaves it in out/runs"
            yield f"Of each kind the first {box.most:,} are listed; the figures count all."
            yield f"All findings: {place}."


@dataclass(slots=True)
class _ExportReader:
    """Reads the exports after each other."""

    workspace: Workspace
    files: tuple[SourceFile, ...] = ()
    inputs: tuple[dict[str, object], ...] = ()
    refused: tuple[UnreadRow, ...] = ()
    refused_rows: int = 0
    skipped: int = 0
    has_status: bool = False

    def read(self, path: Path) -> Iterator[ExportLine]:
        """Yield the lines of claims; InputRefusedError where the file is no export."""
        refuse_other_uses(path, self.workspace)
        schema = load_side_sheet(self.workspace.assets, EXPORT)
        catalogue = self.workspace.rulebook.catalogue
        with open_side_stream(path, self.workspace, schema=schema) as stream:
            refuse_other_files(stream.name, stream.columns)
            self.has_status = self.has_status or "status" in stream.columns
            for row in stream.rows:
                if not is_ours(row):
                    self.skipped += 1
                elif row.faults:
                    self.refused_rows += 1
                    if len(self.refused) < _MOST_REFUSED:
                        unread = UnreadRow(
                            file=row.source.file, row=row.source.row, message=" ".join(row.faults)
                        )
                        self.refused = (*self.refused, unread)
                else:
                    yield line_of(row, catalogue)
            self.inputs = (*self.inputs, stream.as_input)
            kind = "claims export" if "status" in stream.columns else "usage report"
            file = SourceFile(name=stream.name, kind=kind, rows=stream.count, sha256=stream.sha256)
            self.files = (*self.files, file)


def _line_stage() -> AbstractContextManager[LineStage[ExportLine]]:
    return open_line_stage(
        tenant_of=lambda line: line.tenant_id, key_of=group_key, pack=pack_line, unpack=unpack_line
    )


def _earning_stage() -> AbstractContextManager[LineStage[EarningLine]]:
    return open_line_stage(
        tenant_of=lambda line: line.line.tenant_id,
        key_of=earning_key,
        pack=pack_earning,
        unpack=unpack_earning,
    )


def _event(result: Reconciliation, record: RunRecord) -> Event:
    """Return the event of the run: figures and findings, without names of customers or persons."""
    kept: list[Plain] = [_kept(finding) for finding in result.findings[:MOST_REMEMBERED]]
    counts: dict[str, Plain] = {str(kind): number for kind, number in result.counts.items() if number}
    return Event(
        kind=EventKind.RECONCILED,
        claim=None,
        known_on=result.as_of,
        occurred_on=result.as_of,
        actor=record.workspace.actor,
        run=record.run,
        after={
            "files": [file.name for file in result.files],
            "counts": counts,
            "with_earnings": any(file.kind == KINDS[EARNINGS] for file in result.files),
            "is_cut": result.drift > len(kept),
            "findings": kept,
        },
        file=result.files[0].name if result.files else None,
    )


def _kept(finding: Finding) -> Plain:
    bare = finding.remembered
    mark = [EARNINGS_MARK] if bare.is_of_earnings else []
    return [bare.kind, bare.subject, bare.detail, *mark]
