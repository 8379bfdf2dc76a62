from dataclasses import replace

import pytest

from cpor_batch.domain.claim import Level
from cpor_batch.domain.conflict import Conflict, ConflictKind, ConflictSide
from cpor_batch.domain.decision import (
    Decision,
    DecisionKind,
    build_fingerprint,
    conflict_id,
    find_choices,
    ordinal,
    parse_decision,
    parse_fingerprint,
)
from cpor_batch.domain.ids import ClaimReference
from tests.builders import OTHER_PARTNER, PARTNER, TENANT, claim, state


def side(**changes: object) -> ConflictSide:
    good = ConflictSide(
        mpn_id=PARTNER,
        partner_name="Fabrikam",
        partner_organisation="Fabrikam",
        claim_name="Contoso Exchange",
        activity="Usage",
        tenant_id=TENANT,
        customer_name="Contoso AB",
        product="Exchange Online",
        subscription_id=None,
        status="held",
        reference=ClaimReference("CB-00000001"),
    )
    return replace(good, **changes)  # type: ignore[arg-type]  # the fields of a side by name


def conflict(*sides: ConflictSide, kind: ConflictKind = ConflictKind.CONTESTED_IN_BATCH) -> Conflict:
    other = side(mpn_id=OTHER_PARTNER, partner_name="Northwind", reference=ClaimReference("CB-00000002"))
    return Conflict(
        kind=kind,
        level=Level.WORKLOAD,
        tenant_id=TENANT,
        product="Exchange Online",
        subscription_id=None,
        claims=sides or (side(), other),
        rule="",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Keep first", "Keep first"),
        ("  keep   SECOND ", "Keep second"),
        ("Keep 3", "Keep third"),
        ("keep side 2", "Keep second"),
        ("Keep second: Northwind", "Keep second"),
        ("Keep 11", "Keep 11"),
        ("contest with newer PoE", "Contest with newer PoE"),
        ("Contest", "Contest with newer PoE"),
        ("WITHDRAW.", "Withdraw"),
        ("Not a conflict", "Not a conflict"),
    ],
)
def test_a_decision_is_read_as_people_write_it(text: str, words: str) -> None:
    decision = parse_decision(text)

    assert decision is not None
    assert decision.words == words


@pytest.mark.parametrize(
    "text", ["", "keep", "keep firstly", "keep -1", "first", "withdraw it", "yes", "=Keep first"]
)
def test_what_is_no_decision_is_not_taken_for_one(text: str) -> None:
    assert parse_decision(text) is None


def test_every_choice_reads_back_as_itself() -> None:
    many = conflict(*(side(reference=ClaimReference(f"CB-{number:08}")) for number in range(12)))

    choices = find_choices(many)

    assert [parse_decision(choice.words) for choice in choices] == list(choices)
    assert len(choices) == 15


def test_who_asks_twice_cannot_contest_with_themselves() -> None:
    choices = find_choices(conflict(kind=ConflictKind.OWN_DUPLICATE))

    assert [choice.words for choice in choices] == ["Keep first", "Keep second", "Withdraw"]


def test_whoever_makes_somebody_give_way_says_why() -> None:
    needing = [kind for kind in DecisionKind if Decision(kind=kind).needs_reason]

    assert needing == [DecisionKind.KEEP, DecisionKind.WITHDRAW]


def test_a_conflict_keeps_its_id_whatever_the_order_of_its_sides() -> None:
    first = conflict()
    turned = replace(first, claims=first.claims[::-1])
    joined = replace(first, claims=(*first.claims, side(reference=ClaimReference("CB-00000003"))))

    assert conflict_id(first) == conflict_id(turned)
    assert len({conflict_id(first), conflict_id(joined), conflict_id(replace(first, product="Intune"))}) == 3


def test_a_fingerprint_reads_back_as_the_numbers_of_the_last_events() -> None:
    mine = state(claim(claim_reference=ClaimReference("CB-00000001")), last_event=7)
    theirs = state(claim(claim_reference=ClaimReference("CB-00000002")), last_event=12)

    text = build_fingerprint(conflict(), {mine.reference: mine, theirs.reference: theirs})

    assert text == "CB-00000001:7 CB-00000002:12"
    assert parse_fingerprint(text) == {"CB-00000001": 7, "CB-00000002": 12}


@pytest.mark.parametrize("text", ["", "CB-00000001", "CB-00000001:x", "CB-00000001:-1", "CB-00000001:\u0663"])
def test_a_damaged_fingerprint_is_none(text: str) -> None:
    assert parse_fingerprint(text) is None


def test_ordinals_end_at_ten() -> None:
    assert [ordinal(number) for number in (1, 10, 11)] == ["first", "tenth", "11"]
