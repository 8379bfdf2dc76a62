"""What a workbook of decisions says, row by row: which conflict, what was decided and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cpor_batch.domain.claim import Source
from cpor_batch.domain.decision import Decision, parse_decision, parse_fingerprint
from cpor_batch.domain.transitions import Refusal
from cpor_batch.pipeline.read_side_sheet import SideRow

_WORDS = "Keep first, Keep second, ..., Contest with newer PoE, Withdraw, Not a conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A decision as one row has it."""

    conflict: str
    """The conflict's ID."""
    decision: Decision
    reason: str | None
    source: Source
    seen: Mapping[str, int]
    """The claims that were compared, each with the number of its last event then."""


Problem = tuple[Source, str, Refusal]
"""Where, the conflict's ID as far as it is known, and why the row was not understood."""


def read_answers(rows: Iterable[SideRow]) -> tuple[tuple[Answer, ...], tuple[Problem, ...]]:
    """Return the decisions of the rows, and the rows that try to decide something and do not."""
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for row in rows:
        outcome = _read(row)
        if isinstance(outcome, Refusal):
            problems.append((row.source, row.text("conflict") or "", outcome))
        elif outcome is not None:
            other = answers.setdefault(outcome.conflict, outcome)
            if other.decision != outcome.decision:
                problems.append((row.source, outcome.conflict, _twice(other, outcome)))
    undecided = {conflict for _, conflict, _ in problems}
    return tuple(item for name, item in answers.items() if name not in undecided), tuple(problems)


def _read(row: SideRow) -> Answer | Refusal | None:
    """Return the row's decision, None for a row that decides nothing, or what is wrong with it."""
    conflict, words, reason = row.text("conflict"), row.text("decision"), row.text("reason")
    if row.faults:
        return Refusal(message=" ".join(row.faults), hint="")
    if words is None:
        if reason is None:
            return None
        return Refusal(message="There is a reason but no decision.", hint="Choose a decision of the list.")
    decision = parse_decision(words)
    if decision is None:
        return Refusal(message=f'"{words}" is not a decision.', hint=f"Use one of: {_WORDS}.")
    seen = parse_fingerprint(row.text("state") or "")
    if conflict is None or seen is None:
        return Refusal(
            message="The hidden cells that name the conflict and its claims are damaged.",
            hint="Write a new workbook with cpor-batch conflicts --xlsx and decide in that one.",
        )
    return Answer(conflict=conflict, decision=decision, reason=reason, source=row.source, seen=seen)


def _twice(first: Answer, second: Answer) -> Refusal:
    return Refusal(
        message=f"Row {first.source.row} decides the same conflict otherwise: "
        f'"{first.decision.words}" there, "{second.decision.words}" here.',
        hint="Keep one of the two blocks.",
    )
