from dataclasses import replace
from datetime import date

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.known import Customer, Known
from cpor_batch.domain.verdict import JudgedClaim, Outcome
from cpor_batch.reports.words import CONFLICT_WORDS
from tests.builders import (
    OTHER_PARTNER,
    OTHER_SUBSCRIPTION,
    OTHER_TENANT,
    TODAY,
    business_claim,
    claim,
    edition,
    judged,
    known,
    line,
    state,
    subscription_line,
)

NORTHWIND = {"mpn_id": OTHER_PARTNER, "partner_name": "Northwind", "partner_organisation": "Northwind"}
SISTER = {"mpn_id": "4711002", "partner_name": "Fabrikam GmbH", "partner_organisation": "FABRIKAM "}


def find(*claims: JudgedClaim, knows: Known | None = None) -> tuple[tuple[Conflict, ...], tuple[Issue, ...]]:
    return find_conflicts(claims, knows or Known.nothing(), edition=edition(), today=TODAY)


def kinds(*claims: JudgedClaim, knows: Known | None = None) -> list[ConflictKind]:
    return [conflict.kind for conflict in find(*claims, knows=knows)[0]]


def test_claims_on_different_workloads_do_not_collide() -> None:
    other = claim(**NORTHWIND, lines=(line(product="Microsoft Teams"),))

    assert kinds(judged(claim()), judged(other, row=3)) == []


def test_partners_of_different_organisations_on_one_workload_are_a_contest() -> None:
    (conflict,), issues = find(judged(claim()), judged(claim(**NORTHWIND), row=3))

    assert conflict.kind is ConflictKind.CONTESTED_IN_BATCH
    assert [(side.mpn_id, side.row, side.status) for side in conflict.claims] == [
        ("4711001", 2, "editing"),
        ("4722001", 3, "editing"),
    ]
    assert issues == ()


def test_partners_of_one_organisation_are_told_apart_from_a_contest() -> None:
    assert kinds(judged(claim()), judged(claim(**SISTER), row=3)) == [ConflictKind.SAME_ORGANISATION]


def test_a_refused_claim_contests_nothing() -> None:
    refused = judged(claim(**NORTHWIND), row=3, outcome=Outcome.REFUSED)

    assert kinds(judged(claim()), refused) == []


def test_the_same_partner_asking_twice_is_an_error_on_the_later_claim() -> None:
    later = judged(claim(claim_name="Contoso Exchange again"), row=3)

    (conflict,), issues = find(judged(claim()), later)

    assert conflict.kind is ConflictKind.OWN_DUPLICATE
    assert [(issue.code, issue.row) for issue in issues] == [(IssueCode.OWN_DUPLICATE, 3)]


def test_an_own_duplicate_contests_nobody_elses_claim() -> None:
    mine = judged(claim(), row=2)
    again = judged(claim(claim_name="Again"), row=3)
    theirs = judged(claim(**NORTHWIND), row=4)

    conflicts, _ = find(mine, again, theirs)

    assert [(conflict.kind, [side.row for side in conflict.claims]) for conflict in conflicts] == [
        (ConflictKind.OWN_DUPLICATE, [2, 3]),
        (ConflictKind.CONTESTED_IN_BATCH, [2, 4]),
    ]


def test_usage_and_presales_of_one_partner_on_one_subscription_go_together() -> None:
    usage = business_claim(activity="Usage")
    presales = business_claim(activity="Pre-sales", claim_name="Contoso presales")

    assert kinds(judged(usage), judged(presales, row=3)) == []


def test_usage_and_presales_in_one_activity_overlaps_each_of_both() -> None:
    both = business_claim(activity="Usage and Pre-sales")
    usage = business_claim(activity="Usage", claim_name="Contoso usage")

    assert kinds(judged(both), judged(usage, row=3)) == [ConflictKind.OWN_DUPLICATE]


def test_several_products_of_one_subscription_in_one_claim_are_legal() -> None:
    one = business_claim(lines=(subscription_line(), subscription_line(product="Dynamics 365 Finance")))

    assert kinds(judged(one)) == []


def test_two_partners_on_one_subscription_collide_whatever_the_product() -> None:
    other = business_claim(**NORTHWIND, lines=(subscription_line(product="Dynamics 365 Finance"),))

    assert kinds(judged(business_claim()), judged(other, row=3)) == [ConflictKind.CONTESTED_IN_BATCH]


def test_another_partner_in_the_ledger_holds_the_key() -> None:
    holder = state(claim(**NORTHWIND, submitted_on=date(2021, 2, 1)), status="approved")

    (conflict,), _ = find(judged(claim()), knows=known(holder))

    assert conflict.kind is ConflictKind.HELD_BY_OTHER_PARTNER
    first, second = conflict.claims
    assert (first.reference, first.status, first.since) == (holder.reference, "approved", date(2021, 2, 1))
    assert (second.reference, second.row, second.is_of_this_run) == (None, 2, True)


