"""Undo a run: what it changed of each claim is put back by one more event, of all claims or of none."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from cpor_batch.domain.claim import ClaimKey, claim_key
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.reverting import Obstacle, build_reversion, find_obstacle
from cpor_batch.domain.standing import ClaimState, holds_key
from cpor_batch.errors import ExitCode, UsageError
from cpor_batch.ledger import Ledger, RecordedRun, Writing
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.reverted import Reverted
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace

_SHOWN_RUNS: Final = 5
_SHOWN_CLAIMS: Final = 10

Story = tuple[Event, ...]
"""All events of one claim, in their order."""


def revert(workspace: Workspace, run: str, *, reason: str, is_dry_run: bool = False) -> Reverted:
    """Undo the run of this ID, or of the only one that begins so, in one transaction.

    UsageError, and nothing is done, where there is no such run, where it changed no claim, and where other
    runs have changed its claims since.
    """
    if not reason.strip():
        raise UsageError("a reversion needs a reason.", hint="Say why with --reason.")
    record = RunRecord(workspace=workspace, command="revert")
    occasion = Occasion(run=record.run, actor=workspace.actor, today=workspace.today)
    with open_ledger_of(workspace) as ledger, record.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with ledger.write(record.as_run) as writing:
            target = find_run(ledger, run)
            stories = tuple(ledger.read_stories(target.run.id))
            events = _build_events(ledger, target, stories, occasion=occasion, reason=reason.strip())
            reverted = _carry_out(ledger, writing, target, stories, events)
            _refuse_double_holding(ledger, reverted, workspace)
            if is_dry_run:
                writing.rollback()
        if not is_dry_run:
            record.counts.update(reverted.counts)
            record.write(ExitCode.DONE, ledger_head=head_of(ledger))
    return reverted.as_dry_run() if is_dry_run else reverted


def find_run(ledger: Ledger, text: str) -> RecordedRun:
    """Return the run of this ID, or the only one that begins so; UsageError names the latest ones."""
    runs = tuple(ledger.runs())
    wanted = text.strip().casefold()
    found = [item for item in runs if wanted and item.run.id.casefold().startswith(wanted)]
    exact = [item for item in found if item.run.id.casefold() == wanted]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise UsageError(
            f'"{text}" begins the IDs of {len(found)} runs: {_listed_runs(found)}.', hint="Give more of it."
        )
    if not runs:
        raise UsageError(f'no run is called "{text}".', hint="This ledger has none yet.")
    raise UsageError(f'no run is called "{text}".', hint=f"The last ones are {_listed_runs(runs)}.")


def _listed_runs(runs: Sequence[RecordedRun]) -> str:
    return ", ".join(_named(item) for item in islice(reversed(runs), _SHOWN_RUNS))


def _named(item: RecordedRun) -> str:
    return f"{item.run.id} ({item.run.command}, {item.run.known_on})"


def _build_events(
    ledger: Ledger, target: RecordedRun, stories: Sequence[Story], *, occasion: Occasion, reason: str
) -> tuple[Event, ...]:
    found = (find_obstacle(story, target.run.id) for story in stories)
    obstacles = tuple(obstacle for obstacle in found if obstacle is not None)
    if obstacles:
        raise _refusal(ledger, target, obstacles)
    built = (build_reversion(story, target.run.id, occasion=occasion, reason=reason) for story in stories)
    events = tuple(event for event in built if event is not None)
    if not events:
        raise UsageError(
            f"run {_named(target)} changed no claim, so there is nothing to revert.",
            hint="What was made, sent or deleted cannot be taken back.",
        )
    return events


def _refusal(ledger: Ledger, target: RecordedRun, obstacles: Sequence[Obstacle]) -> UsageError:
    done_by = next((item.reverted_by for item in obstacles if item.reverted_by), None)
    known = {item.run.id: item for item in ledger.runs()}
    if done_by is not None:
        named = _named(known[done_by]) if done_by in known else done_by
        return UsageError(
            f"run {_named(target)} was reverted already, by {named}.",
            hint=f"To have it back, revert {done_by}.",
        )
    claims = [item.claim for item in obstacles]
    more = f" and {len(claims) - _SHOWN_CLAIMS:,} more" if len(claims) > _SHOWN_CLAIMS else ""
    first = {run for item in obstacles for run in item.runs}
    order = [item for name, item in reversed(known.items()) if name in first]
    return UsageError(
        f"run {_named(target)} cannot be reverted: other runs have changed "
        f"{', '.join(claims[:_SHOWN_CLAIMS])}{more} since. Nothing was done.",
        hint=f"Revert first: {', '.join(_named(item) for item in order)}.",
    )


def _carry_out(
    ledger: Ledger,
    writing: Writing,
    target: RecordedRun,
    stories: Sequence[Story],
    events: Sequence[Event],
) -> Reverted:
    references = [event.claim for event in events if event.claim is not None]
    before = {state.reference: state for state in ledger.read_states(references)}
    gone = [event.claim for event in events if event.claim is not None and event.status is None]
    documents = tuple(item for item in ledger.read_documents(gone) if item.sha256 is not None)
    appended = writing.append(events)
    after = {state.reference: state for state in ledger.read_states(references)}
    sent = {story[0].claim for story in stories if _has_mail(story, target)}
    return Reverted(
        run=writing.run.id,
        target=target,
        events=appended,
        before=before,
        after=after,
        documents=documents,
        sent=tuple(reference for reference in references if reference in sent),
    )


def _has_mail(story: Story, target: RecordedRun) -> bool:
    """Whether the claim's customer had mail since the run."""
    first = target.first_event or 0
    return any(event.kind is EventKind.DOCUMENT_SENT and (event.number or 0) > first for event in story)


