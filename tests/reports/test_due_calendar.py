from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar

from cpor_batch.domain.claim import CONTACT_FIELDS
from cpor_batch.reports import StatusReport, build_status
from cpor_batch.reports.due_calendar import render_calendar
from tests import builders
from tests.reports import examples

TODAY = date(2021, 4, 1)


def report(*states: Any, today: date = TODAY) -> StatusReport:
    return build_status(
        states,
        edition_of=lambda state: builders.edition(state.claim.edition),
        calendars=builders.rulebook().calendars,
        today=today,
    )


def submitted(**changes: Any) -> Any:  # Any: the fields of a claim by name
    return builders.state(builders.claim(submitted_on=TODAY, **changes))


def events(content: bytes) -> list[Any]:  # Any: the library's component
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_each_open_window_is_an_all_day_event_on_its_last_day() -> None:
    found = events(render_calendar(report(submitted())))

    # Good Friday and Easter Monday are no business days in Sweden.
    assert [event["dtstart"].dt for event in found] == [date(2021, 4, 12)] * 2
    assert [event["dtend"].dt for event in found] == [date(2021, 4, 13)] * 2
    assert {str(event["summary"]).partition(":")[0] for event in found} == {
        "Customer opt-out",
        "Submission check",
    }


def test_windows_that_have_closed_are_left_out() -> None:
    found = events(render_calendar(report(submitted(), today=date(2021, 4, 13))))

    assert found == []


def test_the_last_day_itself_still_counts() -> None:
    found = events(render_calendar(report(submitted(), today=date(2021, 4, 12))))

    assert len(found) == 2


def test_the_same_claims_on_the_same_day_give_the_same_bytes() -> None:
    states = examples.states()

    assert render_calendar(report(*states)) == render_calendar(report(*reversed(states)))


def test_a_window_keeps_its_uid_whatever_else_changes() -> None:
    first = events(render_calendar(report(submitted())))
    later = events(render_calendar(report(submitted(customer_country="NO"), today=date(2021, 4, 6))))

    reference = submitted().reference.lower()
    assert [event["uid"] for event in first] == [event["uid"] for event in later]
    assert f"{reference}-customer-opt-out@cpor-batch" in {event["uid"] for event in first}
    assert [event["dtstamp"].dt for event in first] == [datetime(2021, 4, 1, tzinfo=UTC)] * 2
    assert [event["dtstamp"].dt for event in later] == [datetime(2021, 4, 6, tzinfo=UTC)] * 2


def test_every_uid_occurs_once() -> None:
    uids = [event["uid"] for event in events(render_calendar(report(*examples.states())))]

    assert len(uids) > 5
    assert len(set(uids)) == len(uids)


def test_no_contact_stands_in_the_calendar() -> None:
    state = builders.state(builders.business_claim(submitted_on=TODAY, solution_seller_name="Sam Seller"))
    contacts = {str(getattr(state.claim, name)) for name in CONTACT_FIELDS} - {"None"}

    content = render_calendar(report(state)).decode().replace("\r\n ", "")

    assert len(contacts) == 9
    assert [name for name in contacts if name in content and name != "CIO"] == []


def test_an_assumed_opening_is_said() -> None:
    opt_out = events(render_calendar(report(submitted())))[0]

    assert "assumed" in str(opt_out["description"])
    assert "Next step:" in str(opt_out["description"])


def test_names_cannot_break_the_file() -> None:
    name = "Evil\r\nBEGIN:VEVENT\r\nSUMMARY:x; y, z \\ å 日本" + "x" * 60

    content = render_calendar(report(submitted(claim_name=name)))

    assert len(events(content)) == 2
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_ledger_without_claims_gives_an_empty_calendar() -> None:
    content = render_calendar(report())

    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert events(content) == []
