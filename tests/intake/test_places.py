from pathlib import Path

import pytest

from cpor_batch.intake import read_workbooks
from tests.builders import rulebook
from tests.intake.workbooks import (
    CLAIM,
    HEADER,
    claims_xml,
    codes,
    good_parts,
    packed,
    parts,
    read,
    row_xml,
    sheet_xml,
    write_claims,
)

NOTES = sheet_xml(row_xml(1, ["Notes", "Customer name"]), row_xml(2, ["Mind", "the gap"]))


def _write(path: Path, **arguments: object) -> Path:
    path.write_bytes(packed(parts(**arguments)))  # type: ignore[arg-type]
    return path


def test_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    path = write_claims(
        tmp_path / "claims.xlsx",
        row_xml(2, ["Claims of April"]),
        row_xml(5, [None, None, *HEADER]),
        row_xml(7, [None, None, *CLAIM]),
        row_xml(8, [None, None, "  ", "\u00a0"]),
        row_xml(12, [None, None, *CLAIM]),
    )

    rows = read(path).rows

    assert rows is not None
    assert rows.header_row == 5
    assert list(rows.numbers) == [7, 12]
    assert rows.columns["claim_name"].letter == "C"
    assert rows.columns["claim_name"].header == "Claim name"


def test_header_is_found_in_row_30_and_not_below(tmp_path: Path) -> None:
    good = write_claims(tmp_path / "good.xlsx", row_xml(30, HEADER), row_xml(31, CLAIM))
    bad = write_claims(tmp_path / "bad.xlsx", row_xml(31, HEADER), row_xml(32, CLAIM))

    found = read(good).rows

    assert found is not None
    assert found.header_row == 30
    assert codes(read(bad)) == ["header-missing"]


def test_header_without_rows_is_a_file_without_rows(tmp_path: Path) -> None:
    result = read(write_claims(tmp_path / "claims.xlsx", row_xml(1, HEADER)))

    assert codes(result) == []
    assert result.rows is not None
    assert len(result.rows) == 0


@pytest.mark.parametrize("rows", [(), (row_xml(1, ["Some", "other", "table"]),)])
def test_sheet_without_a_header_is_refused_once(tmp_path: Path, rows: tuple[str, ...]) -> None:
    result = read(write_claims(tmp_path / "claims.xlsx", *rows))

    assert codes(result) == ["header-missing"]
    assert result.issues[0].where == "claims.xlsx, Claims"


def test_all_missing_columns_are_named(tmp_path: Path) -> None:
    header = [text for text in HEADER if text not in {"Tenant ID", "Activity"}]

    result = read(write_claims(tmp_path / "claims.xlsx", row_xml(1, header), row_xml(2, CLAIM)))

    assert codes(result) == ["header-missing"]
    assert "Tenant ID, Activity" in result.issues[0].message


def test_column_that_the_edition_requires_can_be_missing_too(tmp_path: Path) -> None:
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, HEADER), row_xml(2, CLAIM))

    result = read(path, required=frozenset({"claim_name", "mpn_id", "customer_domain"}))

    assert codes(result) == ["header-missing"]
    assert "Customer domain" in result.issues[0].message


def test_header_that_nobody_knows_is_named_where_a_column_is_missing(tmp_path: Path) -> None:
    header = ["Kund-GUID" if text == "Tenant ID" else text for text in HEADER]

    result = read(write_claims(tmp_path / "claims.xlsx", row_xml(1, header), row_xml(2, CLAIM)))

    assert codes(result) == ["header-missing"]
    assert '("Kund-GUID"): --map "Kund-GUID=tenant_id"' in result.issues[0].hint


def test_misspelt_header_is_suggested_and_never_taken(tmp_path: Path) -> None:
    header = ["Tennant ID" if text == "Tenant ID" else text for text in HEADER]
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, header), row_xml(2, CLAIM))

    result = read(path)

    assert codes(result) == ["header-missing"]
    assert '--map "Tennant ID=tenant_id"' in result.issues[0].hint


def test_map_of_the_caller_wins(tmp_path: Path) -> None:
    header = ["Kundens namn hos oss" if text == "Customer name" else text for text in HEADER]
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, header), row_xml(2, CLAIM))

    rows = read(path, header_map={"kundens  Namn hos oss": "customer_name"}).rows

    assert rows is not None
    assert list(rows.columns["customer_name"]) == ["Contoso"]


def test_header_in_another_language_is_found(tmp_path: Path) -> None:
    columns = {column.key: column for column in rulebook().sheet.columns}
    keys = [rulebook().sheet.match_header(text) for text in HEADER]
    swedish = [columns[key].headers["sv"] for key in keys if key is not None]

    rows = read(write_claims(tmp_path / "claims.xlsx", row_xml(1, swedish), row_xml(2, CLAIM))).rows

    assert rows is not None
    assert list(rows.columns) == keys


def test_one_column_twice_is_refused_and_both_letters_named(tmp_path: Path) -> None:
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, [*HEADER, "TENANT-ID *"]), row_xml(2, CLAIM))

    result = read(path)

    assert codes(result) == ["header-duplicate"]
    assert "columns G" in result.issues[0].message
    assert "and N" in result.issues[0].message