def _refuse_double_holding(ledger: Ledger, reverted: Reverted, workspace: Workspace) -> None:
    """Raise UsageError where a claim would hold again what another one was given meanwhile."""
    again = {
        reference: state
        for reference, state in reverted.after.items()
        if _holds(state, workspace) and not _holds(reverted.before.get(reference), workspace)
    }
    keys = {reference: _keys_of(state, workspace) for reference, state in again.items()}
    wanted = Wanted(keys=frozenset[ClaimKey]().union(*keys.values()))
    rivals: dict[ClaimReference, ClaimState] = {}
    for other in ledger.read_known(wanted, today=workspace.today).claims if again else ():
        if other.reference in reverted.after or not _holds(other, workspace):
            continue
        others = _keys_of(other, workspace)
        if any(keys[name] & others and not _stand_together(again[name], other) for name in again):
            rivals[other.reference] = other
    if rivals:
        named = ", ".join(list(rivals)[:_SHOWN_CLAIMS])
        raise UsageError(
            f"run {_named(reverted.target)} cannot be reverted: {named} now holds what a claim of the run "
            "would hold again. Nothing was done.",
            hint="Withdraw that claim, or revert the run that recorded it, first.",
        )


def _holds(state: ClaimState | None, workspace: Workspace) -> bool:
    return state is not None and holds_key(state, workspace.edition_of(state))


def _keys_of(state: ClaimState, workspace: Workspace) -> frozenset[ClaimKey]:
    in_key = workspace.edition_of(state).settings.activity_in_key
    return frozenset(claim_key(state.claim, line, activity_in_key=in_key) for line in state.claim.lines)


def _stand_together(first: ClaimState, second: ClaimState) -> bool:
    """Whether somebody decided that the two are no obstacle to each other."""
    pairs: Mapping[ClaimReference, tuple[str, ...]] = {
        second.reference: first.stands_beside,
        first.reference: second.stands_beside,
    }
    return any(text.endswith(f"|{name}") for name, texts in pairs.items() for text in texts)
