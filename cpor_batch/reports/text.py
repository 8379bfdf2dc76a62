"""A report as text for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.tables import ColumnSpec, Comparison, Kind, Report, Table, Value
from cpor_batch.reports.words import plain

DEFAULT_WIDTH: Final = 100
_GAP: Final = "  "
# Columns narrower than this say nothing; the widest column gives way down to here.
_NARROWEST: Final = 8
# Columns wider than this hold sentences.
_SENTENCE: Final = 45
_MOST_IN_GROUP: Final = 12


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
    elif table.group_by:
        yield from _grouped_lines(table, width)
    else:
        yield from _block(table.columns, table.rows, width)


def _grouped_lines(table: Table, width: int) -> Iterator[str]:
    place = next(index for index, column in enumerate(table.columns) if column.key == table.group_by)
    columns = [*table.columns[:place], *table.columns[place + 1 :]]
    for value, group in groupby(table.rows, key=lambda row: plain(row[place])):
        rows = [[*row[:place], *row[place + 1 :]] for row in group]
        yield ""
        yield printable(f"{value} ({len(rows):,})")
        yield from _block(columns, rows[:_MOST_IN_GROUP], width, has_header=False)
        if len(rows) > _MOST_IN_GROUP:
            yield f"{_GAP}... and {len(rows) - _MOST_IN_GROUP:,} more"


def _block(
    columns: Sequence[ColumnSpec], rows: Sequence[Sequence[Value]], width: int, *, has_header: bool = True
) -> Iterator[str]:
    """Return rows as aligned lines; cells with sentences follow on lines of their own.

    A sentence that is the same in every row stands once, above them.
    """
    shown = [(index, column) for index, column in enumerate(columns) if column.in_text]
    own = [(index, column) for index, column in shown if column.is_own_line]
    narrow = [
        (index, column) for index, column in shown if column.width <= _SENTENCE and not column.is_own_line
    ]
    wide = [index for index, column in shown if column.width > _SENTENCE and not column.is_own_line]
    texts = [[printable(plain(cell)) for cell in row] for row in rows]
    cells = [[row[index] for index, _column in narrow] for row in texts]
    specs = [column for _index, column in narrow]
    widths = _widths(specs, cells, width - len(_GAP), has_header=has_header)
    common = [index for index in wide if len({row[index] for row in texts}) == 1 and len(texts) > 1]
    for index in common:
        yield from _sentence(texts[0][index], width, _GAP)
    if has_header:
        yield _GAP + _line([column.header for column in specs], specs, widths)
        yield _GAP + _GAP.join("─" * size for size in widths)
    for row, short in zip(texts, cells, strict=True):
        yield _GAP + _line(short, specs, widths)
        for index in wide:
            if index not in common:
                yield from _sentence(row[index], width, _GAP * 3)
        for index, column in own:
            if row[index]:
                yield from _sentence(f"{column.header}: {row[index]}", width, _GAP * 3)


def _sentence(text: str, width: int, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent)


def _widths(
    columns: Sequence[ColumnSpec], rows: Sequence[Sequence[str]], width: int, *, has_header: bool
) -> list[int]:
    """Return the width of each column: what it needs, the widest giving way until the line fits."""
    widths = [
        max(len(column.header) if has_header else 0, *(len(row[index]) for row in rows), 1)
        for index, column in enumerate(columns)
    ]
    room = width - len(_GAP) * (len(columns) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


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
