"""Write a sample workbook the way a team would: titles, widths, bands, filters, notes and drop-downs."""

from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from tests.samples.cast import PARTNERS
from tests.samples.claims import Cell, Formula, Row
from tests.samples.workbooks import DATE_KEYS, Look, SampleWorkbook

# XlsxWriter gives every part of the file the year 1980; with a fixed date in its properties the bytes are
# the same on every run.
_CREATED: Final = datetime(2021, 3, 31, 8, 30)  # noqa: DTZ001 - a document's property has no zone

# `Any`: XlsxWriter has no types.
Format = Any
_WRAPPED: Final = frozenset({"engagement_description", "customer_address", "comments"})
_LIST_SHEET: Final = "Lists"
_PAGES_WIDE: Final = 4
_LINE_HEIGHT: Final = 13
_LINE_GAP: Final = 2


def workbook_bytes(sample: SampleWorkbook) -> bytes:
    """Return the .xlsx file."""
    sample.check_columns()
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {"title": sample.look.titles[0] if sample.look.titles else "Claims", "created": _CREATED}
    )
    book.set_calc_mode("auto")
    _Writer(book, sample).write()
    book.close()
    return stream.getvalue()


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: Any, sample: SampleWorkbook) -> None:
        self.book = book
        self.sample = sample
        self.look: Look = sample.look
        self.sheet = book.add_worksheet(self.look.sheet)
        self.formats: dict[tuple[str, bool], Format] = {}
        self.header_format: Format = None

    def write(self) -> None:
        self._write_titles()
        self._write_header()
        rows = self.sample.numbered_rows()
        for number, index, row in rows:
            self._write_row(number, row, is_banded=index % 2 == 1)
        last = rows[-1][0]
        self._add_drop_downs(last)
        self._finish(last)
        if self.look.partner_list:
            self._write_partners()
        if self.look.notes_sheet:
            self._write_notes(*self.look.notes_sheet)

    def _write_titles(self) -> None:
        for index, text in enumerate(self.look.titles):
            style = {"bold": index == 0, "font_size": 16 if index == 0 else 10, "font_name": self.look.font}
            style["font_color"] = self.look.title_ink if index == 0 else "#595959"
            self.sheet.write_string(index, 0, text, self.book.add_format(style))
        if self.look.titles:
            self.sheet.set_row(0, 26)

    def _write_header(self) -> None:
        style = {
            "bold": True,
            "font_name": self.look.font,
            "font_size": 10,
            "font_color": self.look.header_ink,
            "bg_color": self.look.header_fill,
            "text_wrap": True,
            "valign": "vcenter",
            "border": 1,
            "border_color": "#BFBFBF",
        }
        header = self.header_format = self.book.add_format(style)
        row = self.look.header_row - 1
        self.sheet.set_row(row, 32)
        for column, key in enumerate(self.look.columns):
            star = " *" if self.look.required_star and key in _STARRED else ""
            self.sheet.write_string(row, column, self.look.header(key) + star, header)
            options = {"hidden": True} if key in self.look.hidden_columns else {}
            self.sheet.set_column(column, column, self.look.width(key), None, options)

    def _write_row(self, number: int, row: Row, *, is_banded: bool) -> None:
        lines = max(self._lines(key, cell) for key, cell in row.cells.items())
        options = {"hidden": True} if row.is_hidden else {}
        self.sheet.set_row(number - 1, _LINE_HEIGHT * lines + _LINE_GAP, None, options)
        for column, key in enumerate(self.look.columns):
            self._write_cell(number - 1, column, key, row.cells.get(key), is_banded=is_banded)
            if key in row.notes:
                self.sheet.write_comment(number - 1, column, row.notes[key], {"author": "Incentive desk"})

    def _write_cell(self, row: int, column: int, key: str, cell: Cell, *, is_banded: bool) -> None:
        style = self._format(key, is_banded=is_banded)
        match cell:
            case None:
                self.sheet.write_blank(row, column, None, style)
            case Formula():
                text = cell.text.format(row=row + 1, mpn=self.sample.letter("mpn_id"))
                self.sheet.write_formula(row, column, text, style, cell.result)
            case bool():
                self.sheet.write_boolean(row, column, cell, style)
            case date():
                dated = self._format("poe_signed_on", is_banded=is_banded)
                self.sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), dated)  # noqa: DTZ001
            case int() | float() if key == "mpn_id" and self.look.mpn_as_text:
                self.sheet.write_string(row, column, str(cell), style)
            case int() | float():
                self.sheet.write_number(row, column, cell, style)
            case str():
                self.sheet.write_string(row, column, self._shown(key, cell), style)

    def _lines(self, key: str, cell: Cell) -> int:
        """Return how many lines a cell takes up at the width of its column."""
        if key not in _WRAPPED or not isinstance(cell, str):
            return 1
        text = self._shown(key, cell)
        return sum(1 + len(part) // self.look.width(key) for part in text.split("\n"))

    def _shown(self, key: str, text: str) -> str:
        if key == "customer_address" and not self.look.address_in_lines:
            return text.replace("\n", "; ")
        return text

    def _format(self, key: str, *, is_banded: bool) -> Format:
        kind = (
            "date"
            if key in DATE_KEYS
            else "mpn"
            if key == "mpn_id"
            else "wrap"
            if key in _WRAPPED
            else "text"
        )
        found = self.formats.get((kind, is_banded))
        if found is None:
            found = self.formats[kind, is_banded] = self.book.add_format(
                self._style(kind, is_banded=is_banded)
            )
        return found

    def _style(self, kind: str, *, is_banded: bool) -> dict[str, object]:
        style: dict[str, object] = {"font_name": self.look.font, "font_size": 10, "valign": "top"}
        style |= {"border": 1, "border_color": "#D9D9D9"}
        if is_banded and self.look.band:
            style["bg_color"] = self.look.band
        if kind == "date":
            style |= {"num_format": self.look.date_format, "align": "left"}
        elif kind == "mpn":
            style |= {"num_format": "@" if self.look.mpn_as_text else "0", "align": "left"}
        elif kind == "wrap":
            style["text_wrap"] = True
        return style

    def _add_drop_downs(self, last: int) -> None:
        for key, choices in self.look.drop_downs.items():
            column = self.look.columns.index(key)
            rule = {"validate": "list", "source": list(choices), "error_type": "warning"}
            self.sheet.data_validation(self.look.header_row, column, last + 50, column, rule)

    def _finish(self, last: int) -> None:
        header = self.look.header_row - 1
        right = len(self.look.columns) - 1
        if self.look.is_table:
            names = [
                {"header": self.look.header(key), "header_format": self.header_format}
                for key in self.look.columns
            ]
            style = {"columns": names, "style": "Table Style Medium 4", "name": "ClaimLines"}
            self.sheet.add_table(header, 0, last - 1, right, style)
        elif self.look.has_filter:
            self.sheet.autofilter(header, 0, last - 1, right)
        self.sheet.freeze_panes(header + 1, self.look.columns.index("claim_name") + 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(8)  # A3
        self.sheet.fit_to_pages(_PAGES_WIDE, 0)
        self.sheet.repeat_rows(header)
        self.sheet.repeat_columns(self.look.columns.index("claim_name"))
        self.sheet.set_footer("&L&F&RPage &P of &N")

    def _write_partners(self) -> None:
        sheet = self.book.add_worksheet(_LIST_SHEET)
        bold = self.book.add_format({"bold": True, "bottom": 1})
        for column, text in enumerate(("MPN ID", "Partner", "Organisation", "Country")):
            sheet.write_string(0, column, text, bold)
        for row, partner in enumerate(PARTNERS, start=1):
            sheet.write_number(row, 0, int(partner.mpn_id))
            sheet.write_string(row, 1, partner.name)
            sheet.write_string(row, 2, partner.organisation)
            sheet.write_string(row, 3, partner.country)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 2, 32)

    def _write_notes(self, name: str, lines: tuple[str, ...]) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 100)
        wrap = self.book.add_format({"text_wrap": True, "font_name": self.look.font})
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line, wrap)


_STARRED: Final = frozenset(
    {
        *("claim_name", "mpn_id", "partner_name", "partner_contact_name", "partner_contact_email"),
        *("customer_name", "customer_domain", "tenant_id", "solution_area", "activity", "product"),
        *("customer_contact_name", "customer_contact_title", "customer_contact_email"),
    }
)
