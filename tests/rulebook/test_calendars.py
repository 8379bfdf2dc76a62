from datetime import date

import pytest

from cpor_batch.rulebook.calendars import build_calendars
from tests.builders import rulebook


@pytest.mark.parametrize("day", [date(2026, 6, 19), date(2020, 12, 24), date(2020, 12, 31), date(2021, 4, 2)])
def test_eves_and_holidays_are_no_business_days_in_sweden(day: date) -> None:
    assert not rulebook().calendars("SE", None).is_business_day(day)


def test_an_ordinary_thursday_is_a_business_day_in_sweden() -> None:
    assert rulebook().calendars("SE", None).is_business_day(date(2021, 4, 1))


def test_five_business_days_leave_out_easter() -> None:
    # Good Friday is the 2nd, Easter Monday the 5th of April 2021.
    calendar = rulebook().calendars("SE", None)

    assert calendar.add_business_days(date(2021, 4, 1), 5) == date(2021, 4, 12)


def test_regional_holidays_count_where_the_region_is_known() -> None:
    epiphany = date(2021, 1, 6)

    assert rulebook().calendars("DE", None).is_business_day(epiphany)
    for region in ("BY", "by", "DE-BY", "Bayern"):
        calendar = rulebook().calendars("DE", region)
        assert not calendar.is_business_day(epiphany)
        assert calendar.is_known


def test_an_unknown_region_counts_the_holidays_of_its_country_and_says_so() -> None:
    calendar = rulebook().calendars("DE", "Atlantis")

    assert not calendar.is_known
    assert not calendar.is_business_day(date(2021, 5, 13))


def test_where_holidays_are_the_same_everywhere_no_region_is_unknown() -> None:
    assert rulebook().calendars("SE", "Skåne").is_known


@pytest.mark.parametrize("country", [None, "ZZ", "sweden"])
def test_an_unknown_country_has_weekdays_only(country: str | None) -> None:
    calendar = rulebook().calendars(country, None)

    assert not calendar.is_known
    assert calendar.is_business_day(date(2021, 4, 2))
    assert not calendar.is_business_day(date(2021, 4, 3))


def test_closing_days_count_everywhere() -> None:
    closed = date(2021, 4, 7)
    calendars = build_calendars(rulebook().countries, closing_days=[closed])

    for country in ("SE", "US", None):
        assert not calendars(country, None).is_business_day(closed)


def test_the_weekend_of_the_country_counts() -> None:
    friday, sunday = date(2021, 4, 9), date(2021, 4, 11)
    calendar = rulebook().calendars("SA", None)

    assert not calendar.is_business_day(friday)
    assert calendar.is_business_day(sunday)


def test_a_calendar_is_made_once() -> None:
    assert rulebook().calendars("FR", None) is rulebook().calendars("FR", None)


@pytest.mark.parametrize("country", ["SE", "DE", "FR", "ES", "JP", "US", "GB", "PR", "NO"])
def test_new_year_is_no_business_day_anywhere_we_write_to(country: str) -> None:
    calendar = rulebook().calendars(country, None)

    assert calendar.is_known
    assert not calendar.is_business_day(date(2021, 1, 1))
