"""Undo a run: one more event puts each of its claims back to what it was; nothing is ever taken out.

Pure. A run can be undone while the claims are as it left them: whatever other runs changed since has to be
undone first, the latest first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.domain.claim import changed_fields
from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recording import Change, Occasion, plain, with_cells
from cpor_batch.domain.standing import FORGOTTEN, ClaimState, apply_event

REVERTED_RUN: Final = "reverted_run"
"""The key of a reverting event's `after` that names the run that was undone."""
WITHOUT_EFFECT: Final = frozenset(
    {
        EventKind.DOCUMENT_ISSUED,
        EventKind.DOCUMENT_SENT,
        EventKind.RECONCILED,
        EventKind.CONTACT_PURGED,
    }
)
"""What leaves a claim's standing as it is; it is not undone, and hinders nobody from undoing."""
_STANDING_FIELDS: Final = (
    "status_since",
    "recorded_on",
    "notified_on",
    "approved_on",
    "is_adopted",
    "held_for",
    "stands_beside",
)

Course = tuple[Event, ...]
"""The events that make a claim what it is, without those that were undone and what undid them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a run cannot be undone for one claim."""

    claim: ClaimReference
    runs: tuple[str, ...]
    """What is to be undone first, in this order."""
    reverted_by: str | None = None
    """The run that undid it already."""


def find_course(past: Iterable[Event]) -> Course:
    """Return those of one claim's events that count: neither undone nor undoing, nor without effect."""
    return _walk(past).course


def find_obstacle(past: Sequence[Event], run: str) -> Obstacle | None:
    """Return why `run` cannot be undone for the claim of these events, or None if it can.

    None also where the run did not change the claim.
    """
    walk = _walk(past)
    if run not in walk.ends or past[0].claim is None:
        return None
    claim = past[0].claim
    if run in walk.undone:
        return Obstacle(claim=claim, runs=(), reverted_by=walk.undone[run])
    end, now = walk.ends[run], walk.course
    if now[: len(end)] != end:
        # What it left the claim as was undone below it.
        return Obstacle(claim=claim, runs=(walk.last_undoing,))
    later = _runs_of(now[len(end) :])
    is_undoing = run in walk.undone.values()
    between = () if is_undoing else _runs_of(end[len(walk.begins[run]) :])
    runs = tuple(name for name in (*later, *between) if name != run)
    return Obstacle(claim=claim, runs=runs) if runs else None


def build_reversion(past: Sequence[Event], run: str, *, occasion: Occasion, reason: str) -> Event | None:
    """Return the event that puts the claim of these events back to what it was before `run`.

    None where the run did not change it. Whether it may be undone, `find_obstacle` says.
    """
    first = next((at for at, event in enumerate(past) if _is_change(event) and event.run == run), None)
    if first is None:
        return None
    before, now = _fold(past[:first]), _fold(past)
    if before is None and now is None:
        return None
    changes = _find_changes(now, before)
    is_new_data = before is not None and (now is None or now.claim != before.claim)
    return Event(
        kind=EventKind.REVERTED,
        claim=past[first].claim,
        known_on=occasion.today,
        occurred_on=occasion.today,
        actor=occasion.actor,
        run=occasion.run,
        status=before.status if before is not None else None,
        state=before.claim if before is not None and is_new_data else None,
        held_change=before.held_change if before is not None else None,
        before=changes[0],
        after={**changes[1], REVERTED_RUN: run},
        reason=reason,
    )


@dataclass(slots=True)
class _Walk:
    """One claim's way through its events."""

    course: Course = ()
    begins: dict[str, Course] = field(default_factory=dict)
    """Run -> what the claim was made of when the run came to it."""
    ends: dict[str, Course] = field(default_factory=dict)
    """Run -> what it was made of when the run was done."""
    undone: dict[str, str] = field(default_factory=dict)
    """Run -> the run that undid it."""
    last_undoing: str = ""

    def take(self, event: Event) -> None:
        self.begins.setdefault(event.run, self.course)
        target = event.after.get(REVERTED_RUN) if event.kind is EventKind.REVERTED else None
        if isinstance(target, str) and target in self.begins:
            self.course = self.begins[target]
            self.undone = {run: by for run, by in self.undone.items() if by != target}
            self.undone[target] = self.last_undoing = event.run
        else:
            self.course = (*self.course, event)
        self.ends[event.run] = self.course


def _walk(past: Iterable[Event]) -> _Walk:
    walk = _Walk()
    for event in past:
        if _is_change(event):
            walk.take(event)
    return walk


def _is_change(event: Event) -> bool:
    return event.kind not in WITHOUT_EFFECT


def _runs_of(events: Course) -> tuple[str, ...]:
    """Return the runs of these events, the latest first."""
    return tuple(dict.fromkeys(event.run for event in reversed(events)))


def _fold(past: Iterable[Event]) -> ClaimState | None:
    state: ClaimState | None = None
    for event in past:
        state = apply_event(state, event)
    return state


def _find_changes(now: ClaimState | None, before: ClaimState | None) -> Change:
    """Return what the claim is now and what it was, as far as they differ."""
    if before is None or now is None:
        was = {"status": FORGOTTEN} if now is None else {"status": plain(now.status)}
        return was, {"status": FORGOTTEN} if before is None else _standing_of(before)
    changes = with_cells(changed_fields(now.claim, before.claim), now.claim, before.claim)
    data = {name: (plain(old), plain(new)) for name, (old, new) in changes.items()}
    old, new = _standing_of(now), _standing_of(before)
    pairs = {**data, **{name: (old[name], new[name]) for name in new if old[name] != new[name]}}
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _standing_of(state: ClaimState) -> Mapping[str, Plain]:
    return {"status": state.status, **{name: plain(getattr(state, name)) for name in _STANDING_FIELDS}}
