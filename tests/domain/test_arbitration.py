from datetime import date

import pytest

from cpor_batch.domain.arbitration import age_in_months, find_favoured
from cpor_batch.domain.conflict import ConflictKind
from tests.domain.test_decision import conflict, side

EARLIER, LATER = date(2021, 1, 31), date(2021, 3, 1)


def test_the_most_recent_poe_is_favoured() -> None:
    found = find_favoured(conflict(side(poe_signed_on=EARLIER), side(poe_signed_on=LATER)))

    assert (found.side, found.reason) == (1, "the most recent PoE, signed on 2021-03-01")


def test_nobody_is_favoured_without_any_poe_date() -> None:
    found = find_favoured(conflict(side(), side()))

    assert (found.side, found.reason) == (None, "nobody: no PoE date")


def test_nobody_is_favoured_while_one_date_is_unknown() -> None:
    found = find_favoured(conflict(side(poe_signed_on=LATER), side(partner_name="Northwind S.L.")))

    assert (found.side, found.reason) == (None, "nobody: no PoE date of Northwind S.L")


def test_nobody_is_favoured_by_two_poe_of_one_day() -> None:
    found = find_favoured(conflict(side(poe_signed_on=LATER), side(poe_signed_on=LATER)))

    assert (found.side, found.reason) == (None, "nobody: PoE of the same day, 2021-03-01")


@pytest.mark.parametrize("kind", [ConflictKind.OWN_DUPLICATE, ConflictKind.LOOKALIKE_CUSTOMER])
def test_who_does_not_compete_is_not_favoured(kind: ConflictKind) -> None:
    found = find_favoured(conflict(side(poe_signed_on=EARLIER), side(poe_signed_on=LATER), kind=kind))

    assert found.side is None


@pytest.mark.parametrize(
    ("signed", "today", "months"),
    [
        (date(2020, 4, 1), date(2021, 4, 1), 12),
        (date(2020, 4, 2), date(2021, 4, 1), 11),
        (date(2021, 1, 31), date(2021, 2, 28), 0),
        (date(2021, 4, 1), date(2021, 4, 1), 0),
        (date(2021, 5, 1), date(2021, 4, 1), 0),
    ],
)
def test_only_whole_months_count(signed: date, today: date, months: int) -> None:
    assert age_in_months(signed, today) == months
