"""A verdict as a report: the result workbook that people mend and give back, and its page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.domain.issue import IssueCode, Severity
from cpor_batch.domain.rows import Rows
from cpor_batch.domain.verdict import Outcome, Verdict
from cpor_batch.reports.page import render_page
from cpor_batch.reports.tables import Bar, Chart, Figure, Report, Tone
from cpor_batch.reports.to_fix import ours_first, to_fix_table
from cpor_batch.reports.verdict_tables import (
    code_in_words,
    conflict_comparisons,
    corrected_table,
    files_table,
    kinds_table,
    warnings_table,
)
from cpor_batch.reports.words import count
from cpor_batch.reports.workbook import write_workbook
from cpor_batch.rulebook.sheet import SheetSchema

# Fewer kinds of problems than this are told by the table alone.
_WORTH_A_CHART: Final = 3


def write_verdict_workbook(
    verdict: Verdict,
    *,
    rows: Sequence[Rows],
    sheet_schema: SheetSchema,
    path: Path,
    as_of: date | None = None,
    made_at: datetime | None = None,
    tool_version: str = "",
) -> None:
    """Write the result workbook: Summary, Claims ("To fix"), Corrected, Conflicts, and the rest.

    `rows` are the rows that were judged. The sheet Claims is read again as it is. OutputError if `path`
    cannot be written.
    """
    report = build_verdict_report(
        verdict, rows, sheet_schema, as_of=as_of, made_at=made_at, tool_version=tool_version
    )
    write_workbook(report, path)


def render_verdict_page(
    verdict: Verdict,
    *,
    rows: Sequence[Rows],
    sheet_schema: SheetSchema,
    assets: Assets,
    as_of: date | None = None,
    made_at: datetime | None = None,
    tool_version: str = "",
) -> str:
    """Return the verdict as one self-contained HTML page with the workbook's content."""
    report = build_verdict_report(
        verdict, rows, sheet_schema, as_of=as_of, made_at=made_at, tool_version=tool_version
    )
    to_fix, *others = report.tables
    return render_page(replace(report, tables=(ours_first(to_fix), *others)), assets)


def build_verdict_report(
    verdict: Verdict,
    rows: Sequence[Rows],
    sheet_schema: SheetSchema,
    *,
    as_of: date | None = None,
    made_at: datetime | None = None,
    tool_version: str = "",
) -> Report:
    """Return the verdict as a report, the table "To fix" first."""
    to_fix = to_fix_table(verdict, rows, sheet_schema)
    names = ", ".join(file.name for file in verdict.files[:3])
    more = len(verdict.files) - 3
    return Report(
        name="verdict",
        title="Verdict",
        subtitle=f"{names} and {count(more, 'more file')}" if more > 0 else names,
        lead=_lead(verdict),
        figures=_figures(verdict),
        charts=_charts(verdict),
        overview=kinds_table(verdict, to_fix),
        tables=(to_fix, corrected_table(verdict), warnings_table(verdict), files_table(verdict)),
        comparisons=conflict_comparisons(verdict.conflicts),
        has_comparisons=True,
        as_of=as_of,
        made_at=made_at,
        tool_version=tool_version,
    )


def _lead(verdict: Verdict) -> str:
    counts = verdict.counts
    refused_files = sum(file.is_refused for file in verdict.files)
    sentences = []
    if counts.rows and counts.accepted == counts.rows:
        sentences.append(f"All {count(counts.rows, 'row')} are good.")
    elif counts.rows:
        sentences.append(f"{counts.accepted:,} of {count(counts.rows, 'row')} {_are(counts.accepted)} good.")
    if counts.refused:
        claims = sum(judged.outcome is Outcome.REFUSED for judged in verdict.claims)
        sentences.append(
            f"{count(counts.refused, 'row')} of {count(claims, 'claim')} {_are(counts.refused)} refused: "
            "mend on the sheet Claims of the result workbook and give that workbook to cpor-batch again."
        )
    if counts.held:
        sentences.append(
            f"{count(counts.held, 'row')} {_are(counts.held)} held for conflicts that somebody has to decide."
        )
    if refused_files:
        sentences.append(f"{count(refused_files, 'file')} could not be read.")
    return " ".join(sentences) or "There are no rows."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _figures(verdict: Verdict) -> tuple[Figure, ...]:
    counts = verdict.counts
    corrected = sum(issue.after is not None for issue in verdict.issues)
    refused_files = sum(file.is_refused for file in verdict.files)
    figures = [
        Figure(label="Rows", value=counts.rows),
        Figure(label="Accepted", value=counts.accepted, tone=_if(counts.accepted, Tone.GOOD)),
        Figure(label="Refused", value=counts.refused, tone=_if(counts.refused, Tone.BAD), anchor="Claims"),
        Figure(label="Held", value=counts.held, tone=_if(counts.held, Tone.ATTENTION), anchor="Conflicts"),
        Figure(label="Claims", value=counts.claims),
        Figure(label="Corrected cells", value=corrected, anchor="Corrected"),
        Figure(label="Files", value=counts.files, anchor="Files"),
    ]
    if refused_files:
        figures.append(Figure(label="Files refused", value=refused_files, tone=Tone.BAD, anchor="Files"))
    return tuple(figures)


def _if(number: int, tone: Tone) -> Tone:
    return tone if number else Tone.QUIET


def _charts(verdict: Verdict) -> tuple[Chart, ...]:
    numbers: dict[IssueCode, int] = {}
    for issue in verdict.issues:
        if issue.severity is Severity.ERROR and issue.code is not IssueCode.CLAIM_INCOMPLETE:
            numbers[issue.code] = numbers.get(issue.code, 0) + 1
    ordered = sorted(numbers, key=lambda code: -numbers[code])[:10]
    if len(ordered) < _WORTH_A_CHART:
        return ()
    bars = tuple(Bar(label=code_in_words(code), value=numbers[code], tone=Tone.BAD) for code in ordered)
    return (Chart(name="by_kind", title="Most frequent problems", unit="problems", bars=bars),)
