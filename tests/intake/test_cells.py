from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cpor_batch.domain.rows import CellFault, FaultKind, Rows
from tests.intake.hostile import ods_content, ods_row, open_document
from tests.intake.workbooks import (
    CLAIM,
    HEADER,
    claims_xml,
    codes,
    packed,
    parts,
    read,
    row_xml,
    write_claims,
)


def _rows(path: Path) -> Rows:
    rows = read(path).rows
    assert rows is not None
    return rows


def _column(path: Path, key: str = "comments") -> list[Any]:  # Any: whatever a cell may hold
    return list(_rows(path).columns[key])


def _write_comments(path: Path, *cells: Any) -> Path:  # Any: whatever openpyxl writes
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Claims")
    sheet.append([*HEADER, "Comments"])
    for cell in cells:
        sheet.append([*CLAIM, cell])
    workbook.save(path)
    return path


def test_cells_come_as_they_are(tmp_path: Path) -> None:
    cells = ["007123", " x ", "NA", "None", "a\nb", 42, 42.5, date(2026, 3, 1), True, None, "x"]

    path = _write_comments(tmp_path / "claims.xlsx", *cells)

    assert _column(path) == cells


def test_yes_no_and_numbers_that_equal_them_stay_apart(tmp_path: Path) -> None:
    found = _column(_write_comments(tmp_path / "claims.xlsx", "x", 1, True, 0, False, 1, "x", "  "))

    assert found == ["x", 1, True, 0, False, 1, "x", "  "]
    assert [type(cell) for cell in found[1:6]] == [float, bool, float, bool, float]


def test_dates_times_and_durations_keep_their_kind(tmp_path: Path) -> None:
    cells = [date(2026, 3, 1), datetime(2026, 3, 1, 13, 30), time(13, 30), timedelta(hours=30)]  # noqa: DTZ001

    assert _column(_write_comments(tmp_path / "claims.xlsx", *cells)) == cells


def test_dates_are_right_in_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    workbook = openpyxl.Workbook(write_only=True)
    workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.create_sheet("Claims")
    sheet.append([*HEADER, "Submitted on"])
    sheet.append([*CLAIM, date(2021, 4, 1)])
    workbook.save(path)

    assert _column(path, "submitted_on") == [date(2021, 4, 1)]


def test_a_column_keeps_each_distinct_cell_once(tmp_path: Path) -> None:
    column = _rows(_write_comments(tmp_path / "claims.xlsx", *["a", "b"] * 300)).columns["comments"]

    assert column.values == (None, "a", "b")
    assert list(column.codes) == [1, 2] * 300


def test_error_cells_are_faults_and_never_blank(tmp_path: Path) -> None:
    cell = '<c r="N2" t="e"><f>NA()</f><v>#N/A</v></c><c r="O2" t="e"><v>#REF!</v></c>'
    header = row_xml(1, [*HEADER, "Comments", "Customer domain"])
    path = write_claims(tmp_path / "claims.xlsx", header, row_xml(2, CLAIM, more=cell))

    assert _column(path) == [CellFault(FaultKind.ERROR_VALUE, "#N/A")]
    assert _column(path, "customer_domain") == [CellFault(FaultKind.ERROR_VALUE, "#REF!")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="N2"><f>A1&amp;"x"</f></c>', CellFault(FaultKind.UNCALCULATED, '=A1&"x"')),
        ('<c r="N2"><f>1+1</f><v></v></c>', CellFault(FaultKind.UNCALCULATED, "=1+1")),
        ('<c r="N2"><f>1+1</f><v/></c>', CellFault(FaultKind.UNCALCULATED, "=1+1")),
        ('<c r="N2"><f t="shared" si="0"/></c>', CellFault(FaultKind.UNCALCULATED, "")),
        ('<c r="N2" t="str"><f>1+1</f></c>', CellFault(FaultKind.UNCALCULATED, "=1+1")),
        ('<c r="N2" t="str"><f>""</f><v></v></c>', None),
        ('<c r="N2"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="N2" t="str"><f>A1</f><v>Contoso</v></c>', "Contoso"),
        ("<c t='e' r='N2'><v>#N/A</v></c>", CellFault(FaultKind.ERROR_VALUE, "#N/A")),
        ('<c s="0" r="N2" t="e"><v>#N/A</v></c>', CellFault(FaultKind.ERROR_VALUE, "#N/A")),
    ],
)
def test_formula_without_a_stored_result_is_a_fault(tmp_path: Path, cell: str, expected: object) -> None:
    header = row_xml(1, [*HEADER, "Comments"])
    plain = write_claims(tmp_path / "claims.xlsx", header, row_xml(2, CLAIM, more=cell))

    assert _column(plain) == [expected]


