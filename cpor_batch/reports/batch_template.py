"""The blank batch workbook: localized headers, drop-downs, input messages, an example and instructions.

Only the sheet Claims is ever read; the example stands on a sheet of its own, so that nobody claims it.
"""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cpor_batch.assets import Assets
from cpor_batch.files import write_atomically
from cpor_batch.reports.batch_checks import validation
from cpor_batch.reports.batch_example import example_rows
from cpor_batch.reports.batch_instructions import write_instructions
from cpor_batch.reports.batch_job import Job, cell_style, head_style, header
from cpor_batch.reports.batch_lists import write_lists
from cpor_batch.reports.batch_words import read_batch_words
from cpor_batch.reports.sheets import row_height, set_up_page
from cpor_batch.reports.styles import Styles, write_cell
from cpor_batch.reports.workbook import OPTIONS
from cpor_batch.rulebook import Rulebook
from cpor_batch.rulebook.sheet import ColumnKind

# `Any` throughout: xlsxwriter brings no types.

READY_ROWS: Final = 500
_WIDTHS: Final = {
    ColumnKind.GUID: 38,
    ColumnKind.EMAIL: 28,
    ColumnKind.DATE: 13,
    ColumnKind.COUNTRY: 12,
    ColumnKind.LANGUAGE: 12,
    ColumnKind.YES_NO: 12,
    ColumnKind.DIGITS: 14,
    ColumnKind.PRODUCT: 30,
    ColumnKind.ADDRESS: 32,
}
_MADE_ON: Final = datetime(2000, 1, 1, tzinfo=UTC)


def write_batch_template(
    path: Path, *, rulebook: Rulebook, language: str, assets: Assets | None = None, tool_version: str = ""
) -> None:
    """Write a blank batch workbook in one of the six languages; OutputError if it cannot be written."""
    write_atomically(path, batch_template_bytes(rulebook, language, assets or Assets(), tool_version))


def batch_template_bytes(rulebook: Rulebook, language: str, assets: Assets, tool_version: str = "") -> bytes:
    """Return the blank workbook as bytes; the same rules give the same bytes."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    words = read_batch_words(assets, language)
    job = Job(book=book, styles=Styles(book), rulebook=rulebook, words=words, language=language)
    book.set_properties(
        {
            "title": words.texts["title"],
            "subject": rulebook.edition.title,
            "author": f"cpor-batch {tool_version}".strip(),
            "created": _MADE_ON.replace(tzinfo=None),
        }
    )
    claims = book.add_worksheet(rulebook.sheet.name)
    example = book.add_worksheet(words.sheets["example"])
    instructions = book.add_worksheet(words.sheets["instructions"])
    lists = book.add_worksheet(words.sheets["lists"])
    write_lists(lists, job)
    _write_claims(claims, job, tool_version)
    _write_example(example, job, tool_version)
    write_instructions(instructions, job, tool_version)
    claims.activate()
    book.close()
    return buffer.getvalue()


def _write_claims(sheet: Any, job: Job, tool_version: str) -> None:
    _set_columns(sheet, job)
    headers = [header(job, rule) for rule in job.columns]
    sheet.add_table(
        0,
        0,
        READY_ROWS,
        len(headers) - 1,
        {
            "name": "claims",
            "style": "Table Style Light 1",
            "columns": [
                {"header": header, "header_format": head_style(job, rule), "format": cell_style(job, rule)}
                for header, rule in zip(headers, job.columns, strict=True)
            ],
        },
    )
    for index, rule in enumerate(job.columns):
        sheet.data_validation(1, index, READY_ROWS, index, validation(job, rule))
    sheet.freeze_panes(1, 0)
    set_up_page(sheet, title=job.words.texts["title"], tool_version=tool_version, header_row=0)
    sheet.hide_gridlines(0)
    # 36 columns on one page could not be read.
    sheet.fit_to_pages(4, 0)


def _set_columns(sheet: Any, job: Job, header_row: int = 0) -> None:
    widths = []
    for index, rule in enumerate(job.columns):
        width = max(_WIDTHS.get(rule.kind, 24), len(header(job, rule)) // 2 + 5)
        widths.append(width)
        sheet.set_column(index, index, width, cell_style(job, rule))
    headers = [header(job, rule) for rule in job.columns]
    sheet.set_row(header_row, max(32.0, row_height(headers, [width - 4 for width in widths])))


def _write_example(sheet: Any, job: Job, tool_version: str) -> None:
    # The title stands above the header; this sheet has another name than Claims and is not read.
    sheet.write_string(0, 0, job.words.texts["example_title"], job.styles.get(bold=True, font_size=13))
    sheet.set_row(0, 24)
    _set_columns(sheet, job, header_row=1)
    sheet.fit_to_pages(4, 0)
    for index, rule in enumerate(job.columns):
        sheet.write_string(1, index, header(job, rule), head_style(job, rule))
    for number, row in enumerate(example_rows(job.rulebook, job.words), start=2):
        for index, rule in enumerate(job.columns):
            write_cell(sheet, number, index, row.get(rule.key), cell_style(job, rule))
    sheet.freeze_panes(2, 0)
    set_up_page(sheet, title=job.words.texts["example_title"], tool_version=tool_version, header_row=1)
    sheet.fit_to_pages(4, 0)
