from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from cpor_batch.domain.limits import Limits
from cpor_batch.domain.rows import Column, Rows
from cpor_batch.domain.verdict import Outcome
from cpor_batch.intake import ReadResult, read_workbook
from cpor_batch.reports import write_verdict_workbook
from tests import builders
from tests.reports import examples
from tests.reports.xml_parts import external_targets, sheet_xml

HEADER = 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verdict") / "result.xlsx"
    write(path, examples.rows())
    return path


def write(path: Path, *rows: Rows) -> None:
    schema = builders.rulebook().sheet
    write_verdict_workbook(examples.verdict(), rows=rows, sheet_schema=schema, path=path)


def claims(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)["Claims"]


def row(path: Path, number: int) -> dict[str, object]:
    sheet = claims(path)
    headers = [cell.value for cell in sheet[HEADER]]
    return {str(header): cell.value for header, cell in zip(headers, sheet[HEADER + number], strict=True)}


def test_the_sheets_stand_in_the_order_in_which_they_are_read(path: Path) -> None:
    assert openpyxl.load_workbook(path).sheetnames == [
        "Summary",
        "Claims",
        "Corrected",
        "Worth a look",
        "Files",
        "Conflicts",
        "Figures",
    ]


def test_the_users_columns_come_first_in_the_order_and_spelling_of_the_file(path: Path) -> None:
    sheet = claims(path)

    assert sheet["A1"].value == "To fix"
    assert [cell.value for cell in sheet[HEADER]] == [
        "Internt nr",
        "Anspråkets namn",
        "MPN ID",
        "Klient-ID",
        "Produkt",
        "Säljare",
        "Inskickat",
        "Kommentarer",
        "» Status",
        "» What to fix",
        "» Found in",
    ]


def test_every_row_of_every_refused_claim_is_there_and_no_other(path: Path) -> None:
    found = [row(path, number)["» Found in"] for number in (1, 2, 3)]

    assert found == ["ansprak.xlsx, row 6", "ansprak.xlsx, row 7", "ansprak.xlsx, row 10"]
    assert claims(path).max_row == HEADER + 3


def test_cells_keep_their_kind(path: Path) -> None:
    first, third = row(path, 1), row(path, 3)

    assert first["Internt nr"] == 1
    assert first["MPN ID"] == "4711001"
    assert first["Inskickat"] == datetime(2021, 3, 1, tzinfo=UTC).replace(tzinfo=None)
    assert first["Kommentarer"] == "#N/A"
    assert row(path, 2)["Kommentarer"] == "#N/A"
    assert third["Inskickat"] == "03/04/2021"
    assert third["Kommentarer"] == 12.5


def test_a_number_that_lost_digits_stays_a_number_so_that_it_is_refused_again(path: Path) -> None:
    assert row(path, 3)["MPN ID"] == pytest.approx(1234567890123456789)


def test_the_problem_stands_in_words_beside_the_row(path: Path) -> None:
    problems = str(row(path, 1)["» What to fix"]).splitlines()

    assert problems[0] == (
        'Klient-ID: "contoso" is not a tenant ID. Copy the GUID from the Entra admin center, Overview. '
        "[tenant-id-not-a-guid]"
    )
    assert "claim-incomplete" in str(row(path, 2)["» What to fix"])


def test_a_good_row_beside_the_first_one_says_that_it_only_waits(tmp_path: Path) -> None:
    verdict = examples.verdict()
    claim = next(judged for judged in verdict.claims if judged.name == "D")
    path = tmp_path / "waits.xlsx"

    refused = replace(verdict, claims=(replace(claim, outcome=Outcome.REFUSED),))
    schema = builders.rulebook().sheet
    write_verdict_workbook(refused, rows=[examples.rows()], sheet_schema=schema, path=path)

    assert row(path, 2)["» Status"] == "Good, waits for its claim"
    assert row(path, 2)["» What to fix"] == "Nothing to fix here: another row of this claim has the problem."


