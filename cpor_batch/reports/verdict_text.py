"""A verdict as lines for a terminal: `where: what is wrong. What to do. [code]`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cpor_batch.domain.conflict import Conflict, ConflictSide
from cpor_batch.domain.issue import Issue, Severity
from cpor_batch.domain.verdict import Verdict
from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.words import count, name_kind

DEFAULT_LIMIT: Final = 40
# Up to so many problems of one kind in one column are told one by one; more of them become one line.
_ONE_BY_ONE: Final = 3


def render_verdict_text(verdict: Verdict, limit: int | None = DEFAULT_LIMIT) -> str:
    """Return the verdict's problems and conflicts as text, or an empty text if there are none.

    Errors come before warnings. Problems of one kind in one column share a line: "Claims!H14 and 37 more".
    At most `limit` lines of problems and as many conflicts; None for all of them.
    """
    errors = [issue for issue in verdict.issues if issue.severity is not Severity.WARNING]
    warnings = [issue for issue in verdict.issues if issue.severity is Severity.WARNING]
    lines = [*_cut(list(_issue_lines(errors)), limit, "problem")]
    lines += _cut(list(_issue_lines(warnings)), limit, "warning")
    blocks = [_conflict_block(conflict) for conflict in verdict.conflicts]
    lines += _cut(blocks, limit, "conflict")
    return "\n".join(lines)


def _cut(lines: Sequence[str], limit: int | None, noun: str) -> Iterator[str]:
    shown = lines if limit is None else lines[:limit]
    yield from shown
    left = len(lines) - len(shown)
    if left:
        yield f"... and {count(left, f'more {noun}')}: the result workbook shows them all."


def _issue_lines(issues: Iterable[Issue]) -> Iterator[str]:
    for group in group_issues(issues):
        if len(group) <= _ONE_BY_ONE:
            yield from (issue_line(issue) for issue in group)
        else:
            yield issue_line(group[0], more=len(group) - 1)


def group_issues(issues: Iterable[Issue]) -> tuple[tuple[Issue, ...], ...]:
    """Return the issues grouped by file, sheet, code and column, in the order of each group's first issue."""
    groups: dict[tuple[str, str | None, str, str | None], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.file, issue.sheet, issue.code, issue.column), []).append(issue)
    return tuple(tuple(group) for group in groups.values())


def issue_line(issue: Issue, *, more: int = 0) -> str:
    """Return one line: `claims.xlsx, Claims!H14 and 37 more: what is wrong. What to do. [code]`."""
    where = f"{issue.where} and {more:,} more" if more else issue.where
    return printable(f"{where}: {' '.join(filter(None, (issue.message, issue.hint)))} [{issue.code}]")


def _conflict_block(conflict: Conflict) -> str:
    item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
    customer = conflict.claims[0].customer_name if conflict.claims else ""
    head = f"{name_kind(conflict)}: {item} at {customer} ({conflict.tenant_id}) [{conflict.kind}]"
    return "\n".join((printable(head), *(f"  {_side_line(side)}" for side in conflict.claims)))


def _side_line(side: ConflictSide) -> str:
    place = f"{side.file}, row {side.row}" if side.file and side.row is not None else "the ledger"
    who = f'{side.partner_name or "partner"} (MPN ID {side.mpn_id}), "{side.claim_name}"'
    known = [side.reference or "", side.status, f"since {side.since.isoformat()}" if side.since else ""]
    return printable(f"{who}: {place}; {', '.join(filter(None, known))}")


def summary_line(verdict: Verdict, *, accepted: str = "accepted") -> str:
    """Return the closing figures: "412 rows: 398 accepted, 11 refused, 3 held for conflicts"."""
    counts = verdict.counts
    parts = [f"{counts.accepted:,} {accepted}", f"{counts.refused:,} refused"]
    if counts.held:
        parts.append(f"{counts.held:,} held for conflicts")
    line = f"{count(counts.rows, 'row')}: {', '.join(parts)}"
    refused = sum(file.is_refused for file in verdict.files)
    return f"{line}; {count(refused, 'file')} refused as a whole" if refused else line
