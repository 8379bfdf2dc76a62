"""A calendar of the windows that are open: one all-day event on the last day of each."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from cpor_batch.domain.lifecycle import Window
from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.status import ClaimStatus, StatusReport
from cpor_batch.reports.words import WINDOW_WORDS, capitalized

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT: Final = "-//cpor-batch//windows//EN"


def render_calendar(report: StatusReport) -> bytes:
    """Return an iCalendar file (RFC 5545); the same claims on the same day give the same bytes.

    Names of contacts stay out of it: calendars are shared. A window keeps its UID, so that the file of a
    later day moves its event instead of adding another.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "CPOR windows")
    for claim, window in sorted(_open_windows(report), key=_order):
        calendar.add_component(_event(claim, window, report.as_of))
    return bytes(calendar.to_ical())


def _open_windows(report: StatusReport) -> Iterator[tuple[ClaimStatus, Window]]:
    for claim in report.claims:
        for window in claim.windows:
            if report.as_of <= window.closes_on:
                yield claim, window


def _order(pair: tuple[ClaimStatus, Window]) -> tuple[date, str, str]:
    claim, window = pair
    return window.closes_on, claim.state.reference, window.kind


def _event(claim: ClaimStatus, window: Window, as_of: date) -> "Event":
    from icalendar import Event

    data = claim.state.claim
    event = Event()
    event.add("uid", f"{claim.state.reference}-{window.kind}@cpor-batch".lower())
    # When the calendar was made; the clock's time would make each file another one.
    event.add("dtstamp", datetime.combine(as_of, time(), tzinfo=UTC))
    event.add("dtstart", window.closes_on)
    event.add("dtend", window.closes_on + timedelta(days=1))
    event.add("summary", printable(f"{WINDOW_WORDS[window.kind]}: {data.claim_name} ({data.customer_name})"))
    event.add("description", "\n".join(_description(claim, window)))
    event.add("categories", ["CPOR", capitalized(window.who_acts)])
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL")
    return event


def _description(claim: ClaimStatus, window: Window) -> Iterator[str]:
    data, settings = claim.state.claim, claim.edition.settings
    yield f"Last day of the window that opened on {window.opened_on}. Who acts: {window.who_acts}."
    if window.is_assumed:
        yield "The opening is assumed: Microsoft's notice is not recorded yet."
    if not window.is_calendar_known:
        yield "The country's holidays are not known: only weekends were left out."
    yield f"After it: {window.consequence}"
    yield f"Next step: {claim.next_step}"
    yield ""
    yield printable(f"{claim.state.reference} {data.claim_name}")
    yield printable(f"{data.partner_name}, {settings.identifier_label} {data.mpn_id}")
    yield printable(
        f"{data.solution_area}, {data.activity}: {', '.join(line.product for line in data.lines)}"
    )
