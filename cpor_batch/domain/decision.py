"""Decisions on conflicts: what somebody may choose, and the words in which it is written and read."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState


class DecisionKind(StrEnum):
    """What somebody may decide about a conflict."""

    KEEP = "keep"
    """One side stands, the others give way."""
    CONTEST = "contest with newer PoE"
    """All sides stand; Microsoft arbitrates."""
    WITHDRAW = "withdraw"
    """The held claims are taken back; who holds the key keeps it."""
    NOT_A_CONFLICT = "not a conflict"
    """All sides stand, and nothing is to be arbitrated."""


_ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
_KEEP: Final = re.compile(rf"keep (?:side |claim |no\.? ?)?(\d{{1,4}}|{'|'.join(_ORDINALS)})(?:[:,(\s].*)?")
_OTHERS: Final = {
    "contest with newer poe": DecisionKind.CONTEST,
    "contest with a newer poe": DecisionKind.CONTEST,
    "contest": DecisionKind.CONTEST,
    "withdraw": DecisionKind.WITHDRAW,
    "not a conflict": DecisionKind.NOT_A_CONFLICT,
    "no conflict": DecisionKind.NOT_A_CONFLICT,
}
_ID_LENGTH: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about one conflict."""

    kind: DecisionKind
    side: int | None = None
    """The side that is kept, from 1; None for the other kinds."""

    @property
    def words(self) -> str:
        """The decision as the drop-down spells it: "Keep first"."""
        text = f"keep {ordinal(self.side)}" if self.side is not None else str(self.kind)
        return text[:1].upper() + text[1:]

    @property
    def needs_reason(self) -> bool:
        """Whether somebody loses by it, who will ask why."""
        return self.kind in {DecisionKind.KEEP, DecisionKind.WITHDRAW}


def ordinal(number: int) -> str:
    """Return "first" to "tenth", then the figure."""
    return _ORDINALS[number - 1] if 0 < number <= len(_ORDINALS) else str(number)


def parse_decision(text: str) -> Decision | None:
    """Return the decision, or None: "Keep second", "keep 2", "Withdraw", whatever the case."""
    folded = " ".join(text.casefold().split()).rstrip(".")
    match = _KEEP.fullmatch(folded)
    if match is not None:
        word = match.group(1)
        side = _ORDINALS.index(word) + 1 if word in _ORDINALS else int(word)
        return Decision(kind=DecisionKind.KEEP, side=side)
    kind = _OTHERS.get(folded)
    return None if kind is None else Decision(kind=kind)


def find_choices(conflict: Conflict) -> tuple[Decision, ...]:
    """Return what somebody may decide about the conflict, in the order of the drop-down.

    Who asks twice for the same thing can only give one of the two up. Where all sides hold the key already
    nothing is held that could be taken back.
    """
    sides = range(1, len(conflict.claims) + 1)
    keep = [Decision(kind=DecisionKind.KEEP, side=side) for side in sides]
    withdraw = () if conflict.is_among_holders else (Decision(kind=DecisionKind.WITHDRAW),)
    not_a_conflict = Decision(kind=DecisionKind.NOT_A_CONFLICT)
    if conflict.kind is ConflictKind.OWN_DUPLICATE:
        return (*keep, *(withdraw or (not_a_conflict,)))
    contest = Decision(kind=DecisionKind.CONTEST)
    return (*keep, contest, *withdraw, not_a_conflict)


def conflict_id(conflict: Conflict) -> str:
    """Return a short name of the conflict; the same kind, item and claims always give the same one."""
    references = sorted(side.reference or "" for side in conflict.claims)
    parts = (conflict.kind, conflict.tenant_id, conflict.product, conflict.subscription_id or "", *references)
    return "K-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:_ID_LENGTH].upper()


def build_fingerprint(conflict: Conflict, states: Mapping[ClaimReference, ClaimState]) -> str:
    """Return the state in which the conflict's claims are: each reference with its last event's number."""
    references = sorted({side.reference for side in conflict.claims if side.reference is not None})
    return " ".join(f"{item}:{states[item].last_event}" for item in references if item in states)


def parse_fingerprint(text: str) -> Mapping[str, int] | None:
    """Return reference -> event number, or None for a text that is no fingerprint."""
    pairs = [item.partition(":") for item in text.split()]
    if not pairs or not all(number.isascii() and number.isdigit() for _, _, number in pairs):
        return None
    return {reference: int(number) for reference, _, number in pairs}
