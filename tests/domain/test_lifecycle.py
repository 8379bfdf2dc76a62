from datetime import date

import pytest

from cpor_batch.domain.calendar import WEEKDAYS, Calendar
from cpor_batch.domain.edition import WindowKind
from cpor_batch.domain.lifecycle import (
    CustomerStatus,
    customer_status,
    effective_status,
    find_windows,
    official_on,
)
from cpor_batch.domain.standing import ClaimState
from tests.builders import business_claim, claim, edition, state, subscription_line

SUBMITTED_ON = date(2021, 3, 24)


def lookup(_country: str | None, _region: str | None) -> Calendar:
    return WEEKDAYS


def submitted(**changes: object) -> ClaimState:
    return state(claim(submitted_on=SUBMITTED_ON), **changes)


def windows_of(of: ClaimState) -> dict[WindowKind, date]:
    return {window.kind: window.closes_on for window in find_windows(of, edition=edition(), calendars=lookup)}


def test_a_claim_that_is_not_submitted_has_no_window() -> None:
    assert windows_of(state()) == {}


def test_a_submitted_claim_waits_for_microsoft_and_for_the_customer() -> None:
    assert windows_of(submitted()) == {
        WindowKind.CUSTOMER_OPT_OUT: date(2021, 3, 31),
        WindowKind.SUBMITTED: date(2021, 3, 31),
    }


def test_the_opt_out_window_is_assumed_until_the_notice_is_known() -> None:
    assumed = find_windows(submitted(), edition=edition(), calendars=lookup)[0]
    known = find_windows(submitted(notified_on=date(2021, 3, 29)), edition=edition(), calendars=lookup)[0]

    assert (assumed.is_assumed, assumed.closes_on) == (True, date(2021, 3, 31))
    assert (known.is_assumed, known.closes_on) == (False, date(2021, 4, 5))


@pytest.mark.parametrize(
    ("status", "kind", "closes_on"),
    [
        ("under-review", WindowKind.REVIEW, date(2021, 3, 31)),
        ("partner-action-required", WindowKind.PARTNER_ACTION, date(2021, 3, 31)),
        ("rejected", WindowKind.DISPUTE, date(2021, 4, 23)),
    ],
)
def test_each_status_opens_its_own_window(status: str, kind: WindowKind, closes_on: date) -> None:
    assert windows_of(submitted(status=status))[kind] == closes_on


def test_the_customers_calendar_rules_the_opt_out_and_the_partners_the_rest() -> None:
    asked = []

    def calendars(country: str | None, _region: str | None) -> Calendar:
        asked.append(country)
        return WEEKDAYS

    find_windows(
        state(claim(submitted_on=SUBMITTED_ON, customer_country="JP", partner_country="SE")),
        edition=edition(),
        calendars=calendars,
    )

    assert asked == ["JP", "SE"]


def test_microsofts_review_can_be_overdue_and_the_opt_out_window_cannot() -> None:
    opt_out, review = find_windows(submitted(status="under-review"), edition=edition(), calendars=lookup)

    assert review.is_overdue(date(2021, 4, 1))
    assert not review.is_overdue(date(2021, 3, 31))
    assert not opt_out.is_overdue(date(2021, 4, 1))


def test_a_claim_is_official_the_day_after_the_window_closes_if_approved() -> None:
    approved = submitted(status="approved", approved_on=date(2021, 3, 26))
    windows = find_windows(approved, edition=edition(), calendars=lookup)

    assert official_on(approved, windows, edition=edition()) == date(2021, 4, 1)
    for today, expected in [
        (date(2021, 3, 31), CustomerStatus.OPT_OUT_OPEN),
        (date(2021, 4, 1), CustomerStatus.OFFICIAL),
    ]:
        assert customer_status(approved, windows, edition=edition(), today=today) is expected


def test_a_late_approval_makes_it_official_on_its_own_day() -> None:
    approved = submitted(status="approved", approved_on=date(2021, 4, 12))
    windows = find_windows(approved, edition=edition(), calendars=lookup)

    assert official_on(approved, windows, edition=edition()) == date(2021, 4, 12)


def test_without_approval_or_after_an_opt_out_nothing_becomes_official() -> None:
    waiting = submitted(status="under-review")
    gone = submitted(status="opted-out")

    for item in (waiting, gone):
        windows = find_windows(item, edition=edition(), calendars=lookup)
        assert official_on(item, windows, edition=edition()) is None
    assert customer_status(gone, (), edition=edition(), today=date(2021, 5, 1)) is CustomerStatus.OPTED_OUT


def test_an_approved_claim_lapses_when_its_last_subscription_has_ended() -> None:
    ending = business_claim(
        lines=(
            subscription_line(subscription_ends_on=date(2021, 3, 31)),
            subscription_line(product="Dynamics 365 Finance", subscription_ends_on=date(2021, 4, 30)),
        )
    )
    approved = state(ending, status="approved")

    assert effective_status(approved, today=date(2021, 4, 30)) == "approved"
    assert effective_status(approved, today=date(2021, 5, 1)) == "lapsed"


def test_a_claim_is_official_until_it_lapses() -> None:
    ending = business_claim(
        submitted_on=SUBMITTED_ON, lines=(subscription_line(subscription_ends_on=date(2021, 4, 30)),)
    )
    approved = state(ending, status="approved", approved_on=date(2021, 3, 26))
    windows = find_windows(approved, edition=edition(), calendars=lookup)

    on_each = [
        customer_status(approved, windows, edition=edition(), today=day)
        for day in (date(2021, 4, 30), date(2021, 5, 1))
    ]

    assert on_each == [CustomerStatus.OFFICIAL, None]
