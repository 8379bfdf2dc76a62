"""Encode cells as they are read: each column keeps every distinct cell once and a code per row."""

from array import array
from collections.abc import Mapping, Sequence
from itertools import islice, zip_longest
from typing import Final, cast

from cpor_batch.domain.rows import Cell, CellFault, FaultKind
from cpor_batch.intake.grid import Faults, Grid, RawRow
from cpor_batch.intake.messages import Choice, EncodedColumn, Table

# Few enough that the cells of a chunk stay in the processor's cache while its columns are encoded.
_ROWS_AT_ONCE: Final = 128
_BLANK: Final = 0
_ERROR_NAMES: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)


class _Numbering(dict[object, int]):
    """Gives each new key the next number; a known one costs no step of Python."""

    __slots__ = ("blanks",)

    def __init__(self, known: Mapping[object, int], blanks: set[int]) -> None:
        super().__init__(known)
        self.blanks = blanks
        """Numbers of the keys that are nothing, or white space alone."""

    def __missing__(self, key: object) -> int:
        number = self[key] = len(self)
        cell = key[1] if isinstance(key, tuple) else key
        if isinstance(cell, str) and (not cell or cell.isspace()):
            self.blanks.add(number)
        return number


class ColumnEncoder:
    """One column while it is read."""

    def __init__(self, index: int) -> None:
        """Start the column with this index, counted from 0."""
        self.index = index
        self._known = _Numbering({"": _BLANK}, {_BLANK})
        self._codes = array("i")
        self._is_typed = False

    @property
    def blanks(self) -> set[int]:
        """Codes of cells that hold nothing, or white space alone."""
        return self._known.blanks

    def encode(self, cells: Sequence[Cell]) -> list[int]:
        """Return the codes of the cells; `keep` takes those of the rows that are not blank."""
        codes = self._look_up(cells)
        # True equals 1.0 and False 0.0, so they would share a code; then the type becomes part of the key.
        if not self._is_typed and (0 in self._known or 1 in self._known):
            self._is_typed = True
            typed: dict[object, int] = {(type(cell), cell): code for cell, code in self._known.items()}
            self._known = _Numbering(typed, self._known.blanks)
            codes = self._look_up(cells)
        return codes

    def keep(self, codes: list[int]) -> None:
        """Add the next rows of the column."""
        self._codes.fromlist(codes)

    def finish(self) -> EncodedColumn:
        """Return the column as it travels."""
        keys = [key[1] if isinstance(key, tuple) else key for key in self._known]
        cells = cast("list[Cell]", keys)  # nothing else was ever looked up
        cells[_BLANK] = None
        for name in _ERROR_NAMES.intersection(cells):
            # A text in CSV files, and in what some programs write; nobody is called so.
            cells[cells.index(name)] = CellFault(FaultKind.ERROR_VALUE, name)
        return EncodedColumn(index=self.index, codes=self._codes, values=tuple(cells))

    def _look_up(self, cells: Sequence[Cell]) -> list[int]:
        keys = zip(map(type, cells), cells, strict=True) if self._is_typed else cells
        return list(map(self._known.__getitem__, keys))


def encode_rows(grid: Grid, choice: Choice) -> Table:
    """Return the columns of `choice` below its header, without the rows blank in all known columns."""
    rows = islice(grid.rows, choice.header_row, None)
    known = [ColumnEncoder(index) for index in choice.known]
    extras = [ColumnEncoder(index) for index in choice.extras]
    numbers = array("i")
    nameless: set[int] = set()
    named = {*choice.known, *choice.extras}
    number = choice.header_row + 1
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        columns = _turn(chunk, number, grid.first_column, grid.faults)
        blank: Sequence[Cell] = ("",) * len(chunk)
        codes = [encoder.encode(columns.get(encoder.index, blank)) for encoder in known]
        kept = _filled_rows(codes, known, len(chunk))
        extra_codes = [encoder.encode(columns.get(encoder.index, blank)) for encoder in extras]
        for encoder, found in zip((*known, *extras), (*codes, *extra_codes), strict=True):
            encoder.keep(found if kept is None else [found[at] for at in kept])
        numbers.extend(range(number, number + len(chunk)) if kept is None else [number + at for at in kept])
        nameless.update(index for index, cells in columns.items() if index not in named and any(cells))
        number += len(chunk)
    return Table(
        numbers=numbers,
        columns=tuple(encoder.finish() for encoder in (*known, *extras)),
        hidden_rows=tuple(number for number in numbers if number in grid.hidden_rows)
        if grid.hidden_rows
        else (),
        nameless=tuple(sorted(nameless)),
    )


def _turn(chunk: list[RawRow], number: int, first_column: int, faults: Faults) -> dict[int, Sequence[Cell]]:
    """Return the columns of the rows by index, with the faults put where they belong."""
    if faults:
        for at, row in enumerate(chunk):
            for index, fault in faults.get(number + at, {}).items():
                position = index - first_column
                row.extend([""] * (position + 1 - len(row)))
                row[position] = fault
    return dict(enumerate(zip_longest(*chunk, fillvalue=""), first_column))


def _filled_rows(codes: list[list[int]], encoders: list[ColumnEncoder], count: int) -> list[int] | None:
    """Return the positions of the rows that hold anything, or None where all of them do."""
    blank: Sequence[int] = range(count)
    for found, encoder in zip(codes, encoders, strict=True):
        blank = [at for at in blank if found[at] in encoder.blanks]
        if not blank:
            return None
    gone = set(blank)
    return [at for at in range(count) if at not in gone]
