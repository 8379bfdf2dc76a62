from datetime import date

import pytest

from cpor_batch.domain.calendar import WEEKDAYS
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.domain.known import House, PartnerEntry
from cpor_batch.domain.owing import find_owed
from cpor_batch.domain.standing import ClaimState
from tests.builders import PARTNER, TODAY, claim, edition, state

LETTER, POE = DocumentKind.LETTER, DocumentKind.POE


def owed_by(of: ClaimState, *, house: House | None = None, today: date = TODAY) -> tuple[DocumentOrder, ...]:
    return find_owed(
        of,
        edition=edition(),
        calendars=lambda _country, _region: WEEKDAYS,
        house=house or House(),
        language_of=lambda _claim: "sv",
        today=today,
    )


def kinds(orders: tuple[DocumentOrder, ...]) -> list[DocumentKind]:
    return [order.kind for order in orders]


def test_a_claim_that_is_not_submitted_owes_a_letter_and_a_poe() -> None:
    assert kinds(owed_by(state())) == [LETTER, POE]


@pytest.mark.parametrize("brings", [{"poe_document": "poe.pdf"}, {"poe_signed_on": date(2021, 3, 1)}])
def test_a_claim_that_brings_its_poe_owes_a_letter_only(brings: dict[str, object]) -> None:
    assert kinds(owed_by(state(claim(**brings)))) == [LETTER]


def test_a_submitted_claim_owes_a_letter_until_the_window_closes() -> None:
    submitted = state(claim(submitted_on=date(2021, 3, 25)))

    assert kinds(owed_by(submitted, today=date(2021, 4, 1))) == [LETTER]
    assert kinds(owed_by(submitted, today=date(2021, 4, 2))) == []


def test_an_action_required_of_the_partner_asks_for_a_poe_again() -> None:
    waiting = state(claim(submitted_on=date(2021, 3, 1)), status="partner-action-required")

    assert kinds(owed_by(waiting)) == [POE]


@pytest.mark.parametrize("status", ["held", "rejected", "withdrawn", "opted-out", "lapsed"])
def test_a_claim_that_holds_nothing_owes_nothing(status: str) -> None:
    assert owed_by(state(status=status)) == ()


def test_an_adopted_association_owes_nothing() -> None:
    assert owed_by(state(status="approved", is_adopted=True)) == ()


def test_the_last_day_to_opt_out_is_named_only_when_microsofts_notice_is_known() -> None:
    submitted = claim(submitted_on=date(2021, 3, 29))

    (assumed,) = owed_by(state(submitted))
    (known,) = owed_by(state(submitted, notified_on=date(2021, 3, 30)))

    assert (assumed.opt_out_until, assumed.opt_out_days) == (None, 5)
    assert known.opt_out_until == date(2021, 4, 6)


def test_a_letter_bears_the_brand_of_the_partner_whose_claim_it_is() -> None:
    entry = PartnerEntry(mpn_id=PARTNER, name="Fabrikam Sverige", colour="#225577")

    branded, _ = owed_by(state(), house=House(partners={PARTNER: entry}))
    plain, _ = owed_by(state())

    assert branded.partner is entry
    assert plain.partner.name == "Fabrikam"


@pytest.mark.parametrize(
    ("country", "is_public", "expected"),
    [("US", True, True), ("PR", True, True), ("SE", True, False), ("US", False, False)],
)
def test_the_public_sector_disclosure_applies_in_the_us_and_puerto_rico(
    country: str, is_public: bool, expected: bool
) -> None:
    orders = owed_by(state(claim(customer_country=country, public_sector=is_public)))

    assert [order.has_public_sector_disclosure for order in orders] == [expected, expected]


def test_all_documents_of_a_claim_can_be_made_whatever_is_due() -> None:
    signed = state(claim(submitted_on=date(2021, 1, 4), poe_signed_on=date(2021, 1, 2)), status="approved")

    orders = find_owed(
        signed,
        edition=edition(),
        calendars=lambda _country, _region: WEEKDAYS,
        house=House(),
        language_of=lambda _claim: "sv",
        today=TODAY,
        is_all=True,
    )

    assert kinds(owed_by(signed)) == []
    assert kinds(orders) == [LETTER, POE]
