"""The looks of every workbook: one palette, one set of formats, one way to write a cell."""

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from cpor_batch.reports.safe_text import cell_text
from cpor_batch.reports.tables import Kind, Pill, Tone, Value

# `Any` throughout: xlsxwriter brings no types.

INK: Final = "#1F2933"
MUTED: Final = "#5F6C7B"
RULE: Final = "#D5DBE1"
HEAD: Final = "#E9EEF2"
LINK: Final = "#0B5C8A"

# Fill of a row and of a cell or pill, and the ink on the latter; words always say the same.
ROW_FILLS: Final = {
    Tone.GOOD: "#F1F8F3",
    Tone.WAITING: "#F0F5FA",
    Tone.ATTENTION: "#FDF7E8",
    Tone.BAD: "#FDF1F0",
    Tone.QUIET: "#F6F7F9",
}
FILLS: Final = {
    Tone.GOOD: "#D9EFDF",
    Tone.WAITING: "#D8E7F4",
    Tone.ATTENTION: "#FBE7B5",
    Tone.BAD: "#F6C6C1",
    Tone.QUIET: "#E8EBEE",
}
INKS: Final = {
    Tone.GOOD: "#14532D",
    Tone.WAITING: "#124A73",
    Tone.ATTENTION: "#6B4700",
    Tone.BAD: "#8A1C12",
    Tone.QUIET: "#3E4C59",
}
BARS: Final = {
    Tone.GOOD: "#3F9A63",
    Tone.WAITING: "#3C7FB8",
    Tone.ATTENTION: "#D19A1C",
    Tone.BAD: "#C4463A",
    Tone.QUIET: "#9AA5B1",
}

DATE_FORMAT: Final = "yyyy-mm-dd"
_NUMBER_FORMATS: Final = {
    Kind.DATE: DATE_FORMAT,
    Kind.NUMBER: "#,##0",
    Kind.MONEY: "#,##0.00",
    Kind.ID: "@",
    Kind.TEXT: "@",
    Kind.STATUS: "@",
}
_FIRST_EXCEL_DAY: Final = date(1900, 3, 1)


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        self._cells: dict[tuple[object, ...], Any] = {}

    def get(self, **properties: object) -> Any:
        """Return the format with these xlsxwriter properties on top of the base ones."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
            self._made[key] = self._book.add_format({**base, **properties})
        return self._made[key]

    def head(self) -> Any:
        """Return the format of a table's header."""
        return self.get(
            bold=True, bg_color=HEAD, bottom=1, bottom_color=MUTED, text_wrap=True, valign="vcenter"
        )

    def cell(self, kind: Kind, value: Value, *, row: Tone | None = None, mark: Tone | None = None) -> Any:
        """Return the format of a table's cell: by its kind, the tint of its row and its own mark."""
        number_format = _raw_format(value) if kind is Kind.RAW else _NUMBER_FORMATS[kind]
        tone = value.tone if isinstance(value, Pill) else mark
        # Asked once per cell, and a large table has few kinds of them.
        look = (kind, number_format, row, tone, mark is not None)
        if look not in self._cells:
            self._cells[look] = self._make_cell(kind, number_format, row, tone, is_marked=mark is not None)
        return self._cells[look]

    def _make_cell(
        self, kind: Kind, number_format: str | None, row: Tone | None, tone: Tone | None, *, is_marked: bool
    ) -> Any:
        properties: dict[str, object] = {"bottom": 1, "bottom_color": RULE, "text_wrap": True}
        if number_format:
            properties["num_format"] = number_format
        if kind in {Kind.NUMBER, Kind.MONEY}:
            properties |= {"align": "right", "indent": 1}
        elif kind in {Kind.DATE, Kind.RAW}:
            properties["align"] = "left"
        if row is not None:
            properties["bg_color"] = ROW_FILLS[row]
        if tone is not None:
            properties |= {"bg_color": FILLS[tone], "font_color": INKS[tone]}
        if is_marked:
            properties["bold"] = True
        return self.get(**properties)


def _raw_format(value: Value) -> str | None:
    match value:
        case str():
            return "@"
        case datetime() if value.time() != time():
            return "yyyy-mm-dd hh:mm:ss"
        case date():
            return DATE_FORMAT
        case time() | timedelta():
            return "[h]:mm:ss"
        case int() | float() if not isinstance(value, bool) and float(value).is_integer():
            # Not 1.23E+18: a number that lost digits shall look like the number it is.
            return "0"
        case _:
            return None


def write_cell(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    """Write one value; text stays text, whatever it begins with."""
    match value:
        case None:
            sheet.write_blank(row, column, None, style)
        case Pill():
            sheet.write_string(row, column, cell_text(value.text), style)
        case str():
            sheet.write_string(row, column, cell_text(value), style)
        case bool():
            sheet.write_boolean(row, column, value, style)
        case datetime() | date():
            _write_day(sheet, row, column, value, style)
        case time() | timedelta():
            sheet.write_datetime(row, column, value, style)
        case float() if not math.isfinite(value):
            sheet.write_string(row, column, str(value), style)
        case int() | float() | Decimal():
            sheet.write_number(row, column, value, style)


def _write_day(sheet: Any, row: int, column: int, value: date, style: Any) -> None:
    day = value.date() if isinstance(value, datetime) else value
    # Excel has a 29 February 1900 and nothing before that year: such days are written as text.
    if day < _FIRST_EXCEL_DAY:
        sheet.write_string(row, column, value.isoformat(), style)
    else:
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, naive, style)
