from dataclasses import replace

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.reports import render_verdict_text, summary_line
from tests.reports import examples


def bad_tenants(number: int) -> tuple[Issue, ...]:
    return tuple(examples.issue(IssueCode.TENANT_ID_NOT_A_GUID, row) for row in range(14, 14 + number))


def test_a_line_says_where_what_and_what_to_do() -> None:
    text = render_verdict_text(examples.verdict())

    assert (
        'ansprak.xlsx, Claims!D6: "contoso" is not a tenant ID. '
        "Copy the GUID from the Entra admin center, Overview. [tenant-id-not-a-guid]"
    ) in text.splitlines()


def test_the_same_problem_in_many_rows_is_told_once() -> None:
    verdict = replace(examples.verdict(), issues=bad_tenants(38), conflicts=())

    (line,) = render_verdict_text(verdict).splitlines()

    assert line.startswith('ansprak.xlsx, Claims!D14 and 37 more: "contoso" is not a tenant ID.')


def test_a_few_of_a_kind_are_told_one_by_one() -> None:
    verdict = replace(examples.verdict(), issues=bad_tenants(3), conflicts=())

    assert len(render_verdict_text(verdict).splitlines()) == 3


def test_errors_come_before_warnings() -> None:
    text = render_verdict_text(examples.verdict())

    assert text.index("[claim-incomplete]") < text.index("[value-corrected]")


def test_what_exceeds_the_limit_is_counted() -> None:
    text = render_verdict_text(examples.verdict(), limit=2)

    assert "... and 4 more problems: the result workbook shows them all." in text


def test_a_conflict_names_both_sides() -> None:
    text = render_verdict_text(examples.verdict())

    assert "Fabrikam Stockholm (MPN ID 4711001)" in text
    assert "ansprak.xlsx, row 11; editing" in text


def test_no_cell_can_steer_the_terminal() -> None:
    nasty = examples.issue(
        IssueCode.TENANT_ID_NOT_A_GUID, 6, message='"\x1b[2J\u202e\r\x07" is no tenant ID.'
    )
    verdict = replace(examples.verdict(), issues=(nasty,), conflicts=())

    text = render_verdict_text(verdict)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J\\u202e" in text


def test_a_clean_verdict_has_nothing_to_say() -> None:
    verdict = replace(examples.verdict(), issues=(), conflicts=())

    assert render_verdict_text(verdict) == ""


def test_the_summary_counts_rows_and_refused_files() -> None:
    assert summary_line(examples.verdict(), accepted="recorded") == (
        "6 rows: 1 recorded, 3 refused, 2 held for conflicts; 1 file refused as a whole"
    )
