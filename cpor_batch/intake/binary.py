"""Look into the sheets of an .xlsb workbook: a sequence of records, each with its type and size in front.

Source: [MS-XLSB], sections 2.1.4 (records) and 2.4 (which there are).
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cpor_batch.domain.rows import CellFault, FaultKind
from cpor_batch.intake.archive import Archive
from cpor_batch.intake.facts import SheetFacts
from cpor_batch.intake.refusal import corrupt
from cpor_batch.intake.relations import SheetPart, sheet_targets

ERROR_NAMES: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_ROW: Final = 0
_BLANK_CELL: Final = 1
_LAST_CELL: Final = 11
_ERROR_CELLS: Final = frozenset({3, 11})
_BUNDLE_SHEET: Final = 156
_HIDDEN_BIT: Final = 0x10
_NUMBER: Final = struct.Struct("<I")
_LONGEST_RECORD: Final = 64 * 1024 * 1024


def scan_binary(
    pieces: Callable[[], Iterable[bytes]], _most_cells: int
) -> tuple[SheetFacts, tuple[int, int], tuple[int, int]]:
    """Return the facts of a sheet, its lowest and its rightmost cell that hold something."""
    faults: dict[int, dict[int, CellFault]] = {}
    hidden: set[int] = set()
    row, lowest, rightmost = 0, (0, 0), (0, -1)
    for kind, body in _records(pieces()):
        if kind == _ROW and len(body) > _LAST_CELL:
            row = _NUMBER.unpack_from(body)[0] + 1
            if body[11] & _HIDDEN_BIT:
                hidden.add(row)
        elif _BLANK_CELL < kind <= _LAST_CELL and len(body) > _NUMBER.size:
            column = _NUMBER.unpack_from(body)[0]
            lowest = max(lowest, (row, column))
            if column > rightmost[1]:
                rightmost = (row, column)
            if kind in _ERROR_CELLS:
                name = ERROR_NAMES.get(body[8] if len(body) > 8 else 0, "#ERROR")  # noqa: PLR2004 - its offset
                faults.setdefault(row, {})[column] = CellFault(FaultKind.ERROR_VALUE, name)
    return SheetFacts(faults=faults, hidden_rows=frozenset(hidden)), lowest, rightmost


def binary_sheet_parts(archive: Archive, workbook: str) -> tuple[SheetPart, ...]:
    """Return the sheets of an .xlsb workbook in their order."""
    targets = sheet_targets(archive, workbook)
    sheets = []
    for kind, body in _records(iter([archive.read(workbook)])):
        if kind == _BUNDLE_SHEET and len(body) > _NUMBER.size:
            key, after = _text(body, 8)
            name, _ = _text(body, after)
            if key in targets:
                sheets.append(SheetPart(name=name, part=targets[key], is_hidden=_is_set(body)))
    return tuple(sheets)


def _is_set(body: bytes) -> bool:
    return bool(_NUMBER.unpack_from(body)[0])


def _text(body: bytes, at: int) -> tuple[str, int]:
    if len(body) < at + _NUMBER.size:
        return "", at
    end = at + _NUMBER.size + 2 * _NUMBER.unpack_from(body, at)[0]
    return body[at + _NUMBER.size : end].decode("utf-16-le", errors="replace"), end


def _records(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of every record."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        at = 0
        while (head := _head(data, at)) is not None:
            kind, begin, size = head
            if size > _LONGEST_RECORD:
                raise corrupt("Its sheet is damaged: a record is longer than any that Excel writes.")
            if begin + size > len(data):
                break
            yield kind, data[begin : begin + size]
            at = begin + size
        rest = data[at:]


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return type, beginning and size of the record at `at`, or None where its head is not whole."""
    try:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while shift < 28:  # noqa: PLR2004 - four bytes of seven bits
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:  # noqa: PLR2004 - the highest bit says that another byte follows
                break
    except IndexError:
        return None
    return kind, at, size