def test_a_claim_still_being_edited_holds_too_and_shows_its_status() -> None:
    (conflict,), _ = find(judged(claim()), knows=known(state(claim(**NORTHWIND))))

    assert (conflict.kind, conflict.claims[0].status) == (ConflictKind.HELD_BY_OTHER_PARTNER, "editing")


def test_another_location_of_the_organisation_in_the_ledger_is_told_apart() -> None:
    assert kinds(judged(claim()), knows=known(state(claim(**SISTER)))) == [ConflictKind.SAME_ORGANISATION]


def test_what_was_rejected_or_withdrawn_or_is_held_itself_holds_nothing() -> None:
    for status in ("rejected", "withdrawn", "opted-out", "held"):
        assert kinds(judged(claim()), knows=known(state(claim(**NORTHWIND), status=status))) == []


def test_a_subscription_that_has_ended_is_free() -> None:
    ended = business_claim(**NORTHWIND, lines=(subscription_line(subscription_ends_on=date(2021, 3, 31)),))
    lasting = business_claim(**NORTHWIND, lines=(subscription_line(subscription_ends_on=TODAY),))

    assert kinds(judged(business_claim()), knows=known(state(ended, status="approved"))) == []
    assert kinds(judged(business_claim()), knows=known(state(lasting, status="approved"))) != []


def test_the_same_claim_again_never_counts() -> None:
    mine = state(claim())

    assert kinds(judged(claim(), known=mine, is_unchanged=True), knows=known(mine)) == []


def test_the_ledger_holds_against_the_same_partners_other_claim() -> None:
    (conflict,), (issue,) = find(judged(claim(claim_name="Second")), knows=known(state(claim())))

    assert conflict.kind is ConflictKind.OWN_DUPLICATE
    assert (issue.code, issue.row) == (IssueCode.OWN_DUPLICATE, 2)


def test_a_holder_that_comes_again_stays_the_holder() -> None:
    mine = state(claim())
    again = judged(claim(), known=mine, is_unchanged=True)
    other = judged(claim(**NORTHWIND), row=3)

    (conflict,), _ = find(again, other, knows=known(mine))

    assert conflict.kind is ConflictKind.HELD_BY_OTHER_PARTNER
    assert [side.is_of_this_run for side in conflict.claims] == [False, True]


def test_a_contest_stays_open_when_one_side_comes_again_alone() -> None:
    (found,), _ = find(judged(claim()), judged(claim(**NORTHWIND), row=3))
    mine = state(claim(), status="held", held_for=("|".join(found.identity),))
    theirs = state(claim(**NORTHWIND), status="held", held_for=("|".join(found.identity),))

    (conflict,), _ = find(judged(claim(), known=mine, is_unchanged=True), knows=known(mine, theirs))

    assert conflict.kind is ConflictKind.CONTESTED_IN_BATCH
    assert {side.status for side in conflict.claims} == {"held"}


def test_claims_that_wait_for_somebody_else_have_no_contest_between_them() -> None:
    holder = state(claim(claim_name="Holder", mpn_id="4733001", partner_organisation="Tailspin"))
    (found,), _ = find(judged(claim()), knows=known(holder))
    mine = state(claim(), status="held", held_for=("|".join(found.identity),))
    theirs = state(claim(**NORTHWIND), status="held", held_for=("|".join(found.identity),))

    again = find(judged(claim(), known=mine, is_unchanged=True), knows=known(holder, mine, theirs))[0]

    assert [conflict.kind for conflict in again] == [ConflictKind.HELD_BY_OTHER_PARTNER]


def test_a_line_without_subscription_beside_one_with_may_be_the_same() -> None:
    without = business_claim(**NORTHWIND, lines=(subscription_line(subscription_id=None),))

    (conflict,), _ = find(judged(business_claim()), judged(without, row=3))

    assert conflict.kind is ConflictKind.POSSIBLE_OVERLAP
    assert [side.row for side in conflict.claims] == [2, 3]


def test_two_subscriptions_of_one_product_do_not_overlap() -> None:
    other = business_claim(**NORTHWIND, lines=(subscription_line(subscription_id=OTHER_SUBSCRIPTION),))

    assert kinds(judged(business_claim()), judged(other, row=3)) == []


def test_customers_with_equal_names_under_two_tenants_are_worth_a_look() -> None:
    other = claim(
        tenant_id=OTHER_TENANT,
        customer_name="CONTOSO, Aktiebolag",
        claim_name="Other",
        customer_domain="c.example",
    )

    assert kinds(judged(claim()), judged(other, row=3)) == [ConflictKind.LOOKALIKE_CUSTOMER]


