"""Encode cells as they are read: each column keeps every distinct cell once and a code per row."""

from array import array
from collections.abc import Sequence
from itertools import islice, zip_longest
from typing import Final

from cpor_batch.domain.rows import Cell
from cpor_batch.intake.grid import Faults, Grid, RawRow
from cpor_batch.intake.messages import Choice, EncodedColumn, Table

_ROWS_AT_ONCE: Final = 4096
_BLANK: Final = 0


class _Codes(dict[Cell, int]):
    """Distinct cells -> code, in the order of their first appearance, which `cells` keeps."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        super().__init__({"": _BLANK})
        self.cells: list[Cell] = [None]

    def __missing__(self, cell: Cell) -> int:
        code = self[cell] = len(self.cells)
        self.cells.append(cell)
        return code


class ColumnEncoder:
    """One column while it is read."""

    def __init__(self, index: int) -> None:
        """Start the column with this index, counted from 0."""
        self.index = index
        self.codes = array("i")
        self.blanks = {_BLANK}
        """Codes of cells that hold nothing, or white space alone."""
        self._known = _Codes()
        self._typed: dict[tuple[type, Cell], int] | None = None

    def encode(self, cells: Sequence[Cell]) -> list[int]:
        """Return the codes of the cells; the caller adds those of the rows that it keeps to `codes`."""
        before = len(self._known.cells)
        codes = self._encode_plain(cells) if self._typed is None else self._encode_typed(cells)
        # True == 1.0 and False == 0.0, so they would share a code: with them about, the type is part of the key.
        if self._typed is None and (0 in self._known or 1 in self._known):
            self._typed = {(type(cell), cell): code for code, cell in enumerate(self._known.cells)}
            self._typed[(str, "")] = _BLANK
            codes = self._encode_typed(cells)
        new = enumerate(self._known.cells[before:], before)
        self.blanks.update(code for code, cell in new if cell.__class__ is str and cell.isspace())
        return codes

    def finish(self) -> EncodedColumn:
        """Return the column as it travels."""
        return EncodedColumn(index=self.index, codes=self.codes, values=tuple(self._known.cells))

    def _encode_plain(self, cells: Sequence[Cell]) -> list[int]:
        return list(map(self._known.__getitem__, cells))

    def _encode_typed(self, cells: Sequence[Cell]) -> list[int]:
        assert_typed = self._typed if self._typed is not None else {}
        codes = []
        for cell in cells:
            key = (cell.__class__, cell)
            code = assert_typed.get(key)
            if code is None:
                code = assert_typed[key] = len(self._known.cells)
                self._known.cells.append(cell)
            codes.append(code)
        return codes


def encode_rows(grid: Grid, choice: Choice) -> Table:
    """Return the columns of `choice` below its header, without the rows that are blank in all known columns."""
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
            encoder.codes.extend(found if kept is None else [found[at] for at in kept])
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
