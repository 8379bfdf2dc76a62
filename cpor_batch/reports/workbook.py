"""A report as an Excel workbook: Summary first, then one sheet per table."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cpor_batch.files import write_atomically
from cpor_batch.reports.comparison_table import comparison_table
from cpor_batch.reports.safe_text import cell_text
from cpor_batch.reports.sheets import HEADER_ROW, row_height, set_up_page, sheet_name, write_table
from cpor_batch.reports.styles import BARS, FILLS, INKS, LINK, MUTED, Styles, write_cell
from cpor_batch.reports.tables import Chart, Figure, Report, Stack, Table, Tone
from cpor_batch.reports.words import plain
from cpor_batch.reports.workbook_stack import stack_chart, write_stacks

# `Any` throughout: xlsxwriter brings no types.

OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_CHART_COLUMN: Final = 5
_CHART_WIDTH: Final = 460
_CHART_HEIGHT: Final = 260
_CHART_GAP: Final = 12


def write_workbook(report: Report, path: Path) -> None:
    """Write the report as a new workbook at `path`; OutputError if it cannot be written."""
    write_atomically(path, workbook_bytes(report))


def workbook_bytes(report: Report) -> bytes:
    """Return the report as the bytes of an .xlsx workbook; the same report gives the same bytes."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    styles = Styles(book)
    _set_properties(book, report)
    summary = book.add_worksheet("Summary")
    tables = named_tables(report)
    for table in tables:
        write_table(book.add_worksheet(table.name), table, styles, tool_version=report.tool_version)
    charts = [chart for chart in report.charts if chart.bars]
    stacks = [stack for stack in report.stacks if stack.layers]
    ranges = _write_chart_data(book, charts, stacks, styles, report) if charts or stacks else []
    _write_summary(summary, report, tables, styles)
    _insert_charts(book, summary, charts, stacks, ranges)
    summary.activate()
    summary.set_first_sheet()
    book.close()
    return buffer.getvalue()


