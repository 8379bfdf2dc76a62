"""What the page's template is given: strings and classes, everything decided, nothing escaped yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.tables import (
    Card,
    CardItem,
    ColumnSpec,
    Comparison,
    Kind,
    Mark,
    Pill,
    Report,
    Table,
    Value,
)
from cpor_batch.reports.words import plain

Cell = tuple[str, str, str, str, str]
"""Class of the cell, class of the pill in it, text, address it leads to, note."""

_KIND_CLASSES: Final = {
    Kind.DATE: "d",
    Kind.NUMBER: "n",
    Kind.MONEY: "n",
    Kind.ID: "i",
}
# Columns that need room for sentences, and columns that need room for a name.
_SENTENCE: Final = 45
_NAME: Final = 22
_MOST_ON_PAPER: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """A table of the page."""

    anchor: str
    title: str
    note: str
    when_empty: str
    columns: tuple[ColumnSpec, ...]
    column_classes: tuple[str, ...]
    filters: tuple[tuple[int, str], ...]
    """Index and header of the columns that can be filtered by."""
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    """Class, id ("" for none) and cells of each row."""

    @property
    def is_broad(self) -> bool:
        """Whether it has more columns than a sheet of paper takes."""
        return len(self.columns) > _MOST_ON_PAPER


@dataclass(frozen=True, slots=True, kw_only=True)
class PageComparison:
    """One comparison: a row per label, a column per side."""

    title: str
    pill: Pill
    facts: tuple[tuple[str, str], ...]
    sides: int
    rows: tuple[tuple[str, bool, tuple[str, ...]], ...]
    """Label, whether the sides differ, and their values."""
    rule: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCard:
    """One card."""

    anchor: str
    title: str
    pill: Pill
    lead: str
    fields: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    """Title and items: class of the pill ("" for none), its words, text."""


def anchor_of(name: str) -> str:
    """Return the anchor of a table's section: letters, digits and hyphens only."""
    return "t-" + re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()


def address_of(link: str, anchors: Mapping[str, str]) -> str:
    """Return "#..." for a card's anchor, a table's name or "Table/12"; "" where it leads nowhere."""
    name, _, index = link.partition("/")
    if name not in anchors:
        return ""
    return f"#{anchors[name]}-{index}" if index else f"#{anchors[name]}"


def find_anchors(report: Report) -> dict[str, str]:
    """Return every name that a link of the report may bear -> the anchor in the page."""
    tables = [*report.tables, *([report.overview] if report.overview else [])]
    anchors = {table.name: anchor_of(table.name) for table in tables}
    if report.has_comparisons or report.comparisons:
        anchors["Conflicts"] = anchor_of("Conflicts")
    return anchors | {card.anchor: card.anchor for card in report.cards}


def page_table(table: Table, anchors: Mapping[str, str], *, wants_ids: Iterable[str] = ()) -> PageTable:
    """Return a table for the template; rows that something links to ("Claims/12") get an id."""
    anchor = anchor_of(table.name)
    wanted = frozenset(wants_ids)
    rows = []
    for index, row in enumerate(table.rows):
        href = address_of(table.links[index], anchors) if table.links else ""
        tone = table.row_tones[index] if table.row_tones else None
        cells = _cells(table, index, row, href)
        row_id = f"{anchor}-{index}" if f"{table.name}/{index}" in wanted else ""
        rows.append((f"row-{tone.value}" if tone else "", row_id, cells))
    return PageTable(
        anchor=anchor,
        title=table.title,
        note=table.note,
        when_empty=table.when_empty,
        columns=table.columns,
        column_classes=tuple(_column_class(column) for column in table.columns),
        filters=tuple(
            (index, column.header) for index, column in enumerate(table.columns) if column.is_filter
        ),
        rows=tuple(rows),
    )


def _kind_class(column: ColumnSpec) -> str:
    # GUIDs and hashes may be broken, references and MPN IDs may not.
    if column.kind is Kind.ID and column.width > _NAME:
        return "g"
    return _KIND_CLASSES.get(column.kind, "")


def _column_class(column: ColumnSpec) -> str:
    kind = _kind_class(column)
    if kind in {"i", "g"} or column.width <= _NAME:
        return kind
    return f"{kind} {'wide' if column.width > _SENTENCE else 'name'}".strip()


def _cells(table: Table, index: int, row: Sequence[Value], href: str) -> tuple[Cell, ...]:
    linked = table.link_column or table.columns[0].key
    found = []
    for column, value in zip(table.columns, row, strict=True):
        mark = table.marks.get((index, column.key))
        css = f"{_kind_class(column)} {_mark_class(mark)}".strip()
        pill = f"pill {value.tone.value}" if isinstance(value, Pill) else ""
        lines = "\n".join(printable(line) for line in plain(value).splitlines())
        target = href if column.key == linked else ""
        found.append((css, pill, lines, target, printable(mark.note) if mark else ""))
    return tuple(found)


def _mark_class(mark: Mark | None) -> str:
    return "" if mark is None else f"mark-{mark.tone.value}"


def page_comparison(comparison: Comparison) -> PageComparison:
    """Return a comparison for the template; rows in which no side says anything are left out."""
    rows = []
    for index, label in enumerate(comparison.labels):
        values = tuple(printable(plain(side[index])) for side in comparison.sides)
        if any(values):
            rows.append((label, len(set(values)) > 1, values))
    return PageComparison(
        title=comparison.title,
        pill=comparison.pill,
        facts=tuple((label, printable(value)) for label, value in comparison.facts if value),
        sides=len(comparison.sides),
        rows=tuple(rows),
        rule=comparison.rule,
        next_step=comparison.next_step,
    )


def page_card(card: Card) -> PageCard:
    """Return a card for the template."""
    return PageCard(
        anchor=card.anchor,
        title=printable(card.title),
        pill=card.pill,
        lead=printable(card.lead),
        fields=tuple((label, printable(plain(value))) for label, value in card.fields),
        sections=tuple(
            (section.title, tuple(_item(item) for item in section.items)) for section in card.sections
        ),
    )


def _item(item: CardItem) -> tuple[str, str, str]:
    pill = item.pill
    if pill is None:
        return "", "", printable(item.text)
    return f"pill {pill.tone.value}", pill.text, printable(item.text)


def narrow_style(tables: Iterable[PageTable]) -> str:
    """Return CSS that names each cell by its column where a row's cells are stacked.

    That is on a narrow screen, and on paper where a table has more columns than fit.
    """
    narrow, printed = [], []
    for table in tables:
        for place, column in enumerate(table.columns, start=1):
            words = css_text(column.header)
            rule = f"#{table.anchor} td:nth-child({place})::before{{content:{words}}}"
            narrow.append(rule)
            if table.is_broad:
                printed.append(rule)
    return f"@media (max-width:40rem){{{''.join(narrow)}}}@media print{{{''.join(printed)}}}"


def css_text(text: str) -> str:
    r"""Return `text` as a CSS string: whatever is not a plain letter or digit is written as its code."""
    safe = "".join(
        character if character.isascii() and character.isalnum() else f"\\{ord(character):x} "
        for character in printable(text)
    )
    return f'"{safe}"'
