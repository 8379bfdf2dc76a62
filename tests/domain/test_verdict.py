from dataclasses import replace

from cpor_batch.domain.conflict import Conflict, ConflictKind, ConflictSide
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.verdict import Outcome, Verdict, settle
from tests.builders import claim, judged, line

TWO_LINES = claim(lines=(line(), line(product="Microsoft Teams")))


def issue(code: IssueCode, row: int) -> Issue:
    return Issue(code=code, file="claims.xlsx", sheet="Claims", row=row, message="", hint="")


def conflict(row: int, kind: ConflictKind = ConflictKind.CONTESTED_IN_BATCH) -> Conflict:
    of = claim()
    side = ConflictSide(
        mpn_id=of.mpn_id,
        partner_name=of.partner_name,
        partner_organisation=of.partner_organisation,
        claim_name=of.claim_name,
        activity=of.activity,
        tenant_id=of.tenant_id,
        customer_name=of.customer_name,
        product="Exchange Online",
        subscription_id=None,
        status="editing",
        file="claims.xlsx",
        sheet="Claims",
        row=row,
        is_of_this_run=True,
    )
    return Conflict(
        kind=kind,
        level=of.lines[0].level,
        tenant_id=of.tenant_id,
        product="Exchange Online",
        subscription_id=None,
        claims=(side,),
        rule="",
    )


def test_a_claim_with_one_bad_row_is_refused_as_a_whole_and_its_first_good_row_says_so() -> None:
    claims, issues = settle([judged(TWO_LINES)], [issue(IssueCode.EMAIL_INVALID, 2)], [])

    assert [item.outcome for item in claims] == [Outcome.REFUSED]
    assert [(item.code, item.row) for item in issues] == [
        (IssueCode.EMAIL_INVALID, 2),
        (IssueCode.CLAIM_INCOMPLETE, 3),
    ]


def test_a_claim_whose_rows_are_all_bad_needs_no_further_word() -> None:
    found = [issue(IssueCode.EMAIL_INVALID, 2), issue(IssueCode.PRODUCT_UNKNOWN, 3)]

    _, issues = settle([judged(TWO_LINES)], found, [])

    assert list(issues) == found


def test_a_warning_refuses_nothing() -> None:
    claims, _ = settle([judged(TWO_LINES)], [issue(IssueCode.VALUE_CORRECTED, 2)], [])

    assert [item.outcome for item in claims] == [Outcome.ACCEPTED]


def test_an_undecided_conflict_holds_the_claim_and_a_lookalike_does_not() -> None:
    held, _ = settle([judged(TWO_LINES)], [], [conflict(3)])
    free, _ = settle([judged(TWO_LINES)], [], [conflict(3, ConflictKind.LOOKALIKE_CUSTOMER)])

    assert [item.outcome for item in held] == [Outcome.HELD]
    assert [item.outcome for item in free] == [Outcome.ACCEPTED]


def test_refused_comes_before_held() -> None:
    claims, _ = settle([judged(TWO_LINES)], [issue(IssueCode.EMAIL_INVALID, 2)], [conflict(3)])

    assert [item.outcome for item in claims] == [Outcome.REFUSED]


def test_rows_are_counted_by_what_became_of_their_claim() -> None:
    claims = (
        judged(TWO_LINES),
        judged(claim(), row=10, outcome=Outcome.REFUSED),
        judged(claim(), row=20, outcome=Outcome.HELD),
    )

    counts = replace(Verdict(edition="", files=(), claims=(), issues=()), claims=claims).counts

    assert (counts.rows, counts.claims) == (4, 3)
    assert (counts.accepted, counts.refused, counts.held) == (2, 1, 1)