def _insert_charts(
    book: Any, summary: Any, charts: Sequence[Chart], stacks: Sequence[Stack], ranges: list[tuple[int, int]]
) -> None:
    """Place the charts two by two, and below them each stack as wide as two."""
    places = [(number % 2, number // 2) for number in range(len(charts))]
    drawn = [_chart(book, chart, place) for chart, place in zip(charts, ranges, strict=False)]
    for number, (stack, place) in enumerate(zip(stacks, ranges[len(charts) :], strict=True)):
        places.append((0, -(-len(charts) // 2) + number))
        width = 2 * _CHART_WIDTH + _CHART_GAP
        drawn.append(stack_chart(book, stack, place, width=width, height=_CHART_HEIGHT))
    for chart, (across, down) in zip(drawn, places, strict=True):
        x, y = across * (_CHART_WIDTH + _CHART_GAP), down * (_CHART_HEIGHT + _CHART_GAP)
        offset = {"x_offset": x, "y_offset": y, "object_position": 3}
        summary.insert_chart(3, _CHART_COLUMN, chart, offset)


def named_tables(report: Report) -> tuple[Table, ...]:
    """Return the report's tables, comparisons last, each with a name that a sheet can bear."""
    wanted = list(report.tables)
    if report.comparisons or report.has_comparisons:
        wanted.append(comparison_table(report.comparisons))
    taken = ["Summary", "Figures"]
    named = []
    for table in wanted:
        name = sheet_name(table.name, taken)
        taken.append(name)
        named.append(replace(table, name=name))
    return tuple(named)


def _set_properties(book: Any, report: Report) -> None:
    tool = f"cpor-batch {report.tool_version}".strip()
    book.set_properties(
        {
            "title": cell_text(report.title),
            "subject": cell_text(report.subtitle),
            "author": tool,
            "comments": f"Made by {tool}. Ledger head: {report.ledger_head or 'none'}.",
            "created": (report.made_at or _EPOCH).astimezone(UTC).replace(tzinfo=None),
        }
    )
    book.set_calc_mode("auto")


def _write_summary(sheet: Any, report: Report, tables: Sequence[Table], styles: Styles) -> None:
    widths = [34, 12, 18, 32, 30] if report.overview else [30, 12, 8, 8, 8]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, cell_text(report.title), styles.get(bold=True, font_size=20, valign="vcenter"))
    sheet.write_string(1, 0, cell_text(report.subtitle), styles.get(font_color=MUTED))
    lead = cell_text(report.lead)
    sheet.set_row(2, row_height([lead], [int(sum(widths) * 0.85)]) * 1.1)
    sheet.merge_range(2, 0, 2, len(widths) - 1, "", styles.get(font_size=11, text_wrap=True))
    sheet.write_string(2, 0, lead, styles.get(font_size=11, text_wrap=True))
    row = _write_figures(sheet, 4, report.figures, tables, styles)
    if report.overview is not None and report.overview.rows:
        row = _write_overview(sheet, row + 1, report.overview, tables, styles, widths)
    row = _write_contents(sheet, row + 1, tables, styles)
    _write_origin(sheet, row + 1, report, styles)
    set_up_page(sheet, title=report.title, tool_version=report.tool_version)


def _write_figures(
    sheet: Any, row: int, figures: Sequence[Figure], tables: Sequence[Table], styles: Styles
) -> int:
    names = {table.name for table in tables}
    for figure in figures:
        label = styles.get(font_size=11, bottom=1, bottom_color="#D5DBE1", valign="vcenter")
        sheet.set_row(row, 20)
        if figure.anchor in names:
            linked = styles.get(
                font_size=11, bottom=1, bottom_color="#D5DBE1", valign="vcenter", font_color=LINK
            )
            sheet.write_url(row, 0, f"internal:'{figure.anchor}'!A1", linked, string=figure.label)
        else:
            sheet.write_string(row, 0, cell_text(figure.label), label)
        fill = {"bg_color": FILLS[figure.tone], "font_color": INKS[figure.tone]}
        value = styles.get(
            bold=True,
            font_size=12,
            indent=1,
            align="right",
            valign="vcenter",
            num_format="#,##0",
            bottom=1,
            bottom_color="#D5DBE1",
            **({} if figure.tone is Tone.QUIET else fill),
        )
        write_cell(sheet, row, 1, figure.value, value)
        sheet.write_string(row, 2, cell_text(figure.note), styles.get(font_color=MUTED, valign="vcenter"))
        row += 1
    return row


def _write_overview(
    sheet: Any, row: int, table: Table, tables: Sequence[Table], styles: Styles, widths: Sequence[int]
) -> int:
    """Write a small table below the figures, each row linked to where its things stand."""
    sheet.write_string(row, 0, cell_text(table.title), styles.get(bold=True, font_size=12))
    row += 1
    for index, column in enumerate(table.columns):
        sheet.write_string(row, index, column.header, styles.head())
    for number, cells in enumerate(table.rows):
        row += 1
        sheet.set_row(row, row_height([plain(value) for value in cells], widths))
        for index, (column, value) in enumerate(zip(table.columns, cells, strict=True)):
            style = styles.cell(column.kind, value)
            target = internal_link(table.links[number], tables) if index == 0 and table.links else None
            if target is not None:
                linked = styles.get(font_color=LINK, bottom=1, bottom_color="#D5DBE1", text_wrap=True)
                sheet.write_url(row, index, target, linked, string=cell_text(plain(value))[:255])
            else:
                write_cell(sheet, row, index, value, style)
    return row + 1


def internal_link(link: str, tables: Sequence[Table]) -> str | None:
    """Return the place in the workbook that a link of a table means, or None if no sheet holds it."""
    name, _, index = link.partition("/")
    if name not in {table.name for table in tables}:
        return None
    row = HEADER_ROW + 2 + int(index) if index else 1
    return f"internal:'{name}'!A{row}"


def _write_contents(sheet: Any, row: int, tables: Sequence[Table], styles: Styles) -> int:
    sheet.write_string(row, 0, "In this workbook", styles.get(bold=True, font_size=12))
    for table in tables:
        row += 1
        link = styles.get(font_color=LINK, underline=1)
        sheet.write_url(row, 0, f"internal:'{table.name}'!A1", link, string=cell_text(table.title)[:255])
        sheet.write_number(row, 1, len(table.rows), styles.get(align="right", indent=1, num_format="#,##0"))
        sheet.write_string(row, 2, "rows" if len(table.rows) != 1 else "row", styles.get(font_color=MUTED))
    return row + 1


def _write_origin(sheet: Any, row: int, report: Report, styles: Styles) -> None:
    facts = [("Made by", f"cpor-batch {report.tool_version}".strip())]
    if report.as_of is not None:
        facts.append(("As of", report.as_of.isoformat()))
    if report.made_at is not None:
        facts.append(("Made at", f"{report.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"))
    if report.ledger_head:
        facts.append(("Ledger head", report.ledger_head))
    for offset, (label, value) in enumerate(facts):
        sheet.write_string(row + offset, 0, label, styles.get(font_color=MUTED, font_size=9))
        sheet.write_string(row + offset, 1, value, styles.get(font_color=MUTED, font_size=9))


def _write_chart_data(
    book: Any, charts: Sequence[Chart], stacks: Sequence[Stack], styles: Styles, report: Report
) -> list[tuple[int, int]]:
    """Write the charts' figures to a sheet of their own; return the first and last row of each."""
    sheet = book.add_worksheet("Figures")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, max([1, *(len(stack.layers) for stack in stacks)]), 12)
    places, row = [], 0
    for chart in charts:
        sheet.write_string(row, 0, cell_text(chart.title), styles.head())
        sheet.write_string(row, 1, chart.unit, styles.head())
        for offset, bar in enumerate(chart.bars, start=1):
            sheet.write_string(row + offset, 0, cell_text(bar.label), styles.get())
            sheet.write_number(row + offset, 1, bar.value, styles.get(num_format="#,##0"))
        places.append((row + 1, row + len(chart.bars)))
        row += len(chart.bars) + 2
    places += write_stacks(sheet, row, stacks, styles)
    set_up_page(sheet, title=f"{report.title}: figures", tool_version=report.tool_version)
    return places


def _chart(book: Any, chart: Chart, place: tuple[int, int]) -> Any:
    first, last = place
    drawn = book.add_chart({"type": "column" if chart.is_timeline else "bar"})
    drawn.add_series(
        {
            "name": chart.unit,
            "categories": ["Figures", first, 0, last, 0],
            "values": ["Figures", first, 1, last, 1],
            "points": [{"fill": {"color": BARS[bar.tone]}} for bar in chart.bars],
            "gap": 40,
            "data_labels": {"value": True, "font": {"size": 9, "color": "#3E4C59"}},
        }
    )
    drawn.set_title({"name": chart.title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    drawn.set_legend({"none": True})
    text = {"num_font": {"size": 9, "color": "#3E4C59"}}
    line = {"line": {"color": "#D5DBE1"}}
    bare = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    drawn.set_x_axis({**text, **line, "reverse": False})
    if chart.is_timeline:
        drawn.set_y_axis(bare)
    else:
        # The first bar on top, as in the page.
        drawn.set_y_axis({**text, **line, "reverse": True})
        drawn.set_x_axis(bare)
    drawn.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    drawn.set_chartarea({"border": {"color": "#D5DBE1"}})
    return drawn
