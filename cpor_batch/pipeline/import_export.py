"""Take over what a Partner Center export says: claim IDs, statuses, notices; in one transaction."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference, claim_reference_for
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState, apply_event, holds_key
from cpor_batch.errors import ExitCode
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.match_rules import MatchRules
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.read_export import ExportRead, read_export
from cpor_batch.pipeline.recognise import OtherUse
from cpor_batch.pipeline.refuse_others import refuse_other_uses
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.shared_keys import warn_of_other_holders
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import (
    Adoption,
    Ambiguous,
    Drift,
    DriftKind,
    ExportClaim,
    Matched,
    Unknown,
    adopt,
    group_lines,
    match_claims,
    take_over,
    wanted_of,
)

SCHEMA: Final = "cpor-batch.import/1"
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One claim that the export changed, or that was adopted."""

    claim: ExportClaim
    name: str
    before: ClaimState | None
    """None for an adopted claim."""
    events: tuple[Event, ...]

    @property
    def reference(self) -> str:
        """The claim's reference."""
        return str(self.events[0].claim)

    @property
    def after(self) -> ClaimState | None:
        """The claim afterwards."""
        state = self.before
        for event in self.events:
            state = apply_event(state, event) or state
        return state

    @property
    def status(self) -> str:
        """The status afterwards."""
        given = [event.status for event in self.events if event.status is not None]
        return given[-1] if given else self.before.status if self.before else ""

    @property
    def text(self) -> str:
        """The change in words."""
        if self.before is None:
            return f"{self.reference} {self.name}: adopted as {self.status}"
        news = [] if self.status == self.before.status else [f"{self.before.status} -> {self.status}"]
        for event in self.events:
            news += [
                f"{key.replace('_', ' ')} {value}"
                for key, value in event.after.items()
                if key != "status" and value is not None
            ]
        return f"{self.reference} {self.name}: {', '.join(news)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of every claim of the export."""

    run: str
    export: ExportRead
    claims: int
    changed: tuple[Change, ...]
    adopted: tuple[Change, ...]
    unchanged: int
    drifts: tuple[Drift, ...]
    is_dry_run: bool
    warnings: tuple[str, ...] = ()
    """A line for each claim that holds a key of a recorded one too."""

    def drifts_of(self, kind: DriftKind) -> tuple[Drift, ...]:
        """Return the drifts of one kind."""
        return tuple(drift for drift in self.drifts if drift.kind is kind)

    @property
    def exit_code(self) -> ExitCode:
        """1 where somebody has to look: unknown, ambiguous or contradicting claims, unreadable rows."""
        return ExitCode.NEEDS_YOU if self.drifts or self.export.refused else ExitCode.DONE

    @property
    def counts(self) -> dict[str, int]:
        """The figures: rows of the export, then claims."""
        return {
            "rows": self.export.rows,
            "refused_rows": len(self.export.refused),
            "skipped_rows": self.export.skipped,
            "claims": self.claims,
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "adopted": len(self.adopted),
            "unknown": len(self.drifts_of(DriftKind.UNKNOWN)),
            "ambiguous": len(self.drifts_of(DriftKind.AMBIGUOUS)),
            "contradicting": len(self.drifts_of(DriftKind.STATUS)),
        }

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "file": self.export.file.name,
            "counts": self.counts,
            "changes": [_change_json(change) for change in (*self.changed, *self.adopted)],
            "warnings": list(self.warnings),
            "drift": [_drift_json(drift) for drift in self.drifts],
            "refused": [{"row": row.source.row, "message": row.message} for row in self.export.refused],
        }

    def lines(self, *, limit: int | None = _SHOWN) -> str:
        """Return what changed and what needs a look, one a line, at most `limit` of each."""
        blocks = (
            [change.text for change in (*self.changed, *self.adopted)],
            [_drift_line(drift) for drift in self.drifts],
            [f"{row.source.file}, row {row.source.row}: {row.message}" for row in self.export.refused],
        )
        return "\n".join(line for block in blocks for line in _cut(block, limit))

    @property
    def warning_lines(self) -> tuple[str, ...]:
        """Who else holds what the export gave to somebody, one a line."""
        return tuple(_cut(list(self.warnings), _SHOWN))

    @property
    def closing_line(self) -> str:
        """How many claims changed, and what to do next."""
        counts = self.counts
        names = ("changed", "adopted", "unchanged", "unknown", "ambiguous", "contradicting")
        figures = [f"{counts[name]:,} {name}" for name in names if counts[name]]
        claims = "1 claim" if self.claims == 1 else f"{self.claims:,} claims"
        done = f"{claims} in the export: {', '.join(figures) or 'none'}"
        if counts["refused_rows"]:
            done += f"; {counts['refused_rows']:,} rows cannot be read"
        return f"{done}.{' Nothing was written.' if self.is_dry_run else ''} {self._next_step}"

    @property
    def _next_step(self) -> str:
        if self.drifts_of(DriftKind.UNKNOWN):
            return "Next: ingest the workbooks of the unknown claims, or add --adopt"
        if not self.changed and not self.adopted:
            return "Nothing is new. Next: cpor-batch status"
        return "Next: cpor-batch status"


