"""Claims that hold one key together by what was recorded of them."""

from datetime import date

from cpor_batch.conflicts import find_shared_keys
from cpor_batch.conflicts.agreements import agreement
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.standing import ClaimState
from tests.builders import OTHER_PARTNER, TODAY, business_claim, claim, edition, state, subscription_line

NORTHWIND = {"mpn_id": OTHER_PARTNER, "partner_name": "Northwind", "partner_organisation": "Northwind"}


def kinds(*states: ClaimState) -> list[ConflictKind]:
    rules = edition()
    found = find_shared_keys(states, edition=rules, editions={rules.name: rules}, today=TODAY)
    return [conflict.kind for conflict in found]


def test_two_partners_that_hold_one_workload_are_found() -> None:
    assert kinds(state(claim()), state(claim(**NORTHWIND))) == [ConflictKind.HELD_BY_OTHER_PARTNER]


def test_who_waits_or_gave_the_key_up_holds_nothing() -> None:
    for status in ("held", "rejected", "withdrawn"):
        assert kinds(state(claim()), state(claim(**NORTHWIND), status=status)) == []


def test_two_claims_that_were_decided_to_stand_side_by_side_are_no_conflict() -> None:
    first = state(claim())
    beside = (agreement("Exchange Online", "Exchange Online", first.reference),)

    assert kinds(first, state(claim(**NORTHWIND), stands_beside=beside)) == []


def test_usage_and_presales_of_one_partner_share_a_subscription() -> None:
    presales = business_claim(activity="Pre-sales", claim_name="Contoso presales")

    assert kinds(state(business_claim()), state(presales)) == []
    assert kinds(state(business_claim()), state(business_claim(claim_name="Again"))) == [
        ConflictKind.OWN_DUPLICATE
    ]


def test_a_subscription_that_has_ended_is_held_by_nobody() -> None:
    ended = business_claim(**NORTHWIND, lines=(subscription_line(subscription_ends_on=date(2021, 3, 31)),))

    assert kinds(state(business_claim()), state(ended)) == []
