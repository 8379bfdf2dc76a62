"""Scan the XML of one .xlsx sheet for what calamine does not tell: its extent, faulty cells, hidden rows.

calamine reads an error cell, and a formula that was never calculated, as blank; and it lays out every cell
between the first and the last, so one stray cell in XFD1048576 asks for 17 thousand million of them.

Clean pieces cost a few searches for byte strings. Only a piece that holds a marker is looked at cell by cell,
and only a sheet written unlike Excel's own (other prefixes, attributes in another order, no references) is
taken apart tag by tag.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.domain.rows import CellFault
from cpor_batch.intake.facts import SheetFacts
from cpor_batch.intake.letters import column_index
from cpor_batch.intake.tags import TagScan, fault_of_error, fault_of_formula

_ROW: Final = re.compile(rb'<row r="(\d+)')
_FAR_COLUMN: Final = re.compile(rb'<c r="([A-Z]{2,3})')
_ERROR_CELL: Final = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]* t="e"[^>]*(?<!/)>(.*?)</c>', re.DOTALL)
_ERROR_TEXT: Final = re.compile(rb"<v>([^<]*)</v>")
_BARE_FORMULA: Final = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*<f(?:[^>]*/>|(?:\s[^>]*)?>([^<]*)</f>)\s*(<v\s*/>|<v></v>)?\s*</c>'
)
_HIDDEN_ROW: Final = re.compile(rb'<row r="(\d+)"[^>]* hidden="(?:1|true)"')
_LAST_SINGLE_LETTER: Final = 25
# A row of 16384 cells with long texts; what is longer without a cell's beginning is no sheet of Excel's.
_LONGEST_CELL: Final = 8 * 1024 * 1024


@dataclass(slots=True)
class SheetScan:
    """The scan of one sheet while its pieces come in."""

    faults: dict[int, dict[int, CellFault]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    last_row: int = 0
    last_column: int = _LAST_SINGLE_LETTER
    _tags: TagScan | None = None
    _has_begun: bool = False

    def facts(self) -> SheetFacts:
        """Return what was found in the cells."""
        return SheetFacts(faults=self.faults, hidden_rows=frozenset(self.hidden_rows))

    @property
    def most_cells(self) -> int:
        """How many cells the sheet's area has at most: blank but formatted ones are counted."""
        return self.last_row * (self.last_column + 1)

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Scan the sheet, given in pieces of any size."""
        rest = b""
        for piece in pieces:
            data = rest + piece if rest else piece
            cut = data.rfind(b"<") if self._tags else max(data.rfind(b"<c "), data.rfind(b"<row "))
            if cut <= 0:
                cut = max(0, data.rfind(b"<")) if len(data) > _LONGEST_CELL else 0
            self._scan(data[:cut])
            rest = data[cut:] if len(data) - cut <= _LONGEST_CELL else b""
        self._scan(rest)

    def _scan(self, data: bytes) -> None:
        if not data:
            return
        if self._tags is None and not (_has_plain_cells(data) and (self._has_begun or _is_plain(data))):
            self._tags = TagScan(self.faults, self.hidden_rows, row=self.last_row)
        self._has_begun = self._has_begun or b"<row " in data
        if self._tags is None:
            self._measure(data)
            self._find_markers(data)
        else:
            self._tags.feed(data)
            self.last_row = max(self.last_row, self._tags.lowest[0])
            self.last_column = max(self.last_column, self._tags.rightmost[1])

    def _measure(self, data: bytes) -> None:
        rows = _ROW.findall(data)
        if rows:
            self.last_row = max(self.last_row, *map(int, rows))
        for letters in set(_FAR_COLUMN.findall(data)):
            self.last_column = max(self.last_column, column_index(letters.decode()))

    def _find_markers(self, data: bytes) -> None:
        if b't="e"' in data:
            for letters, row, content in _ERROR_CELL.findall(data):
                text = _ERROR_TEXT.search(content)
                self._add(letters, row, fault_of_error(text.group(1) if text else b""))
        if b"<f" in data:
            for letters, row, attributes, formula, value in _BARE_FORMULA.findall(data):
                is_text = b't="str"' in attributes
                if b't="e"' not in attributes and not (value and is_text):
                    self._add(letters, row, fault_of_formula(formula))
        if b'hidden="1"' in data or b'hidden="true"' in data:
            self.hidden_rows.update(map(int, _HIDDEN_ROW.findall(data)))

    def _add(self, letters: bytes, row: bytes, fault: CellFault) -> None:
        self.faults.setdefault(int(row), {})[column_index(letters.decode())] = fault


def _has_plain_cells(data: bytes) -> bool:
    """Whether the cells are written as Excel writes them, with the reference first and in double quotes."""
    return data.count(b"<c ") == data.count(b'<c r="') and b"t='e'" not in data


def _is_plain(data: bytes) -> bool:
    """Whether nothing bears a prefix and rows bear numbers; asked once, as programs write all rows alike."""
    return (
        data.count(b"<row ") == data.count(b'<row r="')
        and b":row" not in data
        and b":c " not in data
        and b"<c>" not in data
        and b"<row>" not in data
    )


def furthest_cells(pieces: Iterable[bytes]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the lowest and the rightmost cell that hold something, as row number and column index.

    Slow: for a sheet that looks too large, where blank but formatted cells must not count.
    """
    tags = TagScan({}, set())
    rest = b""
    for piece in pieces:
        data = rest + piece
        cut = max(0, data.rfind(b"<"))
        tags.feed(data[:cut])
        rest = data[cut:] if len(data) - cut <= _LONGEST_CELL else b""
    tags.feed(rest)
    return tags.lowest, tags.rightmost