def import_export(
    path: Path, workspace: Workspace, *, is_adopting: bool = False, is_dry_run: bool = False
) -> Imported:
    """Take over the export and leave run.json; InputRefusedError where it cannot be read."""
    run = RunRecord(workspace=workspace, command="import")
    with open_ledger_of(workspace) as ledger, run.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with run.timed("read"):
            refuse_other_uses(path, workspace, takes=frozenset({OtherUse.COPY_SHEETS}))
            export = read_export(path, workspace)
        run.inputs.append(export.file.as_input)
        with run.timed("record"), nullcontext() if is_dry_run else ledger.write(run.as_run) as writing:
            taking = _Taking(workspace, run.run, is_adopting=is_adopting)
            if writing is not None:
                taking.new_reference = writing.new_reference
            taking.take(ledger, export)
            if writing is not None:
                writing.append(taking.events())
        imported = Imported(
            run=run.run,
            export=export,
            claims=taking.claims,
            changed=tuple(taking.changed),
            adopted=tuple(taking.adopted),
            unchanged=taking.unchanged,
            drifts=tuple(taking.drifts),
            is_dry_run=is_dry_run,
            warnings=warn_of_other_holders(ledger, taking.holders, workspace),
        )
        if not is_dry_run:
            run.counts.update(imported.counts)
            run.write(imported.exit_code, ledger_head=head_of(ledger))
    return imported


def _first_reference(claim: Claim) -> ClaimReference:
    return claim_reference_for(claim.natural_identity)