def test_the_bad_cell_is_red_and_noted_and_its_row_is_tinted(path: Path) -> None:
    sheet = claims(path)

    bad, beside = sheet.cell(HEADER + 1, 4), sheet.cell(HEADER + 1, 5)
    assert bad.fill.fgColor.rgb == "FFF6C6C1"
    assert bad.comment is not None
    assert '"contoso" is not a tenant ID.' in bad.comment.text
    assert beside.fill.fgColor.rgb == "FFFDF1F0"
    assert beside.comment is None


def test_the_summary_leads_to_the_first_row_of_each_kind(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Summary"]

    links = {cell.value: cell.hyperlink.location for cell in sheet["A"] if cell.hyperlink}
    assert links["Tenant ID not a GUID"] == "'Claims'!A5"
    assert links["Digits lost"] == "'Claims'!A7"
    assert links["Value corrected"] == "'Corrected'!A1"


def test_corrections_show_the_spaces_that_nobody_sees(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Corrected"]

    assert [cell.value for cell in sheet[HEADER + 1]][-2:] == ["␣0047", "0047"]


def test_the_sides_of_a_conflict_stand_under_each_other(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Conflicts"]

    assert [sheet.cell(HEADER + number, 1).value for number in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert sheet.cell(HEADER + 1, 3).value == "Another partner holds it"


def read_again(path: Path) -> ReadResult:
    schema = builders.rulebook().sheet
    # The example has few columns; what is required is another matter.
    return read_workbook(path, name=path.name, sheet_schema=schema, limits=Limits(), required=frozenset())


def test_the_sheet_to_fix_is_read_again_as_it_is(path: Path) -> None:
    result = read_again(path)

    assert result.rows is not None
    assert result.rows.sheet == "Claims"
    assert list(result.rows.numbers) == [5, 6, 7]
    assert set(result.rows.columns) == set(examples.rows().columns)
    assert next(iter(result.rows.columns["tenant_id"])) == "contoso"
    assert list(result.rows.columns["mpn_id"])[:2] == ["4711001", "4711001"]


def test_what_is_written_again_and_again_gains_no_columns(path: Path, tmp_path: Path) -> None:
    result = read_again(path)
    assert result.rows is not None
    again = tmp_path / "again.xlsx"

    # The rows bear other numbers now; what counts here are the columns.
    write(again, replace(result.rows, numbers=examples.rows().numbers[:3]))

    assert [cell.value for cell in claims(again)[HEADER]] == [cell.value for cell in claims(path)[HEADER]]


def test_a_header_that_only_a_map_names_becomes_the_canonical_one(tmp_path: Path) -> None:
    mapped = examples.rows()
    columns = {**mapped.columns, "tenant_id": replace_header(mapped, "tenant_id", "Kundens nummer")}
    path = tmp_path / "mapped.xlsx"

    write(path, replace(mapped, columns=columns))

    assert claims(path).cell(HEADER, 4).value == "Tenant ID"


def replace_header(rows: Rows, key: str, header: str) -> Column:
    return replace(rows.columns[key], header=header)


def test_payloads_in_every_cell_stay_text(tmp_path: Path) -> None:
    rows = examples.rows()
    payloads = tuple(examples.PAYLOADS[:6])
    columns = {
        key: examples.column(column.letter, column.header, *payloads) for key, column in rows.columns.items()
    }
    path = tmp_path / "payloads.xlsx"

    write(path, replace(rows, columns=columns))

    book = path.read_bytes()
    assert "<f>" not in sheet_xml(book)
    assert external_targets(book) == []


def test_a_verdict_without_problems_has_nothing_to_fix(tmp_path: Path) -> None:
    verdict = replace(examples.verdict(), claims=(), issues=(), conflicts=())
    path = tmp_path / "clean.xlsx"

    write_verdict_workbook(verdict, rows=[examples.rows()], sheet_schema=builders.rulebook().sheet, path=path)

    assert claims(path).cell(2, 1).value == "Nothing to fix: no row was refused."
    assert not claims(path).cell(HEADER + 1, 1).value
