"""One code stands on a cell: where several fit, the most specific one, which tells of the others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from cpor_batch.domain.issue import Issue, IssueCode, Severity

_Cell = tuple[str, str | None, int, str]
# What a cell says matters more than how it is written, and a missing calendar more than a letter's language.
_LEAST: Final = (IssueCode.LANGUAGE_FALLBACK, IssueCode.VALUE_CORRECTED)
# A cell that must be blank is cleared, whatever stands in it: nothing else about it helps.
_ALONE: Final = frozenset({IssueCode.SUBSCRIPTION_NOT_FOR_WORKLOAD})
# What is wrong with a cell by itself is listed before what is wrong beside other rows.
_ORDER: Final = {code: number for number, code in enumerate(IssueCode)}


def weigh_cells(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return the issues with one at most on each cell.

    An error silences the warnings about its cell. Of several errors or warnings the most specific one bears
    the words of the others, and that a value was read as another one is told with whatever is said of it.
    """
    by_cell: dict[_Cell, list[Issue]] = defaultdict(list)
    elsewhere = []
    for issue in issues:
        if issue.row is None or issue.column is None:
            elsewhere.append(issue)
        else:
            by_cell[issue.file, issue.sheet, issue.row, issue.column].append(issue)
    return (*elsewhere, *(found[0] if len(found) == 1 else _joined(found) for found in by_cell.values()))


def _joined(found: Sequence[Issue]) -> Issue:
    alone = next((one for one in found if one.code in _ALONE), None)
    if alone is not None:
        return alone
    first, *others = sorted(found, key=_rank)
    others = [
        one for one in others if one.severity is first.severity or one.code is IssueCode.VALUE_CORRECTED
    ]
    correction = next((one for one in others if one.code is IssueCode.VALUE_CORRECTED), first)
    hints = [first.hint, *(one.hint for one in others if one is not correction)]
    return replace(
        first,
        message=" ".join((first.message, *(one.message for one in others))),
        hint=" ".join(dict.fromkeys(hints)),
        before=correction.before,
        after=correction.after,
    )


def _rank(issue: Issue) -> tuple[bool, int, int]:
    least = _LEAST.index(issue.code) + 1 if issue.code in _LEAST else 0
    return issue.severity is not Severity.ERROR, least, _ORDER[issue.code]
