"""Record what a workbook says happened: good rows go in, bad ones are listed, in one transaction."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.transitions import Asked, Refusal
from cpor_batch.errors import ExitCode, UsageError
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past, the_one_claim
from cpor_batch.pipeline.read_side_sheet import SideFile, SideRow, read_side_sheet
from cpor_batch.pipeline.record import change, fold, warn_of_late_opt_out
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.shared_keys import warn_of_other_holders
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import RECORDS, load_side_sheet

SCHEMA: Final = "cpor-batch.record-from/1"
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that was not recorded."""

    row: int
    claim: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRows:
    """What became of every row of the file."""

    run: str
    file: str
    rows: int
    recorded: int
    unchanged: int
    refused: tuple[RefusedRow, ...]
    is_dry_run: bool
    warnings: tuple[str, ...] = ()
    """A line for each opt-out that came late, and for each claim that holds a key of a recorded one too."""

    @property
    def exit_code(self) -> ExitCode:
        """1 where rows were refused."""
        return ExitCode.NEEDS_YOU if self.refused else ExitCode.DONE

    @property
    def counts(self) -> dict[str, int]:
        """The figures, in rows."""
        return {
            "rows": self.rows,
            "recorded": self.recorded,
            "unchanged": self.unchanged,
            "refused": len(self.refused),
        }

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "file": self.file,
            "counts": self.counts,
            "refused": [
                {"row": item.row, "claim": item.claim, "message": item.message, "hint": item.hint}
                for item in self.refused
            ],
            "warnings": list(self.warnings),
        }

    def lines(self, *, limit: int | None = _SHOWN) -> str:
        """Return the refused rows, one a line, at most `limit` of them."""
        shown = self.refused if limit is None else self.refused[:limit]
        lines = [f"{self.file}, row {item.row}: {item.message} {item.hint}".rstrip() for item in shown]
        left = len(self.refused) - len(shown)
        return "\n".join([*lines, f"... and {left:,} more; see them all with -v"] if left else lines)

    @property
    def closing_line(self) -> str:
        """How many rows were recorded, known before and refused."""
        done = "would be recorded" if self.is_dry_run else "recorded"
        return (
            f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}: {self.recorded:,} {done}, "
            f"{self.unchanged:,} recorded before, {len(self.refused):,} refused."
        )


def record_from_file(path: Path, workspace: Workspace, *, is_dry_run: bool = False) -> RecordedRows:
    """Record the good rows of the file; InputRefusedError where it cannot be read."""
    run = RunRecord(workspace=workspace, command="record")
    schema = load_side_sheet(workspace.assets, RECORDS)
    with open_ledger_of(workspace) as ledger, run.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with run.timed("read"):
            file = read_side_sheet(path, workspace, schema=schema)
        run.inputs.append(file.as_input)
        with run.timed("record"), nullcontext() if is_dry_run else ledger.write(run.as_run) as writing:
            batch = _Batch(ledger, workspace, run.run, file)
            for row in file.rows:
                batch.take(row)
            if writing is not None:
                writing.append(batch.events)
        recorded = RecordedRows(
            run=run.run,
            file=file.name,
            rows=len(file.rows),
            recorded=batch.recorded,
            unchanged=len(file.rows) - batch.recorded - len(batch.refused),
            refused=tuple(batch.refused),
            is_dry_run=is_dry_run,
            warnings=(*batch.warnings, *warn_of_other_holders(ledger, batch.changed, workspace)),
        )
        if not is_dry_run:
            run.counts.update(recorded.counts)
            run.write(recorded.exit_code, ledger_head=head_of(ledger))
    return recorded


@dataclass(slots=True)
class _Batch:
    """The rows so far: each is judged by what the rows before it have made of its claim."""

    ledger: Ledger
    workspace: Workspace
    run: str
    file: SideFile
    events: list[Event] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    recorded: int = 0
    _states: dict[ClaimReference, ClaimState] = field(default_factory=dict)
    _found: dict[str, ClaimReference | tuple[ClaimState, ...]] = field(default_factory=dict)
    """By what a row calls a claim: its reference, or none and several claims."""
    _just_now: dict[ClaimReference, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = {text for row in self.file.rows if (text := row.text("claim"))}
        for text, found in self.ledger.find_claims(texts).items():
            self._found[text] = found if isinstance(found, tuple) else found.reference
            if not isinstance(found, tuple):
                self._states[found.reference] = found

    @property
    def changed(self) -> tuple[ClaimState, ...]:
        """The claims of which something was recorded, as they are now."""
        return tuple(self._states[reference] for reference in self._just_now)

    def take(self, row: SideRow) -> None:
        """Judge one row and keep its events, or why it is refused."""
        claim = row.text("claim") or ""
        outcome = self._judge(row, claim)
        if isinstance(outcome, Refusal):
            number = row.source.row
            self.refused.append(
                RefusedRow(row=number, claim=claim, message=outcome.message, hint=outcome.hint)
            )
        elif outcome:
            self.events += outcome
            self.recorded += 1
            state = self._find(claim)
            self.warnings += warn_of_late_opt_out(state, outcome, self.workspace)
            self._states[state.reference] = fold(state, outcome)
            self._just_now[state.reference] = [*self._just_now.get(state.reference, ()), *outcome]

    def _judge(self, row: SideRow, claim: str) -> tuple[Event, ...] | Refusal:
        status = row.text("status")
        if row.faults:
            return Refusal(message=" ".join(row.faults), hint="")
        if not claim or not status:
            missing = "claim" if not claim else "status"
            return Refusal(message=f"The {missing} is blank.", hint="Fill it in, or delete the row.")
        try:
            state = self._find(claim)
        except UsageError as error:
            return Refusal(message=error.message, hint=error.hint)
        asked = Asked(status=status, on=row.day("on"), reason=row.text("reason"), source=row.source)
        just_now = self._just_now.get(state.reference, ())
        return change(self.ledger, state, asked, self.workspace, run=self.run, just_now=just_now)

    def _find(self, claim: str) -> ClaimState:
        found = self._found[claim]
        return the_one_claim(claim, found) if isinstance(found, tuple) else self._states[found]
