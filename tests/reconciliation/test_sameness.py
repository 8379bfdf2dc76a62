from datetime import date

from cpor_batch.domain.finding import Finding, FindingKind, Previous, Remembered
from cpor_batch.reconciliation.sameness import find_changes


def finding(subject: str, detail: str = "", kind: FindingKind = FindingKind.STATUS) -> Finding:
    return Finding(kind=kind, subject=subject, detail=detail)


def before(*kept: Finding, is_cut: bool = False) -> Previous:
    return Previous(
        run="r0",
        known_on=date(2021, 4, 1),
        at=None,
        counts={},
        findings=tuple(one.remembered for one in kept),
        is_cut=is_cut,
    )


def test_new_changed_gone_and_same_are_told_apart() -> None:
    previous = before(finding("same", "x"), finding("moved", "x"), finding("gone", "x"))
    now = (finding("same", "x"), finding("moved", "y"), finding("new"))

    changes = find_changes(now, previous, has_earnings=False)

    assert [one.subject for one in changes.new] == ["new"]
    assert [(kept.detail, one.detail) for kept, one in changes.changed] == [("x", "y")]
    assert changes.gone == (Remembered(kind="status-differs", subject="gone", detail="x"),)


def test_another_kind_on_the_same_claim_is_another_finding() -> None:
    changes = find_changes(
        (finding("CB-1", kind=FindingKind.LOST),), before(finding("CB-1")), has_earnings=False
    )

    assert (len(changes.new), len(changes.gone)) == (1, 1)


def test_the_first_run_has_nothing_new() -> None:
    changes = find_changes((finding("CB-1"),), None, has_earnings=True)

    assert changes.previous is None
    assert changes.is_none


def test_too_many_findings_of_either_run_cannot_be_compared() -> None:
    cut = find_changes((finding("CB-1"),), before(is_cut=True), has_earnings=True)
    many = find_changes((finding("CB-1"),), before(), has_earnings=True, is_whole=False)

    assert [changes.is_told for changes in (cut, many)] == [False, False]


def test_what_only_earnings_show_is_not_gone_in_a_run_without_them() -> None:
    previous = before(finding("CB-1", kind=FindingKind.EARNS_NOTHING))

    assert find_changes((), previous, has_earnings=False).is_none
    assert len(find_changes((), previous, has_earnings=True).gone) == 1
