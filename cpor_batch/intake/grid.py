"""Grids: the sheets of an opened workbook or CSV file as rows of raw cells. Runs in the reading child."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cpor_batch.domain.rows import Cell, CellFault
from cpor_batch.intake.messages import SheetHead

RawRow = list[Cell]
"""One row as the reader gives it; a blank cell is the empty text."""
Faults = Mapping[int, Mapping[int, CellFault]]
"""Row number -> index of the column -> what is wrong with the cell that reads as blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of one sheet, and what the reader does not say about them."""

    rows: Iterator[RawRow]
    """From the file's first row on."""
    first_column: int = 0
    """Index of the column at which every row starts."""
    faults: Faults = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()


class Book(Protocol):
    """An opened file."""

    def heads(self) -> tuple[SheetHead, ...]:
        """Return the first rows of the visible sheets that may hold the claims."""

    def hidden(self) -> tuple[str, ...]:
        """Return the names of the hidden sheets."""

    def grid(self, sheet: str | None) -> Grid:
        """Return all cells of one of these sheets."""