@dataclass(slots=True)
class _Taking:
    """What the export brings, claim by claim."""

    workspace: Workspace
    run: str
    is_adopting: bool = field(kw_only=True)
    new_reference: Callable[[Claim], ClaimReference] = field(default=_first_reference, kw_only=True)
    claims: int = 0
    changed: list[Change] = field(default_factory=list)
    adopted: list[Change] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    unchanged: int = 0

    def take(self, ledger: Ledger, export: ExportRead) -> None:
        """Match every claim of the export and keep what becomes of it."""
        claims = group_lines(export.lines)
        known = ledger.read_known(wanted_of(claims), today=self.workspace.today)
        rules = MatchRules(workspace=self.workspace)
        matches = match_claims(claims, known, may_be=rules.may_be, is_alive=rules.is_alive)
        self.claims = len(matches)
        for match in matches:
            match match:
                case Matched():
                    self._take_over(match, export)
                case Unknown() if self.is_adopting:
                    self._adopt(match, export)
                case Unknown():
                    self.drifts.append(_unknown(match.claim, match.reason))
                case Ambiguous():
                    self.drifts.append(_ambiguous(match))

    def events(self) -> Iterator[Event]:
        """Yield all events, in the order of the export."""
        for change in (*self.changed, *self.adopted):
            yield from change.events

    @property
    def holders(self) -> tuple[ClaimState, ...]:
        """The claims that may have taken a key by what the export says, as they are now."""
        changes = ((change.before, change.after) for change in (*self.changed, *self.adopted))
        return tuple(after for before, after in changes if after and self._may_take(before, after))

    def _may_take(self, before: ClaimState | None, after: ClaimState) -> bool:
        if before is None or before.claim.lines != after.claim.lines:
            return True
        return not holds_key(before, self.workspace.edition_of(before))

    @property
    def _occasion(self) -> Occasion:
        return Occasion(run=self.run, actor=self.workspace.actor, today=self.workspace.today)

    def _take_over(self, match: Matched, export: ExportRead) -> None:
        edition = self.workspace.edition_of(match.state)
        taken = take_over(match, edition=edition, words=export.words, occasion=self._occasion)
        if taken.drift is not None:
            self.drifts.append(taken.drift)
        if taken.events:
            name = match.state.claim.claim_name
            self.changed.append(Change(claim=match.claim, name=name, before=match.state, events=taken.events))
        elif taken.drift is None:
            self.unchanged += 1

    def _adopt(self, match: Unknown, export: ExportRead) -> None:
        adoption = adopt(
            match.claim,
            edition=self.workspace.rulebook.edition,
            words=export.words,
            house=self.workspace.house,
            occasion=self._occasion,
            new_reference=self.new_reference,
        )
        if isinstance(adoption, Adoption):
            state = adoption.event.state
            name = state.claim_name if state else ""
            change = Change(claim=match.claim, name=name, before=None, events=(adoption.event,))
            self.adopted.append(change)
        else:
            self.drifts.append(_unknown(match.claim, adoption))


def _named(claim: ExportClaim) -> str:
    name = claim.first(lambda line: line.claim_name) or claim.first(lambda line: line.customer_name)
    return " ".join(filter(None, (claim.claim_id, name))) or "a claim"


def _unknown(claim: ExportClaim, reason: str) -> Drift:
    return Drift(
        kind=DriftKind.UNKNOWN,
        message=f"{_named(claim)} is not known: {reason}.",
        hint="Ingest the workbook that brings it, or take it over with --adopt.",
        claim=claim,
    )


def _ambiguous(match: Ambiguous) -> Drift:
    return Drift(
        kind=DriftKind.AMBIGUOUS,
        message=f"{_named(match.claim)} cannot be told apart: {match.reason}.",
        hint="Put the Partner Center claim ID into the workbook of the right claim and ingest it.",
        claim=match.claim,
        states=match.states,
    )


def _drift_line(drift: Drift) -> str:
    source = drift.claim.source if drift.claim else None
    where = f"{source.file}, row {source.row}: " if source else ""
    return f"{where}{drift.message} {drift.hint}"


def _drift_json(drift: Drift) -> dict[str, Any]:  # Any: what JSON can say
    claim = drift.claim
    return {
        "kind": str(drift.kind),
        "row": claim.source.row if claim else None,
        "claim_id": claim.claim_id if claim else None,
        "status": claim.latest.status if claim else None,
        "references": [state.reference for state in drift.states],
        "message": drift.message,
        "hint": drift.hint,
    }


def _change_json(change: Change) -> dict[str, Any]:  # Any: what JSON can say
    return {
        "claim": change.reference,
        "claim_name": change.name,
        "partner_center_claim_id": change.claim.claim_id,
        "row": change.claim.source.row,
        "adopted": change.before is None,
        "before": change.before.status if change.before else None,
        "status": change.status,
        "events": [str(event.kind) for event in change.events],
    }


def _cut(lines: list[str], limit: int | None) -> list[str]:
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"... and {len(lines) - limit:,} more; see them all with -v"]