def test_faults_are_found_in_sheets_written_with_prefixes_and_without_references(tmp_path: Path) -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in CLAIM)
    rows = row_xml(1, [*HEADER, "Comments"]) + f'<row>{cells}<c t="e"><v>#N/A</v></c></row>'
    prefixed = claims_xml().replace(row_xml(1, HEADER) + row_xml(2, CLAIM), rows)
    path = tmp_path / "claims.xlsx"
    path.write_bytes(packed(parts({"Claims": prefixed})))

    assert _column(path) == [CellFault(FaultKind.ERROR_VALUE, "#N/A")]
    assert list(_rows(path).numbers) == [2]


def test_faults_outside_of_the_filled_area_are_found(tmp_path: Path) -> None:
    header = row_xml(3, ["Comments", *HEADER]).replace('<c r="A3"', '<c r="A3"')
    rows = [row_xml(4, [None, *CLAIM]), '<row r="6"><c r="A6" t="e"><v>#N/A</v></c></row>']
    path = write_claims(tmp_path / "claims.xlsx", header, *rows)

    assert list(_rows(path).numbers) == [4, 6]
    assert _column(path) == [None, CellFault(FaultKind.ERROR_VALUE, "#N/A")]


def test_name_of_an_error_as_text_is_the_error(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        ";".join([*HEADER, "Comments"]) + "\n" + ";".join([*CLAIM, "#REF!"]) + "\n", encoding="utf-8"
    )

    assert _column(path) == [CellFault(FaultKind.ERROR_VALUE, "#REF!")]


def test_escaped_control_characters_come_out_so_that_they_can_be_reported(tmp_path: Path) -> None:
    path = write_claims(
        tmp_path / "claims.xlsx", row_xml(1, [*HEADER, "Comments"]), row_xml(2, [*CLAIM, "a_x0001_b\u202ec"])
    )

    assert _column(path) == ["a\x01b\u202ec"]


def test_merged_cell_has_its_value_in_the_first_row_only(tmp_path: Path) -> None:
    path = write_claims(
        tmp_path / "claims.xlsx",
        row_xml(1, [*HEADER, "Comments"]),
        row_xml(2, [*CLAIM, "for both"]),
        row_xml(3, CLAIM),
        after='<mergeCells count="1"><mergeCell ref="N2:N3"/></mergeCells>',
    )

    assert _column(path) == ["for both", None]


def test_faults_and_hidden_rows_of_an_old_workbook_are_found(tmp_path: Path) -> None:
    import xlwt

    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Claims")
    for index, header in enumerate([*HEADER, "Comments"]):
        sheet.write(0, index, header)
    for index, cell in enumerate(CLAIM):
        sheet.write(2, index, cell)
        sheet.write(3, index, cell)
    sheet.row(2).set_cell_error(len(HEADER), 0x2A)
    sheet.row(3).hidden = True
    workbook.save(tmp_path / "claims.xls")

    result = read(tmp_path / "claims.xls")

    assert result.rows is not None
    assert list(result.rows.columns["comments"]) == [CellFault(FaultKind.ERROR_VALUE, "#N/A"), None]
    assert [(issue.code, issue.row) for issue in result.issues] == [("rows-hidden", 4)]


def test_faults_and_hidden_rows_of_an_open_document_are_found(tmp_path: Path) -> None:
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    never = '<table:table-cell table:formula="of:=1+1"/>'
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    path = tmp_path / "claims.ods"
    path.write_bytes(
        open_document(
            ods_content(
                f'<table:table-row table:number-rows-repeated="2">{empty}</table:table-row>'
                + ods_row((*HEADER, "Comments"))
                + ods_row(CLAIM, more=error)
                + ods_row(CLAIM, ' table:visibility="filter" table:number-rows-repeated="2"', more=never)
                + f'<table:table-row table:number-rows-repeated="1048570">{empty}</table:table-row>'
            )
        )
    )

    result = read(path)

    assert result.rows is not None
    assert list(result.rows.numbers) == [4, 5, 6]
    uncalculated = CellFault(FaultKind.UNCALCULATED, "=1+1")
    assert list(result.rows.columns["comments"]) == [
        CellFault(FaultKind.ERROR_VALUE, "#N/A"),
        uncalculated,
        uncalculated,
    ]
    assert [(issue.code, issue.row) for issue in result.issues] == [("rows-hidden", 5)]


def test_everything_that_is_read_is_one_verdict_per_file(tmp_path: Path) -> None:
    path = _write_comments(tmp_path / "claims.xlsx", "x")

    assert codes(read(path)) == []
