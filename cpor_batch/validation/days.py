"""Read dates: real dates, ISO texts, and what can be read in one way only.

Nothing is guessed: a text with two readings is refused with both, unless the user has said which order holds.
"""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell, CellFault
from cpor_batch.validation.reading import BLANK, Reading, read_as, refuse, shown
from cpor_batch.validation.wording import clean_code, find_control, kind_of, read_fault

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
# Day 0 of Excel's numbers for days, as they are from March 1900 on.
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_LAST_SERIAL: Final = 73_050

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
# What exports write; the day is what counts, and that its time was left out is told.
_ISO_WITH_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})日?")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_THREE_NUMBERS: Final = re.compile(r"([0-9]{1,2})\s?[-/.]\s?([0-9]{1,2})\s?[-/.]\s?([0-9]{4}|[0-9]{2})")
_DAY_MONTH: Final = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?([0-9]{4})"
)
_MONTH_DAY: Final = re.compile(r"([^\W\d]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")

_REMEDY: Final = "Write the date as 2026-03-31, or format the cell as a date."


class DateOrder(StrEnum):
    """In which order a locale writes day, month and year."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


_MONTH_FIRST: Final = frozenset({"en_us", "en_ph", "en_pr", "es_pr", "es_us"})
_YEAR_FIRST_LANGUAGES: Final = frozenset({"ja", "zh", "ko", "hu", "lt", "mn"})


def date_order(locale: str | None) -> DateOrder | None:
    """Return the order in which the locale writes a date, or None where it does not decide.

    "en" alone decides nothing: London writes the day first, New York the month.
    """
    if not locale:
        return None
    tag = locale.replace("-", "_").partition(".")[0].lower()
    language, _, territory = tag.partition("_")
    if tag in _MONTH_FIRST:
        return DateOrder.MONTH_FIRST
    if language in _YEAR_FIRST_LANGUAGES:
        return DateOrder.YEAR_FIRST
    return None if language == "en" and not territory else DateOrder.DAY_FIRST


def read_date(cell: Cell, *, order: DateOrder | None) -> Reading:
    """Read a date; a text counts as corrected unless it is ISO already."""
    match cell:
        case None:
            return BLANK
        case CellFault():
            return read_fault(cell)
        case datetime():
            return _read_day(cell.date(), str(cell))
        case date():
            return _read_day(cell, str(cell))
        case str():
            return _read_date_text(cell, order)
        case bool():
            pass
        case int() | float():
            return _refuse_serial(cell)
        case _:
            pass
    return refuse(
        IssueCode.DATE_INVALID, f"The cell holds {kind_of(cell)} ({cell}) where a date belongs.", _REMEDY
    )


def _read_day(day: date, text: str) -> Reading:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return Reading(day)
    message = f"The date {text[:10]} lies outside the years {FIRST_YEAR} to {LAST_YEAR}."
    return refuse(IssueCode.DATE_INVALID, message, "Check the year.")


def _refuse_serial(number: float) -> Reading:
    message = f"The cell holds the number {number:.15g} where a date belongs."
    if not 1 <= number <= _LAST_SERIAL:
        return refuse(IssueCode.DATE_INVALID, message, _REMEDY)
    day = _EXCEL_EPOCH + timedelta(days=int(number))
    hint = f"Format the cell as a date; as one it would show {day.isoformat()}, if the file counts from 1900."
    return refuse(IssueCode.DATE_INVALID, message, hint)


def _read_date_text(raw: str, order: DateOrder | None) -> Reading:
    fault = find_control(raw)
    if fault is not None:
        return Reading(fault=fault)
    text = clean_code(raw)
    if not text:
        return BLANK
    candidates = find_days(text, order)
    if not candidates:
        return refuse(IssueCode.DATE_INVALID, f"{shown(raw)} is not a date.", _REMEDY)
    if len(candidates) > 1:
        readings = " or ".join(day.isoformat() for day in candidates)
        hint = (
            "Write the date as 2026-03-31, or say with --locale how the file writes dates (--locale en_GB)."
        )
        return refuse(IssueCode.DATE_AMBIGUOUS, f"{shown(raw)} may be {readings}.", hint)
    reading = _read_day(candidates[0], candidates[0].isoformat())
    if reading.fault is not None or _ISO.fullmatch(raw):
        return reading
    return read_as(candidates[0], before=raw, after=candidates[0].isoformat())


def find_days(text: str, order: DateOrder | None) -> tuple[date, ...]:
    """Return the days that a text may mean: none, one, or all of its readings, the day-first one first."""
    for pattern in (_ISO, _ISO_WITH_TIME, _YEAR_FIRST, _COMPACT):
        found = pattern.fullmatch(text)
        if found:
            return _real(((int(found[1]), int(found[2]), int(found[3])),))
    found = _THREE_NUMBERS.fullmatch(text)
    if found:
        return _days_of_numbers(found, order)
    return _days_of_words(text)


def _days_of_numbers(found: re.Match[str], order: DateOrder | None) -> tuple[date, ...]:
    first, second, last = int(found[1]), int(found[2]), int(found[3])
    has_century = len(found[3]) == len("2026")
    year = last if has_century else FIRST_YEAR + last
    readings = {
        DateOrder.DAY_FIRST: (year, second, first),
        DateOrder.MONTH_FIRST: (year, first, second),
    }
    if not has_century:
        readings[DateOrder.YEAR_FIRST] = (FIRST_YEAR + first, second, last)
    if order in readings:
        said = _real((readings[order],))
        if said:
            return said
    return _real(tuple(readings.values()))


def _days_of_words(text: str) -> tuple[date, ...]:
    found = _DAY_MONTH.fullmatch(text)
    if found:
        day, month, year = found[1], found[2], found[3]
    else:
        found = _MONTH_DAY.fullmatch(text)
        if not found:
            return ()
        month, day, year = found[1], found[2], found[3]
    number = _months().get(month.casefold())
    return () if number is None else _real(((int(year), number, int(day)),))


def _real(readings: tuple[tuple[int, int, int], ...]) -> tuple[date, ...]:
    days = []
    for year, month, day in readings:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


@cache
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    names = {}
    for language in ("en", "sv", "de", "fr", "es"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                names[name.casefold().rstrip(".")] = number
    return names
