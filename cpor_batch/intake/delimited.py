"""CSV files: UTF-8 (with or without a byte order mark) or UTF-16 with one; `;`, `,` or tab between the cells.

A record is a row: one that holds line breaks inside quotes still counts as one, as a spreadsheet shows it.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.intake.grid import Grid, RawRow
from cpor_batch.intake.messages import HEADER_SEARCH_ROWS, SheetHead
from cpor_batch.intake.refusal import RefusedError, corrupt

_DELIMITERS: Final = (";", ",", "\t")
# Far more than a cell of Excel holds; whoever needs more has lost a closing quote.
_LONGEST_CELL: Final = 1_000_000
_SEPARATOR_LINE: Final = "sep="
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class DelimitedText:
    """A CSV file, decoded and with its delimiter known."""

    def __init__(self, content: bytes) -> None:
        """Decode the file; RefusedError where it is no text in UTF-8 or UTF-16."""
        text = _decode(content)
        named, self._text = _separator_line(text)
        self.has_separator_line = named is not None
        self.delimiter = named or max(_DELIMITERS, key=self._width)

    def heads(self) -> tuple[SheetHead, ...]:
        """Return the first rows of the one sheet that there is."""
        rows = islice(self._records(self.delimiter), HEADER_SEARCH_ROWS)
        return (SheetHead(name=None, rows=tuple(tuple(cell or None for cell in row) for row in rows)),)

    def hidden(self) -> tuple[str, ...]:
        """Return nothing: there are no sheets to hide."""
        return ()

    def grid(self, _sheet: str | None) -> Grid:
        """Return all cells."""
        return Grid(rows=self._records(self.delimiter))

    def _width(self, delimiter: str) -> int:
        """Return how many cells of the fullest of the first rows hold anything."""
        try:
            rows = list(islice(self._records(delimiter), HEADER_SEARCH_ROWS))
        except RefusedError:
            return 0
        return max((sum(1 for cell in row if cell) for row in rows), default=0)

    def _records(self, delimiter: str) -> Iterator[RawRow]:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter, strict=True)
        number = 0
        while True:
            started_at = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as exc:
                raise corrupt(
                    f"Row {number + 1} (line {started_at} of the file) cannot be split into cells ({exc}); "
                    "most often a quotation mark is missing or stands alone."
                ) from exc
            if row is None:
                return
            number += 1
            yield list(row)


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise RefusedError(
            IssueCode.FILE_TYPE,
            f"The file is not written in UTF-8: line {line} holds the byte {content[exc.start]:#04x}.",
            'In Excel choose Save As, "CSV UTF-8 (Comma delimited)"; or send the workbook as .xlsx.',
        ) from exc
    if "\x00" in text:
        raise RefusedError(
            IssueCode.FILE_TYPE,
            "The file is named .csv but holds binary data.",
            "Send the workbook itself as .xlsx, or save it as CSV UTF-8 in Excel.",
        )
    return text


def _separator_line(text: str) -> tuple[str | None, str]:
    """Return the delimiter that a first line such as `sep=;` names, and the text without that line.

    Excel writes and hides this line, so it is no row.
    """
    first, _, rest = text[:8].partition("\n")
    bare = first.rstrip("\r")
    if rest or "\n" in text[:8]:
        delimiter = bare.removeprefix(_SEPARATOR_LINE)
        if bare.startswith(_SEPARATOR_LINE) and len(delimiter) == 1:
            return delimiter, text[len(first) + 1 :]
    return None, text
