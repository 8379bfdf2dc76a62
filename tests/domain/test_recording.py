from dataclasses import replace
from datetime import date

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference, claim_reference_for
from cpor_batch.domain.recording import Occasion, build_events
from cpor_batch.domain.verdict import JudgedClaim, Outcome
from tests.builders import (
    SUBSCRIPTION,
    TODAY,
    business_claim,
    claim,
    edition,
    judged,
    state,
    subscription_line,
)

RENEWED = "77777777-8888-4999-8aaa-bbbbbbbbbbbb"
OCCASION = Occasion(run="r1", actor="pat", today=TODAY)


def events_of(*claims: JudgedClaim) -> list[Event]:
    def new_reference(of: Claim) -> ClaimReference:
        return claim_reference_for(of.natural_identity)

    return list(build_events(claims, (), occasion=OCCASION, edition=edition(), new_reference=new_reference))


def test_a_new_claim_is_recorded_as_not_submitted() -> None:
    (event,) = events_of(judged(claim(), row=7))

    assert (event.kind, event.status, event.row, event.file) == (
        EventKind.RECORDED,
        "editing",
        7,
        "claims.xlsx",
    )


def test_a_new_claim_with_a_submission_date_is_recorded_as_submitted_on_that_day() -> None:
    (event,) = events_of(judged(claim(submitted_on=date(2021, 3, 29))))

    assert (event.status, event.occurred_on, event.known_on) == ("submitted", date(2021, 3, 29), TODAY)


def test_a_held_claim_is_recorded_as_held() -> None:
    (event,) = events_of(judged(claim(), outcome=Outcome.HELD))

    assert (event.kind, event.status) == (EventKind.RECORDED, "held")


def test_a_refused_claim_leaves_no_trace() -> None:
    assert events_of(judged(claim(), outcome=Outcome.REFUSED)) == []


def test_what_is_recorded_is_never_recorded_again() -> None:
    assert events_of(judged(claim(), known=state(), is_unchanged=True)) == []


def test_a_changed_claim_is_a_revision_with_before_and_after() -> None:
    (event,) = events_of(judged(claim(customer_contact_name="Robin Customer"), known=state()))

    assert event.kind is EventKind.REVISED
    assert event.before == {"customer_contact_name": "Casey Customer"}
    assert event.after == {"customer_contact_name": "Robin Customer"}


def test_a_replaced_product_takes_its_cells_along_in_before_and_after() -> None:
    ends_on = date(2022, 4, 30)
    old = business_claim(
        lines=(
            subscription_line(
                comments="first call", subscription_ends_on=ends_on, engagement_description=None
            ),
        )
    )
    new = business_claim(
        lines=(subscription_line(product="Dynamics 365 Finance", engagement_description="Moved the books."),)
    )

    (event,) = events_of(judged(new, known=state(old)))

    assert event.before == {
        "product": [f"Dynamics 365 Sales {SUBSCRIPTION}"],
        "comments (Dynamics 365 Sales)": "first call",
        "subscription_ends_on (Dynamics 365 Sales)": "2022-04-30",
        "engagement_description (Dynamics 365 Finance)": None,
    }
    assert event.after == {
        "product": [f"Dynamics 365 Finance {SUBSCRIPTION}"],
        "comments (Dynamics 365 Sales)": None,
        "subscription_ends_on (Dynamics 365 Sales)": None,
        "engagement_description (Dynamics 365 Finance)": "Moved the books.",
    }


def test_a_renewed_subscription_of_one_product_shows_what_its_cells_were_and_are() -> None:
    old = business_claim(lines=(subscription_line(subscription_ends_on=date(2021, 4, 30)),))
    renewed = subscription_line(subscription_id=RENEWED, subscription_ends_on=date(2022, 4, 30))

    (event,) = events_of(judged(business_claim(lines=(renewed,)), known=state(old)))

    assert event.before["subscription_ends_on (Dynamics 365 Sales)"] == "2021-04-30"
    assert event.after["subscription_ends_on (Dynamics 365 Sales)"] == "2022-04-30"


