from dataclasses import replace
from datetime import date
from typing import Any

from cpor_batch.domain.claim import ClaimKey, Level
from cpor_batch.domain.ids import MpnId
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation import (
    Ambiguous,
    ExportClaim,
    Matched,
    Unknown,
    group_lines,
    match_claims,
    wanted_of,
)
from tests.builders import (
    OTHER_PARTNER,
    OTHER_SUBSCRIPTION,
    OTHER_TENANT,
    SUBSCRIPTION,
    TENANT,
    business_claim,
    claim,
    known,
    line,
    state,
)
from tests.reconciliation.exports import EXCHANGE, SALES, export_claim, export_line


def match(
    *claims: ExportClaim, among: tuple[ClaimState, ...]
) -> tuple[Any, ...]:  # Any: one of three results
    return match_claims(
        claims,
        known(*among),
        may_be=lambda export, own: export.lines[0].activity in {None, own.claim.activity},
        is_alive=lambda own: own.status not in {"rejected", "withdrawn"},
    )


def named(claim_id: str | None = "CA-1", **changes: Any) -> ClaimState:  # Any: the fields of a claim by name
    return state(claim(partner_center_claim_id=claim_id, **changes))


def test_lines_of_one_claim_id_are_one_claim() -> None:
    lines = [
        export_line(2),
        export_line(3, claim_id="ca-1", products=(SALES,)),
        export_line(4, claim_id="CA-2"),
    ]

    assert [[item.source.row for item in claim.lines] for claim in group_lines(lines)] == [[2, 3], [4]]


def test_lines_without_claim_id_are_grouped_by_name_or_stand_alone() -> None:
    lines = [
        export_line(2, claim_id=None),
        export_line(3, claim_id=None),
        export_line(4, claim_id=None, claim_name=None),
        export_line(5, claim_id=None, claim_name=None),
    ]

    assert [[item.source.row for item in claim.lines] for claim in group_lines(lines)] == [[2, 3], [4], [5]]


def test_the_claim_id_finds_the_claim_whatever_else_differs() -> None:
    (found,) = match(export_claim(mpn_id=OTHER_PARTNER, products=(SALES,)), among=(named(),))

    assert isinstance(found, Matched)


def test_a_claim_id_at_another_tenant_is_told_and_not_taken() -> None:
    (found,) = match(export_claim(tenant_id=OTHER_TENANT), among=(named(),))

    assert isinstance(found, Ambiguous)
    assert "at another tenant" in found.reason


def test_partner_tenant_and_product_find_a_claim_that_has_no_id_yet() -> None:
    (found,) = match(export_claim(claim_name="Named otherwise"), among=(named(None),))

    assert isinstance(found, Matched)


def test_a_claim_that_has_another_id_is_another_claim() -> None:
    (found,) = match(export_claim(claim_id="CA-2"), among=(named("CA-1"),))

    assert isinstance(found, Unknown)


def test_leading_zeros_of_the_mpn_id_do_not_matter() -> None:
    (found,) = match(export_claim(mpn_id=MpnId("711001")), among=(named(None, mpn_id=MpnId("0711001")),))

    assert isinstance(found, Matched)


def test_another_partner_tenant_product_or_activity_is_another_claim() -> None:
    among = (named(None),)
    others = (
        export_claim(mpn_id=OTHER_PARTNER),
        export_claim(tenant_id=OTHER_TENANT),
        export_claim(products=(SALES,)),
        export_claim(activity="Pre-sales"),
    )

    assert all(isinstance(match(other, among=among)[0], Unknown) for other in others)


def test_subscription_ids_decide_where_both_sides_have_one() -> None:
    among = (state(business_claim()),)

    (same,) = match(export_claim(products=(SALES,), subscription_id=SUBSCRIPTION), among=among)
    (other,) = match(export_claim(products=(SALES,), subscription_id=OTHER_SUBSCRIPTION), among=among)
    (without,) = match(export_claim(products=(SALES,)), among=among)

    assert (type(same), type(other), type(without)) == (Matched, Unknown, Matched)


def test_of_several_the_one_of_the_same_name_is_meant() -> None:
    among = (named(None), named(None, claim_name="Contoso Exchange, again"))

    (found,) = match(export_claim(claim_name="CONTOSO EXCHANGE, AGAIN"), among=among)

    assert isinstance(found, Matched)
    assert found.state == among[1]


def test_of_several_of_no_name_the_living_one_is_meant() -> None:
    dead = replace(named(None, claim_name="First try"), status="rejected")
    among = (dead, named(None, claim_name="Second try"))

    (found,) = match(export_claim(claim_name=None), among=among)

    assert isinstance(found, Matched)
    assert found.state == among[1]


def test_several_that_fit_alike_are_ambiguous_and_named() -> None:
    among = (named(None, claim_name="One"), named(None, claim_name="Two"))

    (found,) = match(export_claim(), among=among)

    assert isinstance(found, Ambiguous)
    assert all(item.reference in found.reason for item in among)


def test_lines_without_id_that_fit_one_claim_are_put_together() -> None:
    own = state(claim(lines=(line(), line(product="Microsoft Teams"))))
    teams = replace(EXCHANGE, name="Microsoft Teams")
    exports = [
        ExportClaim(lines=(export_line(row, claim_id=None, claim_name=None, products=(product,)),))
        for row, product in ((2, EXCHANGE), (3, teams))
    ]

    (found,) = match(*exports, among=(own,))

    assert isinstance(found, Matched)
    assert [item.source.row for item in found.claim.lines] == [2, 3]


def test_a_line_that_says_too_little_is_unknown_and_says_what_is_missing() -> None:
    (found,) = match(export_claim(mpn_id=None, tenant_id=None), among=(named(None),))

    assert isinstance(found, Unknown)
    assert "MPN ID, tenant" in found.reason


def test_the_ledger_is_asked_for_ids_keys_and_products() -> None:
    wanted = wanted_of([export_claim(), export_claim(products=(SALES,), subscription_id=SUBSCRIPTION)])

    assert wanted.partner_center_claim_ids == {"CA-1"}
    assert wanted.keys == {
        ClaimKey(tenant_id=TENANT, level=Level.WORKLOAD, item="Exchange Online"),
        ClaimKey(tenant_id=TENANT, level=Level.SUBSCRIPTION, item=SUBSCRIPTION),
    }
    assert wanted.products == {(TENANT, "Dynamics 365 Sales")}


def test_the_line_that_was_updated_last_speaks_for_the_claim() -> None:
    lines = (
        export_line(2, status="Approved", changed_on=date(2021, 4, 9)),
        export_line(3, status="Rejected", changed_on=date(2021, 4, 12)),
        export_line(4, status=None, changed_on=date(2021, 4, 15)),
    )

    assert ExportClaim(lines=lines).latest.status == "Rejected"
