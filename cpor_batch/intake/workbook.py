"""Workbooks through calamine. Runs in the reading child, because calamine can abort the process."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice, repeat
from typing import cast

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cpor_batch.domain.rows import Cell
from cpor_batch.intake.facts import NO_FACTS, SheetFacts
from cpor_batch.intake.grid import Grid, RawRow
from cpor_batch.intake.messages import HEADER_SEARCH_ROWS, SheetHead, candidates


class Workbook:
    """A workbook opened by calamine, with what the scan found in its sheets."""

    def __init__(self, path: str, facts: Mapping[str, SheetFacts]) -> None:
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
        grid = self.grid(name)
        indent: tuple[Cell, ...] = (None,) * grid.first_column
        rows = islice(grid.rows, HEADER_SEARCH_ROWS)
        return SheetHead(
            name=name, rows=tuple((*indent, *(None if cell == "" else cell for cell in row)) for row in rows)
        )

    def grid(self, name: str | None) -> Grid:
        """Return the sheet's cells; rows and columns are counted as the file counts them."""
        sheet = self._sheet(name or "")
        facts = self._facts.get(name or "", NO_FACTS)
        start = sheet.start
        first_column = start[1] if start is not None else 0
        rows: Iterator[RawRow] = (
            cast("Iterator[RawRow]", sheet.iter_rows()) if start is not None else iter(())
        )
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


def _indented(rows: Iterator[RawRow], by: int) -> Iterator[RawRow]:
    indent: RawRow = [""] * by
    for row in rows:
        yield indent + row
