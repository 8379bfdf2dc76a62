"""Rows of one sheet as the file has them: raw cells in dictionary-encoded columns.

A column keeps each distinct cell once and a code per row, so that every later step parses a value once
however many rows repeat it, and a sheet travels cheaply between processes.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

OUR_COLUMN: Final = "» "
"""What the headers begin with that we write into a result workbook; such columns are not read again."""


class FaultKind(Enum):
    """Why a cell has no value to read."""

    ERROR_VALUE = "error value"
    UNCALCULATED = "formula without a stored result"


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that looks filled in but holds no value: an Excel error or a never calculated formula."""

    kind: FaultKind
    text: str
    """What stands in the cell: `#N/A`, or the formula if known."""


# A blank cell is None. Numbers come as int or float as the reader gave them, never as text.
Cell = str | int | float | bool | date | datetime | time | timedelta | CellFault | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: `values[codes[i]]` is the cell in the i-th row of the table."""

    header: str
    """The header as the file spells it."""
    letter: str
    """The column's letter in the file, such as "H"."""
    codes: "array[int]"
    values: tuple[Cell, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Cell]:
        return (self.values[code] for code in self.codes)

    def __getitem__(self, index: int) -> Cell:
        return self.values[self.codes[index]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The data rows of one sheet, blank rows left out, each with its own row number in the file."""

    file: str
    """The file's name as issues show it."""
    sheet: str | None
    """The sheet's name; None for a CSV file."""
    header_row: int
    """The file's row number of the header, counted from 1."""
    numbers: "array[int]"
    """The file's row number of each row, counted from 1, ascending."""
    columns: Mapping[str, Column]
    """Known columns by their key in the contract."""
    extras: tuple[Column, ...] = ()
    """Unknown columns, kept out of judgement, carried along for the workbook that people get back."""

    def __len__(self) -> int:
        return len(self.numbers)
