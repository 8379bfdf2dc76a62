"""Read a date as people write it into a form, in six languages; where it can be read in two ways, both."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final

_LANGUAGES: Final = ("en", "sv", "de", "fr", "es", "ja")
_DAY_FIRST: Final = frozenset({"sv", "de", "fr", "es"})
_CENTURY: Final = 2000
_TWO_DIGITS: Final = 100

_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)")
_WORDS_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th|:e)?\s*(?:de\s+|of\s+|den\s+)?[-/ ]?\s?"
    r"([^\W\d_]{3,})\.?,?\s*(?:de\s+|del\s+)?[-/ ]?\s?(\d{4})(?!\d)"
)
_WORDS_MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_LONGEST: Final = 200


def read_days(text: str, *, language: str | None = None) -> tuple[date, ...]:
    """Return every day that the text can mean, earliest first; none where it holds no date or several."""
    plain = unicodedata.normalize("NFKC", text).casefold()[:_LONGEST]
    for reading in (_year_first, _words, _year_last):
        found = reading(plain, language)
        if found:
            return tuple(sorted(set(found)))
    return ()


def _year_first(text: str, _language: str | None) -> list[date]:
    return [day for year, month, number in _YEAR_FIRST.findall(text) for day in _days(year, month, number)]


def _year_last(text: str, language: str | None) -> list[date]:
    found: list[date] = []
    for first, mark, second, year in _YEAR_LAST.findall(text):
        found += _days(year, second, first)
        # A full stop always parts day from month; Americans put the month first, and a document in English
        # does not say where it was filled in.
        if mark != "." and language not in _DAY_FIRST:
            found += _days(year, first, second)
    return found


def _words(text: str, _language: str | None) -> list[date]:
    months = _months()
    found: list[date] = []
    for number, name, year in _WORDS_DAY_FIRST.findall(text):
        if name in months:
            found += _days(year, str(months[name]), number)
    for name, number, year in _WORDS_MONTH_FIRST.findall(text):
        if name in months:
            found += _days(year, str(months[name]), number)
    return found


def _days(year: str, month: str, day: str) -> list[date]:
    number = int(year)
    try:
        return [date(number + _CENTURY if number < _TWO_DIGITS else number, int(month), int(day))]
    except ValueError:
        return []


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Return the names of the months in every language, also shortened, without a full stop."""
    from babel.dates import get_month_names

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                names.setdefault(unicodedata.normalize("NFKC", name).casefold().rstrip("."), number)
    names.setdefault("sept", 9)
    return names