def test_unknown_columns_are_kept_out_and_named_at_their_header(tmp_path: Path) -> None:
    path = write_claims(
        tmp_path / "claims.xlsx",
        row_xml(1, [*HEADER, "Region code", None, "Comments"]),
        row_xml(2, [*CLAIM, "EMEA", "loose", "fine"]),
    )

    result = read(path)

    assert [(issue.code, issue.cell, issue.row) for issue in result.issues] == [
        ("column-unknown", "N1", 1),
        ("column-unknown", "O1", 1),
    ]
    assert result.rows is not None
    assert [(column.header, list(column)) for column in result.rows.extras] == [("Region code", ["EMEA"])]


def test_row_with_nothing_but_unknown_columns_is_blank(tmp_path: Path) -> None:
    path = write_claims(
        tmp_path / "claims.xlsx",
        row_xml(1, [*HEADER, "Sum"]),
        row_xml(2, [*CLAIM, "1"]),
        row_xml(3, [*[None] * len(HEADER), "total 1"]),
    )

    rows = read(path).rows

    assert rows is not None
    assert list(rows.numbers) == [2]


def test_sheet_named_claims_is_taken_among_several(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.xlsx", sheets={"Other": claims_xml(), "claims ": claims_xml(), "Notes": NOTES}
    )

    rows = read(path).rows

    assert rows is not None
    assert rows.sheet == "claims "


def test_only_visible_sheet_is_taken_whatever_its_name(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.xlsx",
        sheets={"Lists": claims_xml(), "Batch": claims_xml()},
        states={"Lists": "hidden"},
    )

    rows = read(path).rows

    assert rows is not None
    assert rows.sheet == "Batch"


def test_sheet_whose_header_fits_best_is_taken(tmp_path: Path) -> None:
    path = _write(tmp_path / "claims.xlsx", sheets={"Notes": NOTES, "Batch": claims_xml()})

    rows = read(path).rows

    assert rows is not None
    assert rows.sheet == "Batch"


def test_two_equal_sheets_are_not_guessed_between(tmp_path: Path) -> None:
    path = _write(tmp_path / "claims.xlsx", sheets={"April": claims_xml(), "May": claims_xml()})

    result = read(path)

    assert codes(result) == ["sheet-not-found"]
    assert '"April" and "May"' in result.issues[0].message


def test_several_sheets_none_of_which_fits_are_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "claims.xlsx", sheets={"One": NOTES, "Two": NOTES})

    result = read(path)

    assert codes(result) == ["sheet-not-found"]
    assert '"One", "Two"' in result.issues[0].message


def test_hidden_claims_sheet_gives_way_to_the_only_visible_one(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.xlsx",
        sheets={"Claims": claims_xml(), "Batch": claims_xml()},
        states={"Claims": "veryHidden"},
    )

    result = read(path)

    assert codes(result) == []
    assert result.rows is not None
    assert result.rows.sheet == "Batch"


def test_hidden_claims_sheet_beside_no_other_one_is_not_read(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.xlsx",
        sheets={"Claims": claims_xml(), "Notes": NOTES},
        states={"Claims": "hidden"},
    )

    result = read(path)

    assert codes(result) == ["sheet-not-found"]
    assert "hidden" in result.issues[0].message


def test_stray_cell_in_another_sheet_does_not_matter(tmp_path: Path) -> None:
    far = sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    path = _write(tmp_path / "claims.xlsx", sheets={"Notes": far, "Claims": claims_xml()})

    assert codes(read(path)) == []


def test_hidden_rows_are_read_and_named(tmp_path: Path) -> None:
    rows = [
        row_xml(number, CLAIM, attributes=' hidden="1"' if number in {3, 5, 6} else "")
        for number in range(2, 8)
    ]
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, HEADER), *rows, '<row r="9" hidden="1"/>')

    result = read(path)

    assert [(issue.code, issue.row) for issue in result.issues] == [("rows-hidden", 3)]
    assert "3, 5 to 6" in result.issues[0].message
    assert result.rows is not None
    assert list(result.rows.numbers) == [2, 3, 4, 5, 6, 7]


def test_macros_and_links_are_ignored_and_named(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsm"
    more: dict[str, str | bytes] = {
        "xl/vbaProject.bin": b"\x00",
        "xl/externalLinks/externalLink1.xml": "<a/>",
    }
    path.write_bytes(packed(good_parts(**more)))

    result = read(path)

    assert codes(result) == ["macros-ignored", "links-ignored"]
    assert [issue.row for issue in result.issues] == [1, 1]
    assert result.rows is not None


def test_hash_and_size_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes((",".join(HEADER) + "\r\n" + ",".join(CLAIM)).encode())

    result = read(path)

    from cpor_batch.files import sha256_of

    assert (result.sha256, result.size) == (sha256_of(path), path.stat().st_size)


def test_several_files_come_in_their_order(tmp_path: Path) -> None:
    paths = {}
    for number in range(5):
        name = f"{number}.xlsx"
        paths[name] = write_claims(tmp_path / name, row_xml(1, HEADER), *[row_xml(2, CLAIM)] * (number % 2))

    from cpor_batch.intake import Limits

    results = list(read_workbooks(paths, sheet_schema=rulebook().sheet, limits=Limits()))

    assert [result.rows.file for result in results if result.rows is not None] == list(paths)
