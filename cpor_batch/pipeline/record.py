"""Record by hand what happened to one claim."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from cpor_batch.domain.event import Event
from cpor_batch.domain.lifecycle import Window, effective_status, find_missed_opt_out, find_waits, last_day
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.reverting import find_course
from cpor_batch.domain.standing import LAPSED, OPTED_OUT, ClaimState, apply_event
from cpor_batch.domain.transitions import Asked, Refusal, build_change
from cpor_batch.errors import ExitCode, UsageError
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import find_claim, head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.shared_keys import warn_of_other_holders
from cpor_batch.pipeline.workspace import Workspace

SCHEMA: Final = "cpor-batch.record/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One claim before and after, and the events between."""

    run: str
    before: ClaimState
    after: ClaimState
    events: tuple[Event, ...]
    windows: tuple[Window, ...]
    """Those that are open afterwards."""
    lapsed_on: date | None
    """The last day of its subscriptions, where it has lapsed."""
    is_dry_run: bool
    warnings: tuple[str, ...] = ()
    """A line for an opt-out that came late, and for each claim that holds a key of a recorded one too."""

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        from cpor_batch.reports.history import event_json

        return {
            "schema": SCHEMA,
            "run": self.run,
            "claim": self.after.reference,
            "status": self.after.status,
            "status_since": self.after.status_since.isoformat(),
            "recorded": len(self.events),
            "events": [event_json(event) for event in self.events],
            "warnings": list(self.warnings),
        }

    @property
    def text(self) -> str:
        """What was recorded, and what is open now."""
        lines = [f"{self._change}{' (nothing was written)' if self.is_dry_run and self.events else ''}."]
        lines += [
            f"Open until {window.closes_on}: {window.kind.replace('-', ' ')}" for window in self.windows
        ]
        if self.lapsed_on is not None:
            lines.append(f"It has lapsed: its subscription ended on {self.lapsed_on}.")
        return "\n".join(lines)

    @property
    def _change(self) -> str:
        before, after = self.before, self.after
        name = f"{after.reference} {after.claim.claim_name}"
        if after.status != before.status:
            return f"{name}: {before.status} -> {after.status} on {after.status_since}"
        if self.events:
            return f"{name}: customer notified by Microsoft on {after.notified_on}"
        return f"{name}: recorded before, nothing is new ({after.status} since {after.status_since})"


def record(workspace: Workspace, claim: str, asked: Asked, *, is_dry_run: bool = False) -> Recorded:
    """Record a change of one claim; UsageError where no claim is called so or the change cannot be."""
    return record_as("record", workspace, claim, asked, is_dry_run=is_dry_run)


def record_as(
    command: str, workspace: Workspace, claim: str, asked: Asked, *, is_dry_run: bool = False
) -> Recorded:
    """Record a change under the name of the command that asked for it."""
    run = RunRecord(workspace=workspace, command=command)
    with open_ledger_of(workspace) as ledger, run.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with nullcontext() if is_dry_run else ledger.write(run.as_run) as writing:
            state = find_claim(ledger, claim)
            ledger.require_sound(state.reference)
            events = change(ledger, state, asked, workspace, run=run.run)
            if isinstance(events, Refusal):
                raise UsageError(events.message, hint=events.hint)
            if writing is not None:
                events = writing.append(events)
        recorded = _recorded(state, events, workspace, run, is_dry_run=is_dry_run)
        if events:
            late = warn_of_late_opt_out(state, events, workspace)
            warnings = (*late, *warn_of_other_holders(ledger, (recorded.after,), workspace))
            recorded = replace(recorded, warnings=warnings)
        if events and not is_dry_run:
            run.counts.update(events=len(events))
            run.write(ExitCode.DONE, ledger_head=head_of(ledger))
    return recorded


def change(
    ledger: Ledger,
    state: ClaimState,
    asked: Asked,
    workspace: Workspace,
    *,
    run: str,
    just_now: Sequence[Event] = (),
) -> tuple[Event, ...] | Refusal:
    """Return the events of a change, or why it cannot be; `just_now` are events not yet in the ledger."""
    return build_change(
        state,
        asked,
        edition=workspace.edition_of(state),
        calendars=workspace.rulebook.calendars,
        occasion=Occasion(run=run, actor=workspace.actor, today=workspace.today),
        past=lambda: find_course([*ledger.read_events(state.reference), *just_now]),
    )


def warn_of_late_opt_out(
    before: ClaimState, events: Sequence[Event], workspace: Workspace
) -> tuple[str, ...]:
    """Return a line where the claim was opted out after its window: accepted, for it is Microsoft's word."""
    on = next((event.occurred_on for event in events if event.status == OPTED_OUT), None)
    if on is None:
        return ()
    window = find_missed_opt_out(
        before, on, edition=workspace.edition_of(before), calendars=workspace.rulebook.calendars
    )
    if window is None:
        return ()
    assumed = " (assumed: Microsoft's notice is not recorded)" if window.is_assumed else ""
    said = (
        f"Warning: {before.reference} is opted out on {on}, but the customer's opt-out window had closed on "
    )
    return (f"{said}{window.closes_on}{assumed}. Look whether the date is right.",)


def fold(state: ClaimState, events: Sequence[Event]) -> ClaimState:
    """Return the claim after the events."""
    for event in events:
        state = apply_event(state, event) or state
    return state


def _recorded(
    state: ClaimState, events: tuple[Event, ...], workspace: Workspace, run: RunRecord, *, is_dry_run: bool
) -> Recorded:
    today = workspace.today
    after = fold(state, events)
    windows = find_waits(
        after, edition=workspace.edition_of(after), calendars=workspace.rulebook.calendars, today=today
    )
    return Recorded(
        run=run.run,
        before=state,
        after=after,
        events=events,
        windows=tuple(window for window in windows if window.is_open(today)),
        lapsed_on=last_day(after.claim) if effective_status(after, today=today) == LAPSED else None,
        is_dry_run=is_dry_run,
    )
