from datetime import date

import pytest

from cpor_batch.documents.returned.written_dates import read_days

DAY = date(2021, 4, 3)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2021-04-03", None),
        ("2021/4/3", "ja"),
        ("2021年4月3日", "ja"),
        ("３．４．２０２１", "de"),
        ("3.4.2021", None),
        ("03.04.21", "de"),
        ("3/4/2021", "fr"),
        ("3 April 2021", "en"),
        ("April 3, 2021", "en"),
        ("Stockholm, 3 april 2021", "sv"),
        ("den 3:e april 2021", "sv"),
        ("3. April 2021", "de"),
        ("3 avril 2021", "fr"),
        ("3 de abril de 2021", "es"),
        ("3rd of April 2021", "en"),
        ("3-Apr-2021", "en"),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, language: str | None) -> None:
    assert read_days(text, language=language) == (DAY,)


def test_a_day_that_can_be_read_in_two_ways_is_read_in_both() -> None:
    assert read_days("03/04/2021", language="en") == (date(2021, 3, 4), date(2021, 4, 3))


def test_a_day_above_twelve_settles_the_order() -> None:
    assert read_days("15/03/2021", language="en") == (date(2021, 3, 15),)
    assert read_days("03/15/2021", language="en") == (date(2021, 3, 15),)


@pytest.mark.parametrize("text", ["", "soon", "31.2.2021", "2021-13-01", "4711001", "9" * 500])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_days(text) == ()
