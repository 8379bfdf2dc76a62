"""One table on one sheet of a workbook: title, header, rows, filters, print set-up."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from cpor_batch.reports.safe_text import cell_text, printable
from cpor_batch.reports.styles import LINK, MUTED, Styles, write_cell
from cpor_batch.reports.tables import ColumnSpec, Kind, Table, Tone
from cpor_batch.reports.words import plain

# `Any` throughout: xlsxwriter brings no types.

HEADER_ROW: Final = 3
"""Index of the header's row on every table sheet: below title, note and the way back."""

# Excel grows slow with very many notes; the problems also stand in words beside each row.
_MOST_NOTES: Final = 3_000
_NOTE_LIMIT: Final = 600
_A4: Final = 9
# In characters: as much as an A4 page across takes in letters that can just be read.
_READABLE_WIDTH: Final = 420
_HEADER_LIMIT: Final = 255
# Points: of one line of text, around it, and the most that Excel allows.
_LINE, _PADDING, _HIGHEST = 13.2, 4.0, 409.0


def sheet_name(name: str, taken: Sequence[str] = ()) -> str:
    """Return a name that Excel takes for a sheet: short, free of []:*?/ and backslashes, not taken yet."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", printable(name)).strip(" '")[:31] or "Sheet"
    known = {other.casefold() for other in taken}
    found, number = clean, 2
    while found.casefold() in known:
        found = f"{clean[:28]} {number}"
        number += 1
    return found


def set_up_page(sheet: Any, *, title: str, tool_version: str, header_row: int | None = None) -> None:
    """Set a sheet up for paper: A4 landscape, one page wide, header repeated, page x of y."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if header_row is not None:
        sheet.repeat_rows(header_row)
    tool = f"cpor-batch {tool_version}".strip()
    sheet.set_footer(f"&L&8{_footer(title)}&C&8{_footer(tool)}&R&8Page &P of &N")
    sheet.hide_gridlines(2)


def _footer(text: str) -> str:
    return printable(text).replace("&", "&&")[:80]


def write_table(sheet: Any, table: Table, styles: Styles, *, tool_version: str) -> None:
    """Write `table` to an empty sheet, its header in row 4, as an Excel table with filters."""
    sheet.write_string(0, 0, cell_text(table.title), styles.get(bold=True, font_size=15, valign="vcenter"))
    sheet.set_row(0, 24)
    sheet.write_string(1, 0, cell_text(table.note), styles.get(font_color=MUTED))
    way_back = styles.get(font_color=LINK, underline=1)
    sheet.write_url(2, 0, "internal:'Summary'!A1", way_back, string="Back to Summary")
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    headers = unique_headers(table.columns)
    widths = [column.width for column in table.columns]
    sheet.set_row(HEADER_ROW, row_height(headers, [max(width - 3, 4) for width in widths]) + 5)
    for index, header in enumerate(headers):
        sheet.write_string(HEADER_ROW, index, header, styles.head())
    if table.rows:
        _add_table(sheet, table, headers, styles)
        _write_rows(sheet, table, styles)
    else:
        sheet.write_string(HEADER_ROW + 1, 0, cell_text(table.when_empty), styles.get(font_color=MUTED))
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    set_up_page(sheet, title=table.title, tool_version=tool_version, header_row=HEADER_ROW)
    if sum(widths) > _READABLE_WIDTH:
        # On one page this could not be read: several side by side, each with the first column.
        sheet.fit_to_pages(-(-sum(widths) // (_READABLE_WIDTH // 2)), 0)
        sheet.repeat_columns(0)


def unique_headers(columns: Sequence[ColumnSpec]) -> tuple[str, ...]:
    """Return the headers in one line each, no two alike, as an Excel table needs them."""
    found: list[str] = []
    for column in columns:
        clean = " ".join(printable(column.header).split())[:_HEADER_LIMIT] or column.key
        header, number = clean, 2
        while header.casefold() in {other.casefold() for other in found}:
            header = f"{clean[:240]} ({number})"
            number += 1
        found.append(header)
    return tuple(found)


def row_height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Return the height in points that a row needs for its wrapped texts; widths are in characters.

    Excel fits heights when it opens a file, LibreOffice does not; so every row says its own.
    """
    lines = 1
    for text, width in zip(texts, widths, strict=True):
        # Room for twice as many letters is room for letters of double width, too.
        if 2 * len(text) <= width and "\n" not in text:
            continue
        room = max(int(width * 1.12), 1)
        needed = sum(max(-(-_text_width(line) // room), 1) for line in text.split("\n"))
        lines = max(lines, needed)
    return min(_PADDING + lines * _LINE, _HIGHEST)


def _text_width(text: str) -> int:
    """Return the width in characters; Chinese, Japanese and Korean ones count twice."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _add_table(sheet: Any, table: Table, headers: Sequence[str], styles: Styles) -> None:
    name = re.sub(r"\W", "_", table.name, flags=re.ASCII)
    sheet.add_table(
        HEADER_ROW,
        0,
        HEADER_ROW + len(table.rows),
        len(headers) - 1,
        {
            "name": f"table_{name}",
            "style": None,
            "columns": [{"header": header, "header_format": styles.head()} for header in headers],
        },
    )


def _write_rows(sheet: Any, table: Table, styles: Styles) -> None:
    notes = 0
    widths = [column.width for column in table.columns]
    for index, row in enumerate(table.rows):
        tone: Tone | None = table.row_tones[index] if table.row_tones else None
        line = HEADER_ROW + 1 + index
        sheet.set_row(line, row_height([plain(value) for value in row], widths))
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            mark = table.marks.get((index, column.key))
            style = styles.cell(column.kind, value, row=tone, mark=mark.tone if mark else None)
            write_cell(sheet, line, place, _as_text(value) if column.kind is Kind.ID else value, style)
            if mark is not None and mark.note and notes < _MOST_NOTES:
                notes += 1
                _write_note(sheet, line, place, mark.note)


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _write_note(sheet: Any, row: int, column: int, note: str) -> None:
    text = cell_text(note)[:_NOTE_LIMIT]
    # Roughly five characters per line and unit of width; a note that hides its end helps nobody.
    height = 24 + 15 * (1 + len(text) // 42)
    sheet.write_comment(row, column, text, {"author": "cpor-batch", "width": 260, "height": height})
