"""Messages between the reading child and the parent, in the order in which they are sent."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cpor_batch.domain.rows import Cell

CLAIMS_SHEET: Final = "Claims"
HEADER_SEARCH_ROWS: Final = 30
"""The header row stands within these rows."""


def is_claims_sheet(name: str | None) -> bool:
    """Whether the name is that of the sheet with the claims, whatever its case."""
    return name is not None and name.strip().casefold() == CLAIMS_SHEET.casefold()


def candidates(visible: Sequence[str]) -> tuple[str, ...]:
    """Return the visible sheets that may hold the claims: the one of that name, else all."""
    return tuple(name for name in visible if is_claims_sheet(name)) or tuple(visible)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead:
    """The first rows of a visible sheet, in which the header is looked for."""

    name: str | None
    """None for a CSV file."""
    rows: tuple[tuple[Cell, ...], ...]
    """From the file's first row on, each from its first column on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Child to parent: the file can be read, and these sheets may hold the claims."""

    sha256: str
    sheets: tuple[SheetHead, ...]
    hidden: tuple[str, ...] = ()
    """Names of hidden sheets, which are never read."""
    has_macros: bool = False
    links: tuple[str, ...] = ()
    """What the workbook would fetch from elsewhere, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Parent to child: read this sheet."""

    sheet: str | None
    header_row: int
    """The file's row number, counted from 1."""
    known: tuple[int, ...]
    """Indexes, counted from 0, of the contract's columns; a row blank in all of them is blank."""
    extras: tuple[int, ...]
    """Indexes of columns that have a header which nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedColumn:
    """The cells of one column: `values[codes[i]]` is the cell in the i-th row kept."""

    index: int
    codes: "array[int]"
    values: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Child to parent: the rows of the chosen sheet, blank rows left out."""

    numbers: "array[int]"
    columns: tuple[EncodedColumn, ...]
    hidden_rows: tuple[int, ...] = ()
    """Row numbers of hidden rows among those kept."""
    nameless: tuple[int, ...] = ()
    """Indexes of columns that have cells but no header."""
