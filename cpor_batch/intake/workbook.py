"""Workbooks through calamine. Runs in the reading child, because calamine can abort the process."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice, repeat
from typing import cast

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cpor_batch.domain.rows import Cell
from cpor_batch.intake.facts import NO_FACTS, FactsOf
from cpor_batch.intake.grid import Grid, RawRow
from cpor_batch.intake.messages import HEADER_SEARCH_ROWS, SheetHead, candidates


class Workbook:
    """A workbook opened by calamine, with what the scan found in its sheets."""

    def __init__(self, path: str, facts: Mapping[str, FactsOf]) -> None:
        """Open the file; calamine's errors pass through."""
        # From an open file calamine would copy everything into memory first.
        self._workbook = CalamineWorkbook.from_path(path)
        self._facts = facts
        self._sheets: dict[str, CalamineSheet] = {}

    def heads(self) -> tuple[SheetHead, ...]:
        """Return the first rows of the sheet named Claims, else of every worksheet that a user can see."""
        visible = [
            sheet.name
            for sheet in self._workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return tuple(self._head(name) for name in candidates(visible))

    def hidden(self) -> tuple[str, ...]:
        """Return the names of the hidden sheets."""
        return tuple(
            sheet.name
            for sheet in self._workbook.sheets_metadata
            if sheet.visible != SheetVisibleEnum.Visible
        )

    def _head(self, name: str) -> SheetHead:
        sheet = self._sheet(name)
        indent: tuple[Cell, ...] = (None,) * _first_column(sheet)
        rows = islice(_rows(sheet), HEADER_SEARCH_ROWS)
        return SheetHead(
            name=name, rows=tuple((*indent, *(None if cell == "" else cell for cell in row)) for row in rows)
        )

    def grid(self, name: str | None) -> Grid:
        """Return the sheet's cells; rows and columns are counted as the file counts them."""
        sheet = self._sheet(name or "")
        ask = self._facts.get(name or "")
        facts = NO_FACTS if ask is None else ask()
        rows, first_column = _rows(sheet), _first_column(sheet)
        if facts.faults:
            # calamine ends the sheet at its last cell with a value, and faults have none.
            leftmost = min(index for row in facts.faults.values() for index in row)
            beyond = max(facts.faults) - sheet.total_height
            rows = chain(rows, ([] for _ in repeat(None, max(0, beyond))))
            if leftmost < first_column:
                rows = _indented(rows, first_column - leftmost)
                first_column = leftmost
        return Grid(
            rows=rows,
            first_column=first_column,
            faults=facts.faults,
            hidden_rows=facts.hidden_rows,
        )

    def _sheet(self, name: str) -> CalamineSheet:
        if name not in self._sheets:
            self._sheets[name] = self._workbook.get_sheet_by_name(name)
        return self._sheets[name]


def _rows(sheet: CalamineSheet) -> Iterator[RawRow]:
    return iter(()) if sheet.start is None else cast("Iterator[RawRow]", sheet.iter_rows())


def _first_column(sheet: CalamineSheet) -> int:
    return 0 if sheet.start is None else sheet.start[1]


def _indented(rows: Iterator[RawRow], by: int) -> Iterator[RawRow]:
    indent: RawRow = [""] * by
    for row in rows:
        yield indent + row
