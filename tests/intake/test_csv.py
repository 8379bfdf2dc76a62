from pathlib import Path

import pytest

from cpor_batch.domain.rows import Rows
from tests.intake.workbooks import CLAIM, HEADER, codes, read


def _write(
    path: Path, delimiter: str = ";", *, encoding: str = "utf-8", before: str = "", after: str = ""
) -> Path:
    lines = [delimiter.join([*HEADER, "Comments"]), delimiter.join([*CLAIM, "Zoë"])]
    path.write_bytes((before + "\r\n".join(lines) + "\r\n" + after).encode(encoding))
    return path


def _rows(path: Path) -> Rows:
    rows = read(path).rows
    assert rows is not None
    return rows


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_every_dialect(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = _rows(_write(tmp_path / "claims.csv", delimiter, encoding=encoding))

    assert rows.sheet is None
    assert list(rows.columns["comments"]) == ["Zoë"]
    assert list(rows.columns["mpn_id"]) == ["4711001"]


def test_title_full_of_commas_does_not_change_the_delimiter(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.csv", ";", before="Claims of April, May, June, July, all of them\r\n\r\n"
    )

    assert list(_rows(path).numbers) == [4]


def test_separator_line_of_excel_is_obeyed_and_no_row(tmp_path: Path) -> None:
    path = _write(tmp_path / "claims.csv", "|", before="sep=|\r\n")

    rows = _rows(path)

    assert rows.header_row == 1
    assert list(rows.numbers) == [2]


def test_record_with_line_breaks_is_one_row_as_in_a_spreadsheet(tmp_path: Path) -> None:
    broken = ";".join(CLAIM) + ';"first\r\nsecond; ""quoted"""\r\n'
    path = _write(tmp_path / "claims.csv", after="\r\n" + broken + ";".join(CLAIM) + "\r\n")

    rows = _rows(path)

    assert list(rows.numbers) == [2, 4, 5]
    assert list(rows.columns["comments"]) == ["Zoë", 'first\r\nsecond; "quoted"', None]


def test_leading_zeros_and_the_text_na_survive(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    cells = ["007123" if header == "MPN ID" else "NA" for header in HEADER]
    path.write_text(",".join(HEADER) + "\n" + ",".join(cells) + "\n", encoding="utf-8")

    rows = _rows(path)

    assert list(rows.columns["mpn_id"]) == ["007123"]
    assert list(rows.columns["customer_name"]) == ["NA"]


def test_short_and_long_records_keep_their_columns(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "claims.csv", after="only a name\r\n" + ";".join([*CLAIM, "c", "loose"]) + "\r\n"
    )

    result = read(path)

    assert codes(result) == ["column-unknown"]
    assert result.issues[0].cell == "O1"
    assert result.rows is not None
    assert list(result.rows.columns["claim_name"]) == [CLAIM[0], "only a name", CLAIM[0]]


def test_csv_without_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")

    result = read(path)

    assert codes(result) == ["header-missing"]
    assert result.issues[0].where == "claims.csv"
