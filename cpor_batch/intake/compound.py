"""Look into a compound file: an .xls workbook, or the wrapping of an encrypted one.

Source: [MS-CFB] for the container, [MS-XLS] section 2.4 for the records.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final

from cpor_batch.domain.rows import CellFault, FaultKind
from cpor_batch.intake.binary import ERROR_NAMES
from cpor_batch.intake.facts import Findings, SheetFacts
from cpor_batch.intake.kinds import Kind, wrong_kind
from cpor_batch.intake.refusal import corrupt, encrypted

_HEADER_BYTES: Final = 512
_ENTRY_BYTES: Final = 128
_LAST_SECTOR: Final = 0xFFFFFFFA
_STREAM: Final = 2
_ROOT: Final = 5
_ENCRYPTED_STREAMS: Final = frozenset({"EncryptedPackage", "EncryptionInfo"})
_WORKBOOK_STREAMS: Final = ("Workbook", "Book")
_MACRO_STORAGES: Final = frozenset({"_VBA_PROJECT_CUR", "VBA"})
_OTHER_STREAMS: Final = (
    ("WordDocument", "a Word document"),
    ("PowerPoint Document", "a PowerPoint presentation"),
    ("__properties_version1.0", "an Outlook message"),
)

_FORMULA: Final = 0x0006
_END_OF_SHEET: Final = 0x000A
_FILE_PASSWORD: Final = 0x002F
_SHEET: Final = 0x0085
_LINK: Final = 0x01AE
_BOOL_OR_ERROR: Final = 0x0205
_ROW: Final = 0x0208
_MACRO_SHEET: Final = 1
_ROW_HIDDEN: Final = 0x20
_RECORD: Final = struct.Struct("<HH")
_CELL: Final = struct.Struct("<HH")
_ERROR_RESULT: Final = 2
# A link to this workbook itself, or to an add-in, is four bytes long and leads nowhere.
_INNER_LINK_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def look_into_compound(file: BinaryIO, promised: Kind) -> Findings:
    """Return the facts of an .xls workbook; RefusedError where it is encrypted or something else."""
    try:
        compound = _Compound(file)
        names = {entry.name for entry in compound.entries}
        if names & _ENCRYPTED_STREAMS:
            raise encrypted()
        stream = next((name for name in _WORKBOOK_STREAMS if name in names), None)
        if stream is None or promised is not Kind.OLD_EXCEL:
            other = next(
                (words for name, words in _OTHER_STREAMS if name in names), "another Office document"
            )
            raise wrong_kind(Kind.OLD_EXCEL.value if stream else other, promised)
        return _look_into_stream(compound.read(stream), has_macros=bool(names & _MACRO_STORAGES))
    except (struct.error, IndexError, ValueError) as exc:
        raise corrupt("The file is incomplete or damaged: its directory leads nowhere.") from exc


class _Compound:
    """The streams of a compound file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._file_bytes = file.seek(0, 2)
        file.seek(0)
        header = file.read(_HEADER_BYTES)
        sector_shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if sector_shift not in {9, 12}:
            raise ValueError("sector size")
        self._sector_bytes, self._mini_bytes = 1 << sector_shift, 1 << mini_shift
        first_entry, self._mini_below, first_mini = struct.unpack_from("<I4xII", header, 48)
        next_table, _ = struct.unpack_from("<II", header, 68)
        self._fat = self._read_fat(struct.unpack_from("<109I", header, 76), next_table)
        directory = self._chain(first_entry)
        self.entries = [
            _entry(directory, at) for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        ]
        self._mini_fat = array("I", self._chain(first_mini)) if first_mini < _LAST_SECTOR else array("I")

    def read(self, name: str) -> bytes:
        """Return the content of the stream."""
        entry = next(entry for entry in self.entries if entry.name == name)
        if entry.size >= self._mini_below:
            return self._chain(entry.start)[: entry.size]
        root = next(entry for entry in self.entries if entry.kind == _ROOT)
        minis = self._chain(root.start)
        sectors = _follow(self._mini_fat, entry.start)
        return b"".join(minis[at * self._mini_bytes : (at + 1) * self._mini_bytes] for at in sectors)[
            : entry.size
        ]

    def _read_fat(self, first: tuple[int, ...], next_table: int) -> "array[int]":
        sectors = list(first)
        most = self._file_bytes // self._sector_bytes
        for _ in range(most):
            if next_table >= _LAST_SECTOR:
                break
            table = array("I", self._sector(next_table))
            sectors += table[:-1]
            next_table = table[-1]
        fat = array("I")
        for sector in sectors:
            if sector < _LAST_SECTOR:
                fat.frombytes(self._sector(sector))
        return fat

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(self._fat, start)))

    def _sector(self, number: int) -> bytes:
        self._file.seek((number + 1) * self._sector_bytes)
        content = self._file.read(self._sector_bytes)
        return content.ljust(self._sector_bytes, b"\x00") if content else b""


