"""Windows and what the calendar makes of a claim: computed from its state and the day, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cpor_batch.domain.calendar import Calendar, CalendarLookup
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.edition import CalendarOf, Counting, Edition, WindowKind, WindowRule
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import FREE, HELD, LAPSED, OPTED_OUT, ClaimState, is_line_lapsed

# Windows that somebody must act in. The others simply close: an opt-out window makes the claim official,
# a dispute window ends a right.
_CAN_BE_OVERDUE: Final = frozenset({WindowKind.SUBMITTED, WindowKind.REVIEW, WindowKind.PARTNER_ACTION})


class CustomerStatus(StrEnum):
    """What the customer may still do."""

    OPT_OUT_OPEN = "opt-out-open"
    OFFICIAL = "official"
    OPTED_OUT = "opted-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One dated wait of one claim."""

    claim: ClaimReference
    kind: WindowKind
    opened_on: date
    closes_on: date
    """The last day that counts."""
    is_assumed: bool
    """Whether the day it opened is the edition's assumption, because the real one is not known yet."""
    is_calendar_known: bool
    who_acts: str
    consequence: str
    reference: str

    def is_open(self, today: date) -> bool:
        """Whether the window is open on `today`, its last day included."""
        return self.opened_on <= today <= self.closes_on

    def is_overdue(self, today: date) -> bool:
        """Whether somebody let it expire."""
        return self.kind in _CAN_BE_OVERDUE and today > self.closes_on

    def days_left(self, today: date) -> int:
        """Calendar days to the last day; negative after it."""
        return (self.closes_on - today).days


def effective_status(state: ClaimState, *, today: date) -> str:
    """Return the claim's status on `today`: `lapsed` once the subscriptions of all its lines have ended.

    So in every status that holds a key, since the end frees it; what was rejected or withdrawn stays so.
    """
    lines = state.claim.lines
    if lines and state.status not in FREE and all(is_line_lapsed(line, today=today) for line in lines):
        return LAPSED
    return state.status


def last_day(claim: Claim) -> date | None:
    """Return the day on which the last of the claim's subscriptions ends; None where no end is known."""
    days = (line.subscription_ends_on for line in claim.lines)
    return max((day for day in days if day is not None), default=None)


def find_waits(
    state: ClaimState, *, edition: Edition, calendars: CalendarLookup, today: date
) -> tuple[Window, ...]:
    """Return the claim's windows as of `today`: none while it is held, none once it has lapsed."""
    if effective_status(state, today=today) in {HELD, LAPSED}:
        return ()
    return find_windows(state, edition=edition, calendars=calendars)


def find_windows(state: ClaimState, *, edition: Edition, calendars: CalendarLookup) -> tuple[Window, ...]:
    """Return the windows of a claim, closed ones included, the opt-out window first."""
    return tuple(_windows(state, edition, calendars))


def find_missed_opt_out(
    state: ClaimState, on: date, *, edition: Edition, calendars: CalendarLookup
) -> Window | None:
    """Return the claim's opt-out window if it had closed before `on`, else None."""
    windows = find_windows(state, edition=edition, calendars=calendars)
    return next(
        (item for item in windows if item.kind is WindowKind.CUSTOMER_OPT_OUT and item.closes_on < on), None
    )


def _windows(state: ClaimState, edition: Edition, calendars: CalendarLookup) -> Iterator[Window]:
    rule = edition.statuses.get(state.status)
    opt_out = edition.windows.get(WindowKind.CUSTOMER_OPT_OUT)
    start = _opt_out_start(state, opt_out)
    # What was rejected holds nothing, so nothing is left to opt out of.
    is_claimed = rule is not None and rule.is_microsofts and rule.holds_key
    if is_claimed and opt_out is not None and start is not None:
        yield _window(state, opt_out, start, calendars, is_assumed=state.notified_on is None)
    if rule is not None and rule.window is not None and rule.window in edition.windows:
        yield _window(state, edition.windows[rule.window], state.status_since, calendars, is_assumed=False)


def _opt_out_start(state: ClaimState, rule: WindowRule | None) -> date | None:
    if rule is None or state.is_adopted:
        return None
    if state.notified_on is not None:
        return state.notified_on
    return state.claim.submitted_on if rule.assumed_from == "submitted_on" else None


def _window(
    state: ClaimState, rule: WindowRule, start: date, calendars: CalendarLookup, *, is_assumed: bool
) -> Window:
    calendar = _calendar_for(state, rule, calendars)
    if rule.counting is Counting.BUSINESS_DAYS:
        end = calendar.add_business_days(start, rule.days)
    else:
        end = start + timedelta(days=rule.days)
    return Window(
        claim=state.reference,
        kind=rule.kind,
        opened_on=start,
        closes_on=end,
        is_assumed=is_assumed,
        is_calendar_known=calendar.is_known or rule.counting is Counting.CALENDAR_DAYS,
        who_acts=rule.who_acts,
        consequence=rule.consequence,
        reference=rule.reference,
    )


def _calendar_for(state: ClaimState, rule: WindowRule, calendars: CalendarLookup) -> Calendar:
    claim = state.claim
    if rule.calendar_of is CalendarOf.CUSTOMER:
        return calendars(claim.customer_country, claim.customer_region)
    return calendars(claim.partner_country, None)


def official_on(state: ClaimState, windows: tuple[Window, ...], *, edition: Edition) -> date | None:
    """Return the day on which the association is or becomes official, or None while that is not in sight.

    The day after the opt-out window closes, if the customer has not opted out and, where the edition says
    so, the claim is approved. An approval that comes later makes it official on its own day.
    """
    if state.status == OPTED_OUT or state.is_adopted:
        return None
    closes = next(
        (window.closes_on for window in windows if window.kind is WindowKind.CUSTOMER_OPT_OUT), None
    )
    if closes is None:
        return None
    day = closes + timedelta(days=1)
    if not edition.settings.official_needs_approval:
        return day
    if state.status != "approved" or state.approved_on is None:
        return None
    return max(day, state.approved_on)


def customer_status(
    state: ClaimState, windows: tuple[Window, ...], *, edition: Edition, today: date
) -> CustomerStatus | None:
    """Return what the customer may still do on `today`, or None where nothing is asked of the customer."""
    if state.status == OPTED_OUT:
        return CustomerStatus.OPTED_OUT
    if effective_status(state, today=today) == LAPSED:
        return None
    day = official_on(state, windows, edition=edition)
    if day is not None and day <= today:
        return CustomerStatus.OFFICIAL
    for window in windows:
        if window.kind is WindowKind.CUSTOMER_OPT_OUT and window.is_open(today):
            return CustomerStatus.OPT_OUT_OPEN
    return None