def test_domains_that_read_alike_are_worth_a_look() -> None:
    other = claim(
        tenant_id=OTHER_TENANT,
        customer_name="Someone else",
        customer_domain="c\u043ent\u043eso.example",
        claim_name="Other",
    )

    assert kinds(judged(claim()), judged(other, row=3)) == [ConflictKind.LOOKALIKE_CUSTOMER]


def test_names_that_differ_by_a_letter_are_different_customers() -> None:
    other = claim(
        tenant_id=OTHER_TENANT,
        customer_name="Contosa AB",
        customer_domain="contosa.example",
        claim_name="Other",
    )

    assert kinds(judged(claim()), judged(other, row=3)) == []


def test_a_lookalike_in_the_ledger_is_found() -> None:
    theirs = state(claim(tenant_id=OTHER_TENANT, customer_domain="c.example"))
    customer = Customer(
        tenant_id=OTHER_TENANT,
        name="Contoso AB",
        domain=None,
        folded_name="contoso",
        skeleton="",
        state=theirs,
    )

    assert kinds(judged(claim()), knows=Known(customers=(customer,))) == [ConflictKind.LOOKALIKE_CUSTOMER]


def with_activity_in_key() -> Edition:
    return replace(edition(), settings=replace(edition().settings, activity_in_key=True))


def test_where_the_activity_is_part_of_the_key_two_activities_do_not_collide() -> None:
    usage = judged(business_claim(activity="Usage"))
    presales = judged(business_claim(**NORTHWIND, activity="Pre-sales"), row=3)
    same = judged(business_claim(**NORTHWIND, activity="Usage"), row=3)

    def kinds_of(*claims: JudgedClaim) -> list[ConflictKind]:
        found, _ = find_conflicts(claims, Known.nothing(), edition=with_activity_in_key(), today=TODAY)
        return [conflict.kind for conflict in found]

    assert kinds_of(usage, presales) == []
    assert kinds_of(usage, same) == [ConflictKind.CONTESTED_IN_BATCH]
    assert kinds(usage, presales) == [ConflictKind.CONTESTED_IN_BATCH]


def test_what_was_agreed_between_two_claims_holds_neither_again() -> None:
    theirs = state(claim(**NORTHWIND))
    mine = state(claim(), status="held", stands_beside=(f"Exchange Online|{theirs.reference}",))
    elsewhere = state(claim(), status="held", stands_beside=(f"Intune|{theirs.reference}",))

    assert kinds(judged(claim(), known=mine), knows=known(mine, theirs)) == []
    assert kinds(judged(claim(), known=elsewhere), knows=known(elsewhere, theirs)) == [
        ConflictKind.HELD_BY_OTHER_PARTNER
    ]


def test_an_agreement_of_two_does_not_bind_a_third() -> None:
    theirs = state(claim(**NORTHWIND))
    mine = state(claim(), stands_beside=(f"Exchange Online|{theirs.reference}",))
    third = judged(claim(mpn_id="4733001", partner_name="Tailspin", partner_organisation="Tailspin"), row=3)

    (conflict,), _ = find(third, knows=known(mine, theirs))

    assert [side.mpn_id for side in conflict.claims] == ["4711001", "4722001", "4733001"]


def test_a_claim_that_names_the_subscription_in_one_line_only_waits_for_itself() -> None:
    both = business_claim(lines=(subscription_line(), subscription_line(subscription_id=None)))

    (conflict,), _ = find(judged(both))

    assert conflict.kind is ConflictKind.POSSIBLE_OVERLAP
    assert [side.row for side in conflict.claims] == [2, 3]


def test_two_holders_that_may_overlap_are_not_brought_up_by_a_third() -> None:
    with_id = state(business_claim(**NORTHWIND))
    without = state(business_claim(**SISTER, lines=(subscription_line(subscription_id=None),)))
    asking = judged(business_claim(lines=(subscription_line(subscription_id=OTHER_SUBSCRIPTION),)))

    (conflict,), _ = find(asking, knows=known(with_id, without))

    assert conflict.kind is ConflictKind.POSSIBLE_OVERLAP
    assert [side.reference for side in conflict.claims] == [None, without.reference]


def test_a_claim_with_microsoft_keeps_a_line_that_its_revision_drops() -> None:
    mine = state(claim(lines=(line(), line(product="Intune"))), status="partner-action-required")
    revised = judged(claim(), known=mine)
    other = judged(claim(**NORTHWIND, lines=(line(product="Intune"),)), row=4)

    (conflict,), _ = find(revised, other, knows=known(mine))

    assert conflict.kind is ConflictKind.HELD_BY_OTHER_PARTNER
    assert [side.reference for side in conflict.claims] == [mine.reference, None]


def test_claims_that_wait_since_different_runs_are_not_said_to_be_of_one_run() -> None:
    words = CONFLICT_WORDS[ConflictKind.CONTESTED_IN_BATCH]

    assert "run" not in words.split()
