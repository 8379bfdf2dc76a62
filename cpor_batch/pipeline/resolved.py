"""What became of a workbook of decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.errors import ExitCode
from cpor_batch.pipeline.open_conflicts import OpenConflicts

SCHEMA: Final = "cpor-batch.resolve/1"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A decision that was carried out."""

    id: str
    conflict: Conflict
    decision: str
    reason: str | None
    withdrawn: tuple[ClaimReference, ...]
    dropped: tuple[ClaimReference, ...]
    """Claims with Microsoft whose change was given up."""
    released: tuple[ClaimReference, ...]
    waiting: tuple[ClaimReference, ...]
    """Claims that stand and are still held for other conflicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row that was not carried out."""

    row: int
    id: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Everything that the workbook brought about, and what is open still."""

    run: str
    file: str
    settled: tuple[Settled, ...]
    skipped: tuple[Skipped, ...]
    before: int
    """Decisions that were carried out before, by this workbook or a copy of it."""
    released: tuple[ClaimReference, ...]
    """Every claim that was released, also those that nothing stood against any more."""
    withdrawn: tuple[ClaimReference, ...]
    dropped: tuple[ClaimReference, ...]
    left: OpenConflicts
    is_dry_run: bool

    @property
    def exit_code(self) -> ExitCode:
        """1 while any conflict is open."""
        is_open = self.left.conflicts or self.left.held or self.left.changes
        return ExitCode.NEEDS_YOU if is_open else ExitCode.DONE

    @property
    def counts(self) -> dict[str, int]:
        """The figures, in conflicts and claims."""
        return {
            "decided": len(self.settled),
            "decided_before": self.before,
            "skipped": len(self.skipped),
            "released": len(self.released),
            "withdrawn": len(self.withdrawn),
            "dropped": len(self.dropped),
            "open": len(self.left.conflicts),
        }

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        from cpor_batch.reports.conflict_text import name_conflict

        return {
            "schema": SCHEMA,
            "run": self.run,
            "file": self.file,
            "dry_run": self.is_dry_run,
            "counts": self.counts,
            "decided": [
                {
                    "id": item.id,
                    "conflict": name_conflict(item.conflict),
                    "kind": str(item.conflict.kind),
                    "decision": item.decision,
                    "reason": item.reason,
                    "released": list(item.released),
                    "withdrawn": list(item.withdrawn),
                    "dropped": list(item.dropped),
                    "still_held": list(item.waiting),
                }
                for item in self.settled
            ],
            "skipped": [
                {"row": item.row, "id": item.id, "message": item.message, "hint": item.hint}
                for item in self.skipped
            ],
            "released": list(self.released),
            "withdrawn": list(self.withdrawn),
            "dropped": list(self.dropped),
        }

    @property
    def text(self) -> str:
        """What each decision did, then what was skipped and why."""
        from cpor_batch.reports.safe_text import printable

        lines = [self._settled_line(item) for item in self.settled]
        of_decisions = {reference for item in self.settled for reference in item.released}
        free = [reference for reference in self.released if reference not in of_decisions]
        if free:
            lines.append(f"Nothing stood against them any more: {_listed(free)} released.")
        lines += [
            f"{self.file}, row {item.row}: {item.message} {item.hint}".rstrip() for item in self.skipped
        ]
        return "\n".join(printable(line) for line in lines)

    def _settled_line(self, item: Settled) -> str:
        from cpor_batch.reports.conflict_text import name_conflict

        did = [
            f"{_listed(item.released)} released" if item.released else "",
            f"{_listed(item.withdrawn)} withdrawn" if item.withdrawn else "",
            f"the change of {_listed(item.dropped)} dropped" if item.dropped else "",
            f"{_listed(item.waiting)} still held for another conflict" if item.waiting else "",
        ]
        outcome = "; ".join(filter(None, did)) or "nothing had to change"
        return f"{name_conflict(item.conflict)}: {item.decision[:1].lower()}{item.decision[1:]}: {outcome}."

    @property
    def closing_line(self) -> str:
        """How much was decided, skipped and left open, and what to do next."""
        decided = len(self.settled)
        parts = [f"{decided:,} {'conflict' if decided == 1 else 'conflicts'} decided"]
        if self.before:
            parts.append(f"{self.before:,} decided before")
        if self.skipped:
            parts.append(f"{len(self.skipped):,} skipped")
        parts.append(f"{len(self.left.conflicts):,} still open")
        wrote = " Nothing was written (--dry-run)." if self.is_dry_run else ""
        return f"{', '.join(parts)}.{wrote} {self._next_step}"

    @property
    def _next_step(self) -> str:
        if self.is_dry_run:
            return f"Next: cpor-batch resolve {self.file}"
        if self.left.conflicts:
            return "Next: cpor-batch conflicts"
        return "Next: cpor-batch documents" if self.released else "Next: cpor-batch status"


def _listed(references: Sequence[ClaimReference]) -> str:
    more = f" and {len(references) - _SHOWN:,} more" if len(references) > _SHOWN else ""
    return f"{', '.join(references[:_SHOWN])}{more}"