def test_of_several_subscriptions_of_one_product_the_new_one_is_named_with_its_own() -> None:
    kept = subscription_line(comments="kept")
    added = subscription_line(subscription_id=RENEWED, comments="added", engagement_description=None)
    known = state(business_claim(lines=(kept,)))

    (event,) = events_of(judged(business_claim(lines=(kept, added)), known=known))

    assert event.before == {
        "product": [f"Dynamics 365 Sales {SUBSCRIPTION}"],
        f"comments (Dynamics 365 Sales {RENEWED})": None,
    }
    assert event.after[f"comments (Dynamics 365 Sales {RENEWED})"] == "added"


def test_filling_in_the_submission_date_is_the_submission() -> None:
    (event,) = events_of(judged(claim(submitted_on=date(2021, 3, 29)), known=state(), is_submission=True))

    assert (event.kind, event.status, event.occurred_on) == (
        EventKind.SUBMITTED,
        "submitted",
        date(2021, 3, 29),
    )
    assert event.after == {"submitted_on": "2021-03-29", "status": "submitted"}


def test_a_change_and_the_submission_in_one_file_are_two_events() -> None:
    changed = claim(submitted_on=date(2021, 3, 29), customer_contact_name="Robin Customer")

    events = events_of(judged(changed, known=state(), is_submission=True))

    assert [event.kind for event in events] == [EventKind.REVISED, EventKind.SUBMITTED]


def test_a_claim_keeps_its_edition_and_so_its_statuses_in_a_run_under_another_one() -> None:
    released = judged(claim(edition="cpor-2021"), known=state(status="held"), is_unchanged=True)

    (event,) = build_events(
        (released,),
        (),
        occasion=OCCASION,
        edition=edition("mci-2023"),
        editions={"cpor-2021": edition("cpor-2021"), "mci-2023": edition("mci-2023")},
        new_reference=lambda of: claim_reference_for(of.natural_identity),
    )

    assert (event.kind, event.status) == (EventKind.RELEASED, "editing")


def test_a_held_claim_that_nothing_holds_any_more_is_released() -> None:
    held = state(status="held", held_for=("x",))

    (event,) = events_of(judged(claim(), known=held, is_unchanged=True))

    assert (event.kind, event.status) == (EventKind.RELEASED, "editing")


def test_a_held_claim_that_is_still_held_is_nothing_new() -> None:
    held = state(status="held", held_for=())

    assert events_of(judged(claim(), known=held, is_unchanged=True, outcome=Outcome.HELD)) == []


def test_a_claim_with_microsoft_keeps_its_status_when_a_change_to_it_is_held() -> None:
    with_microsoft = state(claim(submitted_on=date(2021, 3, 29)), status="partner-action-required")
    changed = claim(submitted_on=date(2021, 3, 29), customer_contact_name="Robin Customer")

    (event,) = events_of(judged(changed, known=with_microsoft, outcome=Outcome.HELD))

    assert (event.kind, event.status, event.state) == (EventKind.CHANGE_HELD, None, None)
    assert event.held_change is not None
    assert event.held_change.customer_contact_name == "Robin Customer"


def test_the_same_change_that_is_still_held_is_nothing_new() -> None:
    changed = claim(submitted_on=date(2021, 3, 29), customer_contact_name="Robin Customer")
    with_microsoft = state(
        claim(submitted_on=date(2021, 3, 29)), status="partner-action-required", held_change=changed
    )

    assert events_of(judged(changed, known=with_microsoft, outcome=Outcome.HELD)) == []


def test_a_held_change_that_nothing_holds_any_more_is_made() -> None:
    changed = claim(submitted_on=date(2021, 3, 29), customer_contact_name="Robin Customer")
    with_microsoft = state(
        claim(submitted_on=date(2021, 3, 29)), status="partner-action-required", held_change=changed
    )

    (event,) = events_of(judged(changed, known=with_microsoft))

    assert (event.kind, event.state) == (EventKind.CHANGE_RELEASED, changed)


def test_another_change_takes_the_place_of_the_held_one() -> None:
    submitted = claim(submitted_on=date(2021, 3, 29))
    held = replace(submitted, customer_contact_name="Robin Customer")
    with_microsoft = state(submitted, status="partner-action-required", held_change=held)

    events = events_of(judged(replace(submitted, customer_contact_title="CFO"), known=with_microsoft))

    assert [event.kind for event in events] == [EventKind.CHANGE_DROPPED, EventKind.REVISED]
