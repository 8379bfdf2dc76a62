"""What needs a decision, side by side: to read, or as a workbook to decide in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from cpor_batch import __version__, clock
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import ExitCode, OutputError
from cpor_batch.pipeline.open_conflicts import OpenConflicts, find_open
from cpor_batch.pipeline.open_ledger import open_ledger_of
from cpor_batch.pipeline.workspace import Workspace

SCHEMA: Final = "cpor-batch.conflicts/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedConflicts:
    """The conflicts that wait for a decision."""

    conflicts: tuple[Conflict, ...]
    held: int
    """Claims that are held."""
    changes: int
    """Changes of claims with Microsoft that wait for a decision."""
    free: tuple[ClaimState, ...]
    """Held claims and changes that nothing stands against any more."""
    as_of: date
    written: Path | None = None
    """The workbook to decide in, where one was asked for."""
    kept: Path | None = None
    """An earlier workbook of that name, which may hold decisions, under its new one."""

    @property
    def exit_code(self) -> ExitCode:
        """1 while anything is open."""
        return ExitCode.NEEDS_YOU if self.conflicts or self.held or self.changes else ExitCode.DONE

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        from cpor_batch.reports.conflict_text import open_conflict_json

        return {
            "schema": SCHEMA,
            "as_of": self.as_of.isoformat(),
            "held_claims": self.held,
            "waiting_changes": self.changes,
            "conflicts": [open_conflict_json(conflict, today=self.as_of) for conflict in self.conflicts],
            "free": [state.reference for state in self.free],
        }

    @property
    def text(self) -> str:
        """The conflicts side by side."""
        from cpor_batch.reports.conflict_text import render_conflicts_text

        return render_conflicts_text(self.conflicts, today=self.as_of)

    @property
    def closing_line(self) -> str:
        """How much is open, and what to do next."""
        if self.exit_code is ExitCode.DONE:
            return "No conflict is open."
        number, held = len(self.conflicts), self.held
        conflicts = "1 conflict is" if number == 1 else f"{number:,} conflicts are"
        claims = {0: "no claim is", 1: "1 claim is"}.get(held, f"{held:,} claims are")
        parts = [f"{conflicts} open and {claims} held."]
        if held:
            parts.append("What is held holds no key and gets no documents.")
        if self.changes:
            changes = "1 change waits" if self.changes == 1 else f"{self.changes:,} changes wait"
            parts.append(f"{changes} beside claims that Microsoft has; those stay as they are.")
        if self.free:
            names = ", ".join(state.reference for state in self.free[:5])
            parts.append(f"Nothing stands against {names} any more: the next resolve releases what is free.")
        parts.append(self._next_step)
        return " ".join(parts)

    @property
    def _next_step(self) -> str:
        if self.written is not None:
            return f"Next: choose in the yellow cells, then cpor-batch resolve {self.written}"
        return "Next: cpor-batch conflicts --xlsx decisions.xlsx, decide in it, then cpor-batch resolve"


def write_conflict_page(listed: ListedConflicts, workspace: Workspace, path: Path) -> None:
    """Write the conflicts as a page; OutputError where it cannot be written."""
    from cpor_batch.pipeline.render import write_report
    from cpor_batch.reports.conflict_report import build_conflict_report

    report = build_conflict_report(
        listed.conflicts,
        held=listed.held,
        free=len(listed.free),
        lead=listed.closing_line,
        as_of=listed.as_of,
        made_at=clock.now(),
        tool_version=__version__,
    )
    write_report(report, workspace, path, form="html")


def list_conflicts(workspace: Workspace, *, workbook: Path | None = None) -> ListedConflicts:
    """Return the open conflicts of the workspace's ledger; `workbook` is written to decide in."""
    with open_ledger_of(workspace) as ledger:
        found = find_open(ledger, workspace)
    kept = _keep_earlier(workbook) if workbook is not None else None
    if workbook is not None:
        _write(found, workspace, workbook)
    return ListedConflicts(
        conflicts=found.conflicts,
        held=len(found.held),
        changes=len(found.changes),
        free=found.free,
        as_of=workspace.today,
        written=workbook,
        kept=kept,
    )


def _keep_earlier(path: Path) -> Path | None:
    """Move a workbook that is there already out of the way, and return where it is now."""
    if not path.is_file():
        return None
    earlier = path.with_name(f"{path.stem}.old{path.suffix}")
    try:
        path.replace(earlier)
    except OSError as error:
        raise OutputError(
            f"the earlier workbook cannot be moved out of the way ({error.strerror or error}).",
            hint="Close it in Excel, or give another name.",
            where=str(path),
        ) from error
    return earlier


def _write(found: OpenConflicts, workspace: Workspace, path: Path) -> None:
    from cpor_batch.reports.decision_workbook import DecisionSheet, write_decision_workbook

    write_decision_workbook(
        DecisionSheet(
            conflicts=found.conflicts,
            states=found.states,
            held=len(found.held),
            as_of=workspace.today,
            made_at=clock.now(),
            tool_version=__version__,
        ),
        path,
    )
