"""What became of a run that was undone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cpor_batch.domain.document import DocumentRecord
from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import FORGOTTEN, ClaimState
from cpor_batch.ledger import RecordedRun
from cpor_batch.reports.words import count

SCHEMA: Final = "cpor-batch.revert/1"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverted:
    """The claims before and after, and what nobody can take back."""

    run: str
    target: RecordedRun
    """The run that was undone."""
    events: tuple[Event, ...]
    before: Mapping[ClaimReference, ClaimState]
    after: Mapping[ClaimReference, ClaimState]
    """Claims that stand afterwards; forgotten ones are missing."""
    documents: tuple[DocumentRecord, ...]
    """Documents of forgotten claims: the ledger knows them no more, the files stay."""
    sent: tuple[ClaimReference, ...]
    """Claims whose customers had mail."""
    is_dry_run: bool = False

    def as_dry_run(self) -> "Reverted":
        """Return the same, of which nothing was kept."""
        return replace(self, is_dry_run=True)

    @property
    def forgotten(self) -> tuple[ClaimReference, ...]:
        """The claims that are known no more, in order of reference."""
        return tuple(event.claim for event in self.events if event.claim and event.claim not in self.after)

    @property
    def put_back(self) -> tuple[ClaimReference, ...]:
        """The claims that are again what they were, in order of reference."""
        return tuple(event.claim for event in self.events if event.claim and event.claim in self.after)

    @property
    def counts(self) -> dict[str, int]:
        """The figures, in claims and documents."""
        return {
            "forgotten": len(self.forgotten),
            "put_back": len(self.put_back),
            "documents_left": len(self.documents),
        }

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "reverted_run": self.target.run.id,
            "command": self.target.run.command,
            "known_on": self.target.run.known_on.isoformat(),
            "dry_run": self.is_dry_run,
            "counts": self.counts,
            "claims": [
                {
                    "reference": event.claim,
                    "before": str(event.before.get("status") or self._status_of(event.claim)),
                    "after": event.status or FORGOTTEN,
                }
                for event in self.events
                if event.claim is not None
            ],
            "documents_left": [item.path for item in self.documents],
            "sent": list(self.sent),
        }

    def lines(self, *, limit: int | None = _SHOWN) -> str:
        """Return each claim with what it was and is, then the files that stay, `limit` of each."""
        claims = [self._line(event.claim) for event in self.events if event.claim is not None]
        files = [f"  out/{item.path}" for item in self.documents]
        lines = _cut(claims, limit)
        if files:
            lines += ["Documents that the ledger knows no more; the files stay:", *_cut(files, limit)]
        if self.sent:
            lines.append(f"Customers had mail for {', '.join(_cut(list(self.sent), limit))}: tell them.")
        return "\n".join(lines)

    def _line(self, reference: ClaimReference) -> str:
        state = self.after.get(reference) or self.before.get(reference)
        name = f"{reference} {state.claim.claim_name}" if state else reference
        return f"{name}: {self._status_of(reference)} -> {self._status_after(reference)}"

    def _status_of(self, reference: ClaimReference) -> str:
        return self.before[reference].status if reference in self.before else FORGOTTEN

    def _status_after(self, reference: ClaimReference) -> str:
        return self.after[reference].status if reference in self.after else FORGOTTEN

    @property
    def closing_line(self) -> str:
        """How many claims are what they were, and what to do next."""
        target = self.target.run
        parts = [f"{count(len(self.forgotten), 'claim')} forgotten"] if self.forgotten else []
        if self.put_back:
            parts.append(f"{count(len(self.put_back), 'claim')} put back")
        wrote = " Nothing was written (--dry-run)." if self.is_dry_run else ""
        next_step = (
            f"Next: cpor-batch revert {target.id} --reason TEXT"
            if self.is_dry_run
            else "Next: cpor-batch status"
        )
        run = f"Run {target.id} ({target.command}, {target.known_on})"
        return f"{run} reverted: {', '.join(parts)}.{wrote} {next_step}"


def _cut(lines: list[str], limit: int | None) -> list[str]:
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"and {len(lines) - limit:,} more"]
