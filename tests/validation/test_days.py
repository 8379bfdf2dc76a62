"""Dates: one reading or none."""

from datetime import date, datetime

import pytest

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell
from cpor_batch.validation.days import DateOrder, date_order, find_days, read_date
from cpor_batch.validation.reading import Reading

DAY = date(2021, 3, 4)


@pytest.mark.parametrize("cell", [DAY, datetime(2021, 3, 4, 15, 30), "2021-03-04", "2021-03-04T00:00:00"])  # noqa: DTZ001
def test_real_dates_and_iso_texts_are_read_as_they_are(cell: Cell) -> None:
    assert read_date(cell, order=None) == Reading(DAY)


@pytest.mark.parametrize(
    "text",
    [
        *("2021-3-4", "2021/03/04", "2021.3.4", "20210304", "2021年3月4日", "２０２１-03-04", " 2021-03-04"),
        *("4 March 2021", "March 4, 2021", "4-Mar-2021", "4. März 2021", "4 mars 2021", "4 de marzo de 2021"),
        *("4th March 2021", "4 mar 2021"),
        *("2021-03-04T10:00:00", "2021-03-04 23:59:59.5", "2021-03-04T10:00:00Z", "2021-03-04T10:00+01:00"),
    ],
)
def test_other_clear_spellings_are_read_and_reported(text: str) -> None:
    reading = read_date(text, order=None)

    assert (reading.value, reading.before, reading.after) == (DAY, text, "2021-03-04")


@pytest.mark.parametrize("text", ["31/12/2021", "12/31/2021", "31.12.2021", "31-12-2021", "05/05/2021"])
def test_a_date_that_can_be_read_in_one_way_only_needs_no_locale(text: str) -> None:
    assert len(find_days(text, None)) == 1


@pytest.mark.parametrize("text", ["03/04/2021", "3.4.2021", "03-04-2021", "03/04/21", "31/12/21"])
def test_a_date_with_two_readings_is_refused_without_a_locale(text: str) -> None:
    reading = read_date(text, order=None)

    assert reading.fault is not None
    assert reading.fault.code is IssueCode.DATE_AMBIGUOUS
    assert " or " in reading.fault.message


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("sv_SE", date(2021, 4, 3)),
        ("de", date(2021, 4, 3)),
        ("fr-FR", date(2021, 4, 3)),
        ("es_MX", date(2021, 4, 3)),
        ("en_GB", date(2021, 4, 3)),
        ("en_US", date(2021, 3, 4)),
        ("en-us.UTF-8", date(2021, 3, 4)),
    ],
)
def test_a_locale_decides_which_comes_first(locale: str, day: date) -> None:
    assert find_days("03/04/2021", date_order(locale)) == (day,)


def test_japan_writes_the_year_first() -> None:
    assert find_days("21/03/04", date_order("ja_JP")) == (DAY,)


@pytest.mark.parametrize("locale", [None, "", "en"])
def test_english_alone_decides_nothing(locale: str | None) -> None:
    assert date_order(locale) is None


def test_a_date_that_the_locale_cannot_read_is_read_the_only_way() -> None:
    assert find_days("31/12/2021", DateOrder.MONTH_FIRST) == (date(2021, 12, 31),)


@pytest.mark.parametrize(
    "cell",
    [
        *("soon", "2021-02-30", "2021-13-01", "32/13/2021", "1", "2021", "4 Foo 2021", "0000-00-00"),
        *(44259, 44259.0, -1, 1e9, True, "1921-03-04", date(1905, 1, 1), date(2199, 1, 1)),
    ],
)
def test_anything_else_is_no_date(cell: Cell) -> None:
    reading = read_date(cell, order=DateOrder.DAY_FIRST)

    assert reading.fault is not None
    assert reading.fault.code is IssueCode.DATE_INVALID


def test_a_serial_number_names_the_day_that_it_would_be() -> None:
    reading = read_date(44259.0, order=None)

    assert reading.fault is not None
    assert "2021-03-04" in reading.fault.hint
