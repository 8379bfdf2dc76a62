"""A PoE document may tell the date that its row does not."""

from datetime import date

import pytest

from cpor_batch.domain.evidence import Evidence, Unreadable
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.known import House, Known
from cpor_batch.validation import judge_claims, judge_rows, undated_documents
from cpor_batch.validation.judged import JudgedRows
from tests import builders
from tests.test_scenarios import WORKLOAD

DATES = {IssueCode.POE_DATE_MISSING, IssueCode.POE_TOO_OLD, IssueCode.POE_DATE_IN_FUTURE}


def sheet(**cells: object) -> JudgedRows:
    rows = builders.rows([{**WORKLOAD, "poe_document": "poe/a.pdf", **cells}])  # type: ignore[dict-item]
    return judge_rows(rows, rulebook=builders.rulebook(), house=House(), today=builders.TODAY)


def issues(judged: JudgedRows, seen: Evidence | Unreadable | None) -> list[Issue]:
    _claims, found = judge_claims(
        [judged],
        known=Known.nothing(),
        rulebook=builders.rulebook(),
        house=House(),
        today=builders.TODAY,
        find_file=lambda _file, _path: True,
        find_evidence=lambda _file, _path: seen,
    )
    return [issue for issue in found if issue.code in DATES]


def dated(*days: date) -> Evidence:
    return Evidence(sha256="0" * 64, size=1, pages=1, written_dates=days)


@pytest.mark.parametrize(
    ("signed_on", "codes"),
    [
        (date(2020, 4, 1), []),
        (date(2020, 3, 31), [IssueCode.POE_TOO_OLD]),
        (date(2021, 4, 2), [IssueCode.POE_DATE_IN_FUTURE]),
    ],
)
def test_the_date_on_the_document_is_judged_where_the_cell_is_blank(
    signed_on: date, codes: list[IssueCode]
) -> None:
    found = issues(sheet(), dated(signed_on))

    assert [issue.code for issue in found] == codes
    assert all(issue.column == "poe_document" for issue in found)


def test_the_cell_comes_before_the_document() -> None:
    assert issues(sheet(poe_signed_on=date(2021, 3, 1)), dated(date(2019, 1, 1))) == []


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (None, ""),
        (dated(date(2021, 3, 4), date(2021, 4, 3)), ""),
        (Evidence(sha256="0" * 64, size=1, pages=0, is_encrypted=True), "password"),
        (Unreadable(code=IssueCode.FILE_CORRUPT, message="The file is damaged.", hint=""), "damaged"),
    ],
)
def test_a_document_that_tells_no_date_beyond_doubt_leaves_it_missing(
    seen: Evidence | Unreadable | None, words: str
) -> None:
    (found,) = issues(sheet(), seen)

    assert found.code is IssueCode.POE_DATE_MISSING
    assert words in found.message


def test_only_documents_without_a_date_in_their_row_have_to_be_looked_at() -> None:
    assert undated_documents([sheet(), sheet(poe_signed_on=date(2021, 3, 1))]) == {
        ("claims.xlsx", "poe/a.pdf")
    }
    assert undated_documents([sheet(poe_signed_on=date(2021, 3, 1))]) == frozenset()
