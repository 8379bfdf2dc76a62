"""Business days: which days count, and the day on which a number of them is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SATURDAY: Final = 5
SUNDAY: Final = 6

# No rule of Microsoft's says how business days are counted. Day 0 is the day of the event, and a day
# counts unless it is a weekend, a public or de-facto holiday or one of the workspace's closing days.


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days off of one country (and region)."""

    country: str | None
    region: str | None = None
    is_known: bool = True
    """False where the holidays of the country, or those of its region, are not known and do not count."""
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    """Days of the week, Monday = 0."""
    is_holiday: Callable[[date], bool] = lambda _day: False
    """Whether a day is a public or de-facto holiday or one of the workspace's closing days."""

    def is_business_day(self, day: date) -> bool:
        """Whether the day counts."""
        return day.weekday() not in self.weekend and not self.is_holiday(day)

    def add_business_days(self, start: date, days: int) -> date:
        """Return the `days`-th business day after `start`; `start` itself is day 0 whatever day it is."""
        day = start
        left = days
        while left > 0:
            day += timedelta(days=1)
            if self.is_business_day(day):
                left -= 1
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Return how many business days lie after `start`, `end` included; negative if `end` is earlier."""
        if end < start:
            return -self.business_days_between(end, start)
        days = (end - start).days
        return sum(self.is_business_day(start + timedelta(days=step)) for step in range(1, days + 1))


CalendarLookup = Callable[[str | None, str | None], Calendar]
"""(country, region) -> Calendar; an unknown country gives weekdays only, marked as not known."""

WEEKDAYS: Final = Calendar(country=None, is_known=False)

_MONTHS_OF_A_YEAR: Final = 12


def months_before(day: date, months: int) -> date:
    """Return the same day that many months earlier, or the last day of that month where it is shorter."""
    total = day.year * _MONTHS_OF_A_YEAR + day.month - 1 - months
    year, month = divmod(total, _MONTHS_OF_A_YEAR)
    for clipped in range(day.day, 0, -1):
        try:
            return date(year, month + 1, clipped)
        except ValueError:
            continue
    raise ValueError(f"no day in {year}-{month + 1}")
