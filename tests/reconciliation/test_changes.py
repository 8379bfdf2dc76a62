from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpor_batch.domain.event import EventKind
from cpor_batch.domain.standing import ClaimState, apply_event
from cpor_batch.reconciliation import Matched, Taken, take_over
from tests.builders import claim, edition, state
from tests.reconciliation.exports import OCCASION, TODAY, WORDS, export_claim

SUBMITTED_ON = date(2021, 3, 30)


def own(status: str = "submitted", **changes: Any) -> ClaimState:  # Any: the fields of a claim by name
    good = claim(partner_center_claim_id="CA-1", submitted_on=SUBMITTED_ON)
    return state(replace(good, **changes), status=status, status_since=SUBMITTED_ON)


def take(known: ClaimState, edition_name: str = "cpor-2021", **changes: Any) -> Taken:  # Any: fields by name
    match = Matched(claim=export_claim(**changes), state=known)
    return take_over(match, edition=edition(edition_name), words=WORDS, occasion=OCCASION)


def after(taken: Taken) -> ClaimState:
    found = taken.state
    for event in taken.events:
        found = apply_event(found, event) or found
    return found


def test_what_the_ledger_knows_is_no_news() -> None:
    taken = take(own(status="approved"))

    assert (taken.events, taken.drift) == ((), None)


def test_a_new_status_begins_on_the_day_of_the_last_update() -> None:
    taken = take(own(), status="In review")

    assert (after(taken).status, after(taken).status_since) == ("under-review", date(2021, 4, 9))


def test_an_approval_begins_on_its_own_day_where_the_export_says_it() -> None:
    assert after(take(own(), approved_on=date(2021, 4, 7))).approved_on == date(2021, 4, 7)


def test_a_day_that_the_export_does_not_say_or_that_is_still_to_come_is_today() -> None:
    assert after(take(own(), changed_on=None)).status_since == TODAY
    assert after(take(own(), changed_on=date(2021, 5, 1))).status_since == TODAY


def test_a_status_does_not_begin_before_the_submission() -> None:
    taken = take(own(), changed_on=None, approved_on=date(2021, 3, 30))

    assert (
        after(take(own(status="editing", submitted_on=None), approved_on=date(2021, 3, 1))).approved_on
        == SUBMITTED_ON
    )
    assert after(taken).approved_on == SUBMITTED_ON


def test_a_claim_that_was_being_edited_is_submitted_first() -> None:
    taken = take(
        own(status="editing", submitted_on=None, partner_center_claim_id=None), status="Under review"
    )

    assert [event.kind for event in taken.events] == [EventKind.SUBMITTED, EventKind.STATUS_CHANGED]
    known = after(taken)
    assert (known.claim.submitted_on, known.claim.partner_center_claim_id) == (SUBMITTED_ON, "CA-1")
    assert (known.status, known.status_since) == ("under-review", date(2021, 4, 9))


def test_a_submission_without_a_day_of_its_own_takes_that_of_the_last_update() -> None:
    taken = take(own(status="editing", submitted_on=None), status="Submitted", submitted_on=None)

    assert after(taken).claim.submitted_on == date(2021, 4, 9)


def test_an_id_alone_is_a_revision() -> None:
    taken = take(own(status="approved", partner_center_claim_id=None))

    (event,) = taken.events
    assert event.kind is EventKind.REVISED
    assert event.after == {"partner_center_claim_id": "CA-1"}
    assert after(taken).claim.partner_center_claim_id == "CA-1"


def test_a_draft_in_partner_center_gives_its_id_and_stays_a_draft() -> None:
    taken = take(own(status="editing", submitted_on=None, partner_center_claim_id=None), status="Draft")

    assert after(taken).status == "editing"
    assert after(taken).claim.submitted_on is None
    assert after(taken).claim.partner_center_claim_id == "CA-1"


def test_a_notice_is_recorded_once() -> None:
    first = take(own(status="approved"), notified_on=date(2021, 3, 31))

    assert [event.kind for event in first.events] == [EventKind.NOTIFIED]
    assert take(after(first), notified_on=date(2021, 3, 31)).events == ()


def test_an_update_from_before_the_ledgers_status_is_old() -> None:
    known = replace(own(status="rejected"), status_since=date(2021, 4, 12))

    assert take(known, changed_on=date(2021, 4, 9)).events == ()
    assert after(take(known, changed_on=date(2021, 4, 12))).status == "approved"


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("withdrawn", "Under review"),
        ("opted-out", "Approved"),
        ("submitted", "Editing"),
        ("held", "Approved"),
    ],
)
def test_where_the_ledger_knows_better_the_status_stays_and_somebody_is_told(status: str, shown: str) -> None:
    taken = take(own(status=status), status=shown)

    assert taken.events == ()
    assert taken.drift is not None
    assert shown in taken.drift.message


@pytest.mark.parametrize("status", ["withdrawn", "opted-out"])
def test_what_has_ended_here_is_rejected_there(status: str) -> None:
    taken = take(own(status=status), status="Rejected")

    assert (taken.events, taken.drift) == ((), None)


def test_a_held_claim_gets_its_id_all_the_same() -> None:
    taken = take(own(status="held", partner_center_claim_id=None, submitted_on=None))

    assert after(taken).claim.partner_center_claim_id == "CA-1"
    assert (after(taken).status, after(taken).claim.submitted_on) == ("held", None)


def test_a_dispute_is_a_status_in_2023_and_an_unknown_word_in_2021() -> None:
    known = own(status="rejected")

    assert after(take(known, "mci-2023", status="Disputed")).status == "dispute"
    assert after(take(known, "cpor-2021", status="Disputed")).status == "Disputed"


@pytest.mark.parametrize("status", ["submitted", "under-review", "partner-action-required"])
def test_a_usage_report_confirms_what_is_under_way(status: str) -> None:
    taken = take(own(status=status), status=None, changed_on=None, associated_on=date(2021, 4, 9))

    assert (after(taken).status, after(taken).approved_on) == ("approved", date(2021, 4, 9))


@pytest.mark.parametrize("status", ["rejected", "approved", "Customer consent expired"])
def test_a_usage_report_revives_nothing(status: str) -> None:
    taken = take(own(status=status), status=None, changed_on=None, associated_on=date(2021, 4, 9))

    assert (taken.events, taken.drift) == ((), None)
