from datetime import date

from cpor_batch.domain.calendar import WEEKDAYS, Calendar

MIDSUMMER_EVE = date(2021, 6, 25)
SWEDISH = Calendar(country="SE", is_holiday=lambda day: day == MIDSUMMER_EVE)


def test_the_day_of_the_event_is_day_zero() -> None:
    assert WEEKDAYS.add_business_days(date(2021, 4, 1), 5) == date(2021, 4, 8)


def test_an_event_on_a_saturday_counts_from_monday() -> None:
    assert WEEKDAYS.add_business_days(date(2021, 4, 3), 1) == date(2021, 4, 5)


def test_a_holiday_does_not_count() -> None:
    assert SWEDISH.add_business_days(date(2021, 6, 23), 2) == date(2021, 6, 28)
    assert WEEKDAYS.add_business_days(date(2021, 6, 23), 2) == MIDSUMMER_EVE


def test_a_weekend_may_be_other_days() -> None:
    gulf = Calendar(country="XX", weekend=frozenset({4, 5}))

    assert gulf.add_business_days(date(2021, 4, 1), 1) == date(2021, 4, 4)


def test_business_days_between_two_days_count_the_last_one() -> None:
    assert WEEKDAYS.business_days_between(date(2021, 4, 1), date(2021, 4, 8)) == 5
    assert WEEKDAYS.business_days_between(date(2021, 4, 8), date(2021, 4, 1)) == -5
    assert WEEKDAYS.business_days_between(date(2021, 4, 1), date(2021, 4, 1)) == 0
