from pathlib import Path

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.pipeline.judge import in_reading_order, is_file_beside, name_files
from tests.builders import rows


def issue(row: int | None, column: str | None = None, code: IssueCode = IssueCode.CELL_REQUIRED) -> Issue:
    return Issue(code=code, file="claims.xlsx", sheet="Claims", row=row, column=column, message="", hint="")


def test_files_are_called_by_their_bare_name_unless_two_share_it() -> None:
    named = name_files([Path("a/claims.xlsx"), Path("b/claims.xlsx"), Path("b/other.xlsx")])

    assert list(named) == ["a/claims.xlsx", "b/claims.xlsx", "other.xlsx"]


def test_issues_come_in_the_order_in_which_a_sheet_is_read() -> None:
    sheet = rows([{"claim_name": "a", "tenant_id": "x", "product": "y"}])
    issues = [issue(3, "product"), issue(3, "claim_name"), issue(2, "tenant_id"), issue(None)]

    found = in_reading_order(issues, [sheet], files=["claims.xlsx"])

    assert [(item.row, item.column) for item in found] == [
        (None, None),
        (2, "tenant_id"),
        (3, "claim_name"),
        (3, "product"),
    ]


def test_an_issue_gets_the_cell_that_its_row_and_column_name() -> None:
    sheet = rows([{"claim_name": "a", "tenant_id": "x", "product": "y"}])

    (found,) = in_reading_order([issue(2, "product")], [sheet], files=["claims.xlsx"])

    assert found.cell == "C2"


def test_a_poe_is_looked_for_beside_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "poe").mkdir()
    (tmp_path / "poe" / "signed.pdf").write_bytes(b"%PDF")
    workbook = tmp_path / "claims.xlsx"

    assert is_file_beside(workbook, "poe/signed.pdf", None)
    assert is_file_beside(workbook, "poe\\signed.pdf", None)
    assert not is_file_beside(workbook, "poe", None)
    assert not is_file_beside(workbook, "nothing\x00here", None)


def test_a_poe_of_a_workspace_lies_in_it_or_beside_the_workbook(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    for folder in (home / "inbox", home / "poe", away):
        folder.mkdir(parents=True)
    for path in (home / "poe" / "a.pdf", away / "b.pdf", tmp_path / "c.pdf"):
        path.write_bytes(b"%PDF")

    assert is_file_beside(home / "inbox" / "claims.xlsx", "../poe/a.pdf", home)
    assert is_file_beside(away / "claims.xlsx", "b.pdf", home)
    assert not is_file_beside(home / "inbox" / "claims.xlsx", "../../c.pdf", home)
    assert not is_file_beside(home / "inbox" / "claims.xlsx", str(home / "poe" / "a.pdf"), home)
    assert not is_file_beside(home / "inbox" / "claims.xlsx", "C:\\poe\\a.pdf", home)
