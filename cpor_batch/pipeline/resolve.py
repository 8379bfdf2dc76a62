"""Take decisions on conflicts back from a workbook: record who decided what and why, release or withdraw."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from cpor_batch.conflicts import (
    NOTHING_LEFT,
    Decided,
    Effect,
    build_decision_events,
    build_release,
    find_contradictions,
    join_reasons,
    judge_decision,
)
from cpor_batch.domain.decision import conflict_id
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.transitions import Refusal
from cpor_batch.ledger import Ledger, Writing
from cpor_batch.pipeline.open_conflicts import OpenConflicts, find_open
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.read_decisions import Answer, read_answers
from cpor_batch.pipeline.read_side_sheet import SideFile, read_side_sheet
from cpor_batch.pipeline.resolved import Resolved, Settled, Skipped
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import DECISIONS, load_side_sheet

_WRONG_FILE: Final = "Give the workbook that cpor-batch conflicts --xlsx FILE.xlsx wrote."
_NEW_WORKBOOK: Final = "Write a new workbook with cpor-batch conflicts --xlsx and decide again."
# What leaves a claim as the workbook showed it. A decision on another conflict is no reason to ask again.
_NO_CHANGE: Final = frozenset(
    {
        EventKind.DECIDED,
        EventKind.DOCUMENT_ISSUED,
        EventKind.DOCUMENT_SENT,
        EventKind.RECONCILED,
        EventKind.CONTACT_PURGED,
    }
)


def resolve(path: Path, workspace: Workspace, *, is_dry_run: bool = False) -> Resolved:
    """Carry out the decisions of the workbook, all in one transaction; InputRefusedError if it is not one.

    A decision about claims that have changed since the workbook was written is reported and skipped, and so
    is one that cannot be carried out; the others are. What is blank stays open.
    """
    record = RunRecord(workspace=workspace, command="resolve")
    schema = load_side_sheet(workspace.assets, DECISIONS)
    with open_ledger_of(workspace) as ledger, record.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with record.timed("read"):
            file = read_side_sheet(path, workspace, schema=schema, hint=_WRONG_FILE)
        record.inputs.append(file.as_input)
        with record.timed("record"), ledger.write(record.as_run) as writing:
            resolving = _Resolving(ledger, writing, workspace, record)
            resolved = replace(resolving.carry_out(file), is_dry_run=is_dry_run)
            if is_dry_run:
                writing.rollback()
        if not is_dry_run:
            record.counts.update(resolved.counts)
            record.write(resolved.exit_code, ledger_head=head_of(ledger))
    return resolved


@dataclass(slots=True)
class _Resolving:
    """One workbook of decisions within the ledger's transaction."""

    ledger: Ledger
    writing: Writing
    workspace: Workspace
    record: RunRecord
    skipped: list[Skipped] = field(default_factory=list)
    before: int = 0

    @property
    def occasion(self) -> Occasion:
        return Occasion(run=self.record.run, actor=self.workspace.actor, today=self.workspace.today)

    def carry_out(self, file: SideFile) -> Resolved:
        answers, problems = read_answers(file.rows)
        for source, conflict, refusal in problems:
            self._skip(source.row, conflict, refusal)
        found = find_open(self.ledger, self.workspace)
        effects = self._consistent(list(self._effects(answers, found)))
        self.writing.append(
            build_decision_events(effects, found.states, open_conflicts=found.asked, occasion=self.occasion)
        )
        after = find_open(self.ledger, self.workspace)
        released = self._release(after.free, effects)
        left = replace(
            after, states={name: state for name, state in after.states.items() if name not in released}
        )
        gives_way = sorted({name for effect in effects for name in effect.gives_way})
        dropped = {name for name in gives_way if found.states[name].held_change is not None}
        return Resolved(
            run=self.record.run,
            file=file.name,
            settled=tuple(_settled(effect, released, dropped, left) for effect in effects),
            skipped=tuple(sorted(self.skipped, key=lambda item: item.row)),
            before=self.before,
            released=released,
            withdrawn=tuple(name for name in gives_way if name not in dropped),
            dropped=tuple(sorted(dropped)),
            left=left,
            is_dry_run=False,
        )

    def _effects(self, answers: Sequence[Answer], found: OpenConflicts) -> Iterator[Effect]:
        """Yield what the decisions would do; what cannot be carried out is skipped."""
        conflicts = {conflict_id(conflict): conflict for conflict in found.conflicts}
        for answer in answers:
            conflict = conflicts.get(answer.conflict)
            changes = self._find_changes(answer)
            if conflict is None and self._is_decided_already(answer):
                self.before += 1
                continue
            if conflict is None or changes:
                self._skip(answer.source.row, answer.conflict, _changed(changes))
                continue
            decided = Decided(
                conflict=conflict, decision=answer.decision, reason=answer.reason, source=answer.source
            )
            effect = judge_decision(decided, found.states, may_withdraw=self._may_withdraw)
            if isinstance(effect, Refusal):
                self._skip(answer.source.row, answer.conflict, effect)
            else:
                yield effect

    def _consistent(self, effects: list[Effect]) -> list[Effect]:
        contradictions = find_contradictions(effects)
        for index, refusal in contradictions.items():
            decided = effects[index].decided
            self._skip(decided.source.row, conflict_id(decided.conflict), refusal)
        return [effect for index, effect in enumerate(effects) if index not in contradictions]

    def _release(self, free: Sequence[ClaimState], effects: Sequence[Effect]) -> tuple[ClaimReference, ...]:
        """Release the claims that nothing stands against any more and return their references."""
        events: list[Event] = []
        for state in free:
            causes = [effect for effect in effects if state.reference in effect.claims]
            events.append(
                build_release(
                    state,
                    edition=self.workspace.edition_of(state),
                    occasion=self.occasion,
                    reason=join_reasons(causes) if causes else NOTHING_LEFT,
                    source=causes[0].decided.source if causes else None,
                )
            )
        self.writing.append(events)
        return tuple(state.reference for state in free)

    def _may_withdraw(self, state: ClaimState) -> bool:
        """Whether a claim that is not held is ours to withdraw: Microsoft does not have it yet."""
        ours = self.workspace.house.partners
        is_early = state.status == self.workspace.edition_of(state).settings.first_status
        return is_early and not state.is_adopted and (not ours or state.claim.mpn_id in ours)

    def _find_changes(self, answer: Answer) -> tuple[str, ...]:
        """Return what has happened to the claims since the workbook was written, in words."""
        states = {state.reference: state for state in self.ledger.read_states(answer.seen)}
        changes = []
        for reference, number in answer.seen.items():
            state = states.get(ClaimReference(reference))
            if state is None:
                changes.append(f"{reference} is not in this ledger")
            elif state.last_event != number and self._has_changed(state, number):
                changes.append(f"{reference} has changed and is {state.status} now")
        return tuple(changes)

    def _has_changed(self, state: ClaimState, number: int) -> bool:
        later = (event for event in self.ledger.read_events(state.reference) if (event.number or 0) > number)
        return state.last_event < number or any(event.kind not in _NO_CHANGE for event in later)

    def _is_decided_already(self, answer: Answer) -> bool:
        """Whether this very decision was carried out before."""
        return any(
            event.kind is EventKind.DECIDED
            and event.after.get("conflict") == answer.conflict
            and event.after.get("decision") == answer.decision.words
            for reference in answer.seen
            for event in self.ledger.read_events(reference)
        )

    def _skip(self, row: int, conflict: str, refusal: Refusal) -> None:
        self.skipped.append(Skipped(row=row, id=conflict, message=refusal.message, hint=refusal.hint))


def _changed(changes: Sequence[str]) -> Refusal:
    if not changes:
        return Refusal(message="This conflict is no longer open in this form.", hint=_NEW_WORKBOOK)
    return Refusal(message=f"Something changed meanwhile: {'; '.join(changes)}.", hint=_NEW_WORKBOOK)


def _settled(
    effect: Effect,
    released: Sequence[ClaimReference],
    dropped: Collection[ClaimReference],
    left: OpenConflicts,
) -> Settled:
    decided = effect.decided
    held = {state.reference for state in left.states.values() if state.is_waiting}
    return Settled(
        id=conflict_id(decided.conflict),
        conflict=decided.conflict,
        decision=decided.decision.words,
        reason=decided.reason,
        withdrawn=tuple(name for name in effect.claims if name in effect.gives_way and name not in dropped),
        dropped=tuple(name for name in effect.claims if name in effect.gives_way and name in dropped),
        released=tuple(name for name in effect.claims if name in released),
        waiting=tuple(name for name in effect.claims if name in held and name in effect.stands),
    )