def _follow(table: "array[int]", start: int) -> Iterator[int]:
    """Yield the sectors of a chain; ValueError where it goes round in circles."""
    sector = start
    for _ in range(len(table) + 1):
        if sector >= _LAST_SECTOR:
            return
        yield sector
        sector = table[sector]
    raise ValueError("endless chain")


def _entry(directory: bytes, at: int) -> _Entry:
    name_bytes, kind = struct.unpack_from("<HB", directory, at + 64)
    start, size = struct.unpack_from("<II", directory, at + 116)
    name = directory[at : at + max(0, min(name_bytes, 64) - 2)].decode("utf-16-le", errors="replace")
    return _Entry(name=name, kind=kind, start=start, size=size)


def _look_into_stream(stream: bytes, *, has_macros: bool) -> Findings:
    sheets: dict[str, int] = {}
    links: tuple[str, ...] = ()
    for kind, begin, size in _records(stream, 0):
        if kind == _FILE_PASSWORD:
            raise encrypted()
        if kind == _SHEET:
            offset, sheet_type = struct.unpack_from("<IxB", stream, begin)
            has_macros = has_macros or sheet_type == _MACRO_SHEET
            sheets[_sheet_name(stream[begin + 6 : begin + size])] = offset
        elif kind == _LINK and size > _INNER_LINK_BYTES:
            links = ("other workbooks",)
    facts = {name: partial(_sheet_facts, stream, offset) for name, offset in sheets.items()}
    return Findings(facts=facts, has_macros=has_macros, links=links)


def _sheet_name(body: bytes) -> str:
    if len(body) == body[0] + 1:  # Excel 5 and 95: one byte per letter, and no flag
        return body[1:].decode("cp1252", errors="replace")
    if body[1] & 1:
        return body[2:].decode("utf-16-le", errors="replace")
    return body[2:].decode("latin-1")


def _sheet_facts(stream: bytes, offset: int) -> SheetFacts:
    faults: dict[int, dict[int, CellFault]] = {}
    hidden: set[int] = set()
    for kind, begin, _ in _records(stream, offset):
        code: int | None = None
        if kind == _FORMULA:
            if stream[begin + 12 : begin + 14] == b"\xff\xff" and stream[begin + 6] == _ERROR_RESULT:
                code = stream[begin + 8]
        elif kind == _BOOL_OR_ERROR:
            code = stream[begin + 6] if stream[begin + 7] else None
        elif kind == _ROW and stream[begin + 12] & _ROW_HIDDEN:
            hidden.add(_CELL.unpack_from(stream, begin)[0] + 1)
        if code is not None:
            row, column = _CELL.unpack_from(stream, begin)
            fault = CellFault(FaultKind.ERROR_VALUE, ERROR_NAMES.get(code, "#ERROR"))
            faults.setdefault(row + 1, {})[column] = fault
    return SheetFacts(faults=faults, hidden_rows=frozenset(hidden))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, beginning and size of the records from `at` to the end of the sheet or of the globals."""
    while at + _RECORD.size <= len(stream):
        kind, size = _RECORD.unpack_from(stream, at)
        at += _RECORD.size
        if kind == _END_OF_SHEET:
            return
        yield kind, at, size
        at += size
