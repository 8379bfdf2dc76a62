"""A report as text for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.tables import ColumnSpec, Comparison, Kind, Report, Table, Value
from cpor_batch.reports.words import plain

DEFAULT_WIDTH: Final = 100
_GAP: Final = "  "
# Columns narrower than this say nothing; the widest column gives way down to here.
_NARROWEST: Final = 8


def render_text(report: Report, width: int = DEFAULT_WIDTH) -> str:
    """Return the report in lines of at most `width` characters; long cells end in "…"."""
    return "\n".join(_lines(report, max(width, 40)))


def _lines(report: Report, width: int) -> Iterator[str]:
    yield printable(report.title)
    if report.subtitle:
        yield printable(report.subtitle)
    if report.lead:
        yield printable(report.lead)
    if report.figures:
        yield ""
        yield from _wrapped([f"{figure.label}: {plain(figure.value)}" for figure in report.figures], width)
    for table in report.tables:
        if table.in_text:
            yield ""
            yield from _table_lines(table, width)
    for comparison in report.comparisons:
        yield ""
        yield from _comparison_lines(comparison, width)


def _wrapped(parts: Sequence[str], width: int) -> Iterator[str]:
    line = ""
    for part in parts:
        if line and len(line) + len(part) + 3 > width:
            yield line
            line = ""
        line = f"{line} · {part}" if line else part
    if line:
        yield line


def _table_lines(table: Table, width: int) -> Iterator[str]:
    yield printable(table.title)
    if not table.rows:
        yield f"{_GAP}{table.when_empty}"
        return
    shown = [index for index, column in enumerate(table.columns) if column.in_text]
    columns = [table.columns[index] for index in shown]
    rows = [[printable(plain(row[index])) for index in shown] for row in table.rows]
    widths = _widths(columns, rows, width)
    yield _line([column.header for column in columns], columns, widths)
    yield _GAP.join("─" * size for size in widths)
    for row in rows:
        yield _line(row, columns, widths)


def _widths(columns: Sequence[ColumnSpec], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the width of each column: what it needs, the widest giving way until the line fits."""
    widths = [
        max(len(column.header), *(len(row[index]) for row in rows)) for index, column in enumerate(columns)
    ]
    room = width - len(_GAP) * (len(columns) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widest = widths.index(max(widths))
        widths[widest] -= min(sum(widths) - room, max(1, widths[widest] - _second(widths)))
        widths[widest] = max(widths[widest], _NARROWEST)
    return widths


def _second(widths: Sequence[int]) -> int:
    return sorted(widths)[-2] if len(widths) > 1 else _NARROWEST


def _line(cells: Sequence[str], columns: Sequence[ColumnSpec], widths: Sequence[int]) -> str:
    parts = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        short = cell if len(cell) <= width else cell[: width - 1] + "…"
        is_right = column.kind in {Kind.NUMBER, Kind.MONEY}
        parts.append(short.rjust(width) if is_right else short.ljust(width))
    return _GAP.join(parts).rstrip()


def _comparison_lines(comparison: Comparison, width: int) -> Iterator[str]:
    yield printable(f"{comparison.title} [{comparison.pill.text}]")
    for label, value in comparison.facts:
        yield printable(f"{_GAP}{label}: {value}")
    for side in comparison.sides:
        yield from (f"{_GAP}- {line}" for line in _side_lines(comparison.labels, side, width - 4))


def _side_lines(labels: Sequence[str], side: Sequence[Value], width: int) -> Iterator[str]:
    pairs = zip(labels, side, strict=True)
    yield from _wrapped([printable(f"{label}: {plain(value)}") for label, value in pairs if value], width)
