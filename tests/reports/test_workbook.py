import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from cpor_batch.errors import OutputError
from cpor_batch.reports import write_workbook
from cpor_batch.reports.sheets import HEADER_ROW, row_height, sheet_name, unique_headers
from cpor_batch.reports.tables import ColumnSpec, Kind, Pill, Report, Table, Tone
from cpor_batch.reports.workbook import workbook_bytes
from tests.reports import examples
from tests.reports.xml_parts import external_targets, sheet_xml

FIRST_ROW = HEADER_ROW + 2


def report_of(*values: object, kind: Kind = Kind.TEXT) -> Report:
    table = Table(
        name="Data",
        title="Data",
        columns=(ColumnSpec("value", "Value", kind, 20),),
        rows=tuple((value,) for value in values),  # type: ignore[misc]  # whatever a test wants to see written
    )
    return Report(name="data", title="Data", subtitle="", tables=(table,))


def opened(report: Report) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(report)))


def cells(report: Report, number: int) -> list[object]:
    sheet = opened(report)["Data"]
    return [sheet.cell(FIRST_ROW + offset, 1).value for offset in range(number)]


def test_text_never_becomes_a_formula_or_a_link() -> None:
    report = report_of(*examples.PAYLOADS)

    book = workbook_bytes(report)

    assert "<f>" not in sheet_xml(book)
    assert external_targets(book) == []
    found = openpyxl.load_workbook(io.BytesIO(book))["Data"]
    for offset, payload in enumerate(examples.PAYLOADS):
        cell = found.cell(FIRST_ROW + offset, 1)
        assert cell.data_type == "s", payload
        assert cell.hyperlink is None, payload


@pytest.mark.parametrize("text", ["=1+1", "007123", "1e5", "-1", "http://example.com/", "{=1+1}"])
def test_text_is_read_back_as_it_was(text: str) -> None:
    assert cells(report_of(text), 1) == [text]


def test_controls_and_half_pairs_do_not_break_the_file() -> None:
    assert cells(report_of("a\x01b", "half \ud800 pair"), 2) == ["a_x0001_b", "half \ufffd pair"]


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000])
def test_a_cell_holds_at_most_what_excel_takes(text: str) -> None:
    (found,) = cells(report_of(text), 1)

    assert isinstance(found, str)
    assert len(found.encode("utf-16-le")) // 2 <= 32_767
    assert found.endswith("…")


def test_ids_are_text_and_dates_are_dates() -> None:
    assert cells(report_of("0047", 4711001, kind=Kind.ID), 2) == ["0047", "4711001"]
    assert cells(report_of(date(2021, 4, 1), kind=Kind.DATE), 1) == [
        datetime(2021, 4, 1, tzinfo=UTC).replace(tzinfo=None)
    ]


def test_days_that_excel_does_not_have_are_written_as_text() -> None:
    assert cells(report_of(date(1899, 12, 31), kind=Kind.DATE), 1) == ["1899-12-31"]


def test_a_status_has_words_and_a_colour() -> None:
    sheet = opened(report_of(Pill("Overdue", Tone.BAD), kind=Kind.STATUS))["Data"]

    cell = sheet.cell(FIRST_ROW, 1)
    assert cell.value == "Overdue"
    assert cell.fill.fgColor.rgb == "FFF6C6C1"


def test_the_summary_comes_first_and_is_the_one_that_opens() -> None:
    book = opened(examples.status().as_report(tool_version="1.2"))

    assert book.sheetnames == ["Summary", "Due", "Windows", "Claims", "Figures"]
    assert book.active is book["Summary"]
    assert book.properties.title == "Status of claims"
    assert book.properties.creator == "cpor-batch 1.2"


def test_every_table_is_an_excel_table_with_filter_frozen_header_and_print_set_up() -> None:
    workbook = workbook_bytes(examples.status().as_report())
    book = openpyxl.load_workbook(io.BytesIO(workbook))

    for name in ("Due", "Windows", "Claims"):
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert sheet.freeze_panes == "B5"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$4:$4"
        assert "Page &amp;P of &amp;N" in sheet_xml(workbook)
        assert '<pageSetUpPr fitToPage="1"/>' in sheet_xml(workbook)


def test_charts_are_native_and_stand_on_the_summary() -> None:
    book = opened(examples.status().as_report())

    # openpyxl reads charts back only where they are real Excel charts; its types do not know them.
    assert len(book["Summary"]._charts) == 4  # type: ignore[attr-defined]


def test_the_summary_leads_to_every_table() -> None:
    sheet = opened(examples.status().as_report())["Summary"]

    links = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert {"'Due'!A1", "'Windows'!A1", "'Claims'!A1"} <= links


def test_an_empty_table_says_so_instead_of_breaking_excel() -> None:
    table = Table(
        name="Data", title="Data", columns=(ColumnSpec("a", "A"),), rows=(), when_empty="None today."
    )
    sheet = opened(Report(name="d", title="D", subtitle="", tables=(table,)))["Data"]

    assert sheet.tables == {}
    assert sheet.cell(FIRST_ROW, 1).value == "None today."


def test_the_same_report_gives_the_same_bytes() -> None:
    assert workbook_bytes(examples.status().as_report()) == workbook_bytes(examples.status().as_report())


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        ("a[b]:c*d?e/f\\g", [], "a b  c d e f g"),
        ("x" * 40, [], "x" * 31),
        ("data", ["Data"], "data 2"),
        ("''", [], "Sheet"),
    ],
)
def test_sheet_names_are_such_as_excel_takes(wanted: str, taken: list[str], expected: str) -> None:
    assert sheet_name(wanted, taken) == expected


def test_headers_of_a_table_are_all_different() -> None:
    columns = [ColumnSpec("a", "Name"), ColumnSpec("b", "name"), ColumnSpec("c", "Line\nbreak")]

    assert unique_headers(columns) == ("Name", "name (2)", "Line break")


def test_a_row_is_as_high_as_its_longest_cell() -> None:
    assert row_height(["short"], [10]) < row_height(["a\nb"], [10]) == row_height(["x" * 22], [10])
    assert row_height(["x" * 100_000], [10]) == 409


def test_a_folder_that_is_missing_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError):
        write_workbook(report_of("a"), tmp_path / "file" / "report.xlsx")
