"""Read text parted by commas, semicolons or tabs row by row: a file of any length takes the same memory.

No child process is needed here: nothing but Python's own CSV reader touches the content.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.limits import MEBIBYTE
from cpor_batch.intake.delimited import DelimitedText
from cpor_batch.intake.headers import Header, HeaderSchema, find_header
from cpor_batch.intake.refusal import Refusal, RefusedError, corrupt, too_large

STREAMED: Final = frozenset({".csv", ".tsv", ".tab", ".txt"})
_HEAD_BYTES: Final = MEBIBYTE
_LONGEST_CELL: Final = 1_000_000
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

StreamedRow = tuple[int, list[str]]
"""The row's number in the file, counted from 1, and its cells from the first column on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file whose header is known and whose rows are read when they are asked for."""

    header: Header
    rows: Iterator[StreamedRow]
    """Blank rows are left out. May raise RefusedError in the middle, where the file is damaged there."""


class StreamRefusedError(Exception):
    """The file cannot be read, or not any further."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the reason."""
        super().__init__(refusal.message)
        self.refusal = refusal


@contextmanager
def open_stream(
    path: Path,
    *,
    schema: HeaderSchema,
    header_map: Mapping[str, str],
    file_bytes: int,
    required: frozenset[str] | None = None,
) -> Iterator[Stream]:
    """Give the file's header and rows; StreamRefusedError, also from the rows, says why it cannot be read."""
    if required is None:
        required = frozenset(column.key for column in schema.columns if column.is_required)
    try:
        head = _read_head(path, file_bytes)
        text = DelimitedText(head)
        header = find_header(text.heads(), schema, required=required, header_map=header_map)
        encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as file:
            if text.has_separator_line:
                file.readline()
            yield Stream(header=header, rows=_rows(file, text.delimiter, after=header.row))
    except RefusedError as exc:
        raise StreamRefusedError(exc.refusal) from exc


def _read_head(path: Path, file_bytes: int) -> bytes:
    """Return the first lines of the file, none of them cut."""
    try:
        return _read_first_lines(path, file_bytes)
    except OSError as exc:
        raise RefusedError(
            IssueCode.FILE_NOT_FOUND,
            f"The file cannot be opened ({exc.strerror or exc}).",
            "Close it where it is open, and check that you may read it.",
        ) from exc


def _read_first_lines(path: Path, file_bytes: int) -> bytes:
    if not path.is_file():
        code, message = IssueCode.FILE_NOT_FOUND, "There is no such file."
        if path.exists():
            code, message = IssueCode.FILE_TYPE, "This is no ordinary file."
        raise RefusedError(code, message, "Check the name and the folder.")
    size = path.stat().st_size
    if size > file_bytes:
        raise too_large(f"The file has {size // MEBIBYTE} MB; the limit is {file_bytes // MEBIBYTE} MB.")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if len(head) < size:
        # In UTF-16 a line feed has a zero byte beside it; cut after both.
        width = 2 if head.startswith(_UTF16) else 1
        end = head.rfind(b"\n") + width
        head = head[: end - end % width]
    return head


def _rows(file: IO[str], delimiter: str, *, after: int) -> Iterator[StreamedRow]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(islice(reader, after, None), after + 1):
            if any(row) and not all(not cell or cell.isspace() for cell in row):
                yield number, row
    except csv.Error as exc:
        raise corrupt(
            f"Row {number + 1} (near line {reader.line_num} of the file) cannot be split into cells ({exc}); "
            "most often a quotation mark is missing or stands alone."
        ) from exc
    except UnicodeDecodeError as exc:
        raise RefusedError(
            IssueCode.FILE_TYPE,
            f"The file is not written in UTF-8: after row {number} it holds the byte "
            f"{exc.object[exc.start]:#04x}.",
            'In Excel choose Save As, "CSV UTF-8 (Comma delimited)".',
        ) from exc
