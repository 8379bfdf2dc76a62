"""Look into an .ods spreadsheet: all sheets stand in one part, repeated rows and cells are written once.

Source: OpenDocument 1.3, part 3, section 9 (tables).
"""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from itertools import islice
from typing import Final

from cpor_batch.domain.rows import CellFault, FaultKind
from cpor_batch.intake.archive import Archive
from cpor_batch.intake.facts import SheetFacts
from cpor_batch.intake.prolog import checked_pieces
from cpor_batch.intake.refusal import corrupt, encrypted

_CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_TAG: Final = re.compile(
    rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*?)(/?)>"
    rb"|</table:(table-cell|covered-table-cell|table)>|<text:p\b[^>]*?/?>([^<]*)"
)
_ATTRIBUTE: Final = re.compile(rb"([\w-]+:[\w-]+)=(?:\"([^\"]*)\"|'([^']*)')")
_HIDDEN: Final = frozenset({b"collapse", b"filter"})
_LONGEST_CELL: Final = 8 * 1024 * 1024
# A sheet with more repetitions of one faulty cell says the same as one with these.
_MOST_REPEATS: Final = 100_000


def look_into_document(archive: Archive) -> tuple[Mapping[str, SheetFacts], Mapping[str, "Corner"]]:
    """Return the facts and the far corner of every sheet; RefusedError where the document is encrypted."""
    manifest = archive.find(_MANIFEST)
    if manifest is not None and b"encryption-data" in archive.read(manifest):
        raise encrypted()
    content = archive.find(_CONTENT)
    if content is None:
        raise corrupt("The file is incomplete: it has no content.")
    scan = _DocumentScan()
    scan.feed(checked_pieces(archive.unpack(content), content))
    return scan.sheets, scan.corners


Corner = tuple[tuple[int, int], tuple[int, int]]
"""The lowest and the rightmost cell that hold something, as row number and column index."""


class _DocumentScan:
    def __init__(self) -> None:
        self.sheets: dict[str, SheetFacts] = {}
        self.corners: dict[str, Corner] = {}
        self._text: bytes | None = None
        self._begin_table("")

    def feed(self, pieces: Iterable[bytes]) -> None:
        rest = b""
        for piece in pieces:
            data = rest + piece
            cut = max(0, data.rfind(b"<"))
            self._scan(data[:cut])
            rest = data[cut:] if len(data) - cut <= _LONGEST_CELL else b""
        self._scan(rest)

    def _scan(self, data: bytes) -> None:
        for tag, attributes, slash, closed, text in _TAG.findall(data):
            if tag in {b"table-cell", b"covered-table-cell"}:
                self._begin_cell(_attributes(attributes))
                if slash:
                    self._end_cell()
            elif tag == b"table-row":
                self._begin_row(_attributes(attributes))
            elif tag == b"table":
                self._begin_table(unescape(_attributes(attributes).get(b"table:name", b"").decode()))
            elif closed == b"table":
                self._end_table()
            elif closed:
                self._end_cell()
            else:
                self._text = text if self._text is None else self._text + b"\n" + text

    def _begin_table(self, name: str) -> None:
        self._name = name
        self._row, self._row_repeats, self._column, self._cell_repeats = 0, 1, -1, 1
        self._cell: dict[bytes, bytes] = {}
        self._text = None
        self._faults: dict[int, dict[int, CellFault]] = {}
        self._hidden: list[range] = []
        self._lowest, self._rightmost = (0, 0), (0, -1)

    def _end_table(self) -> None:
        lowest = self._lowest[0]
        hidden = frozenset(number for rows in self._hidden for number in rows if number <= lowest)
        self.sheets[self._name] = SheetFacts(faults=self._faults, hidden_rows=hidden)
        self.corners[self._name] = (self._lowest, self._rightmost)

    def _begin_row(self, attributes: dict[bytes, bytes]) -> None:
        self._row += self._row_repeats if self._row else 1
        self._row_repeats = _count(attributes.get(b"table:number-rows-repeated"))
        self._column, self._cell_repeats = 0, 0
        if attributes.get(b"table:visibility") in _HIDDEN:
            self._hidden.append(range(self._row, self._row + self._row_repeats))

    def _begin_cell(self, attributes: dict[bytes, bytes]) -> None:
        self._column += self._cell_repeats
        self._cell_repeats = _count(attributes.get(b"table:number-columns-repeated"))
        self._cell, self._text = attributes, None

    def _end_cell(self) -> None:
        formula = self._cell.get(b"table:formula")
        has_value = b"office:value-type" in self._cell
        if not (has_value or formula is not None or self._text):
            return
        last = (self._row + self._row_repeats - 1, self._column + self._cell_repeats - 1)
        self._lowest = max(self._lowest, last)
        if last[1] > self._rightmost[1]:
            self._rightmost = last
        if self._cell.get(b"calcext:value-type") == b"error":
            self._add(CellFault(FaultKind.ERROR_VALUE, _plain(self._text or b"") or "#ERROR"))
        elif formula is not None and not has_value and self._text is None:
            self._add(CellFault(FaultKind.UNCALCULATED, "=" + _plain(formula).partition("=")[2]))

    def _add(self, fault: CellFault) -> None:
        places = (
            (self._row + down, self._column + right)
            for down in range(self._row_repeats)
            for right in range(self._cell_repeats)
        )
        for row, column in islice(places, _MOST_REPEATS):
            self._faults.setdefault(row, {})[column] = fault


def _count(text: bytes | None) -> int:
    return max(1, int(text)) if text is not None and text.isdigit() else 1


def _plain(text: bytes) -> str:
    return unescape(text.decode(errors="replace")).strip()


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}
