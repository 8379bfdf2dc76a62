"""Business-day calendars by country and region, read from the holidays package when a date is asked for."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from cpor_batch.domain.calendar import Calendar, CalendarLookup
from cpor_batch.rulebook.countries import Countries

# Public holidays alone would make Midsummer Eve a working day in Sweden, which no Swede believes.
_CATEGORIES = ("public", "de_facto")

# The package has an empty calendar for places where nobody lives. It leaves single years empty elsewhere,
# too: Ukraine has had no days off since 2022, and of Guinea-Bissau the earlier ones are not known.
_YEARS_WITH_DAYS = (2018, 2024)

IsHoliday = Callable[[date], bool]


def build_calendars(countries: Countries, *, closing_days: Collection[date] = ()) -> CalendarLookup:
    """Return the lookup (country, region) -> Calendar.

    `closing_days` are days off everywhere. A country that nobody knows has weekdays only, a region that
    nobody knows the holidays of its country; both are marked as not known.
    """
    closed = frozenset(closing_days)

    @cache
    def calendar_for(country: str | None, region: str | None) -> Calendar:
        if country is None or country not in countries.codes:
            return Calendar(country=country, region=region, is_known=False, is_holiday=closed.__contains__)
        known = _read_subdivisions(country)
        subdivision = None if region is None else _match_subdivision(region, country, known)
        # Where a country's holidays are the same everywhere, no region can be unknown.
        is_region_known = region is None or subdivision is not None or not known
        is_holiday = _read_holidays(country, subdivision, closed)
        return Calendar(
            country=country,
            region=subdivision or region,
            is_known=is_holiday is not None and is_region_known,
            weekend=countries.weekend_of(country),
            is_holiday=is_holiday or closed.__contains__,
        )

    return calendar_for


def _read_holidays(country: str, subdivision: str | None, closed: frozenset[date]) -> IsHoliday | None:
    import holidays

    try:
        supported = holidays.country_holidays(country).supported_categories
    except NotImplementedError:
        return None
    categories = tuple(category for category in _CATEGORIES if category in supported) or None
    if not holidays.country_holidays(country, years=_YEARS_WITH_DAYS, expand=False, categories=categories):
        return None
    # The package keeps the names of the days too and looks them up slowly; the days are enough.
    days_of_year: dict[int, frozenset[date]] = {}

    def is_holiday(day: date) -> bool:
        days = days_of_year.get(day.year)
        if days is None:
            found: Iterable[date] = holidays.country_holidays(
                country, subdiv=subdivision, years=day.year, expand=False, categories=categories
            )
            days = days_of_year[day.year] = frozenset(found) | closed
        return day in days

    return is_holiday


def _read_subdivisions(country: str) -> Mapping[str, Sequence[str]]:
    import holidays

    try:
        return holidays.country_holidays(country).get_subdivision_aliases()
    except NotImplementedError:
        return {}


def _match_subdivision(region: str, country: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return the subdivision that a code ("BY", "DE-BY") or a name ("Bayern") means, or None."""
    wanted = region.strip().casefold().removeprefix(f"{country.casefold()}-")
    for code, names in known.items():
        if wanted in {code.casefold(), *(name.casefold() for name in names)}:
            return code
    return None
