from datetime import date

from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import claim_reference_for
from cpor_batch.domain.standing import apply_event, fold_events, holds_key
from tests.builders import TODAY, claim, edition, line, state

REFERENCE = claim_reference_for(claim().natural_identity)


def event(kind: EventKind, number: int, **changes: object) -> Event:
    values = {
        "kind": kind,
        "claim": REFERENCE,
        "known_on": TODAY,
        "occurred_on": TODAY,
        "actor": "pat",
        "run": "r1",
        "number": number,
        **changes,
    }
    return Event(**values)  # type: ignore[arg-type]  # the fields of an event by name


def test_a_claim_is_born_with_its_first_event() -> None:
    standing = fold_events([event(EventKind.RECORDED, 1, status="editing", state=claim())])

    born = standing.claims[REFERENCE]
    assert (born.status, born.recorded_on, born.claim.claim_reference) == ("editing", TODAY, REFERENCE)


def test_an_event_before_the_claim_is_known_changes_nothing() -> None:
    assert apply_event(None, event(EventKind.STATUS_CHANGED, 1, status="approved")) is None


def test_the_day_of_approval_is_kept_when_the_same_status_is_reported_again() -> None:
    standing = fold_events(
        [
            event(EventKind.RECORDED, 1, status="submitted", state=claim()),
            event(EventKind.STATUS_CHANGED, 2, status="approved", occurred_on=date(2021, 4, 6)),
            event(EventKind.STATUS_CHANGED, 3, status="approved", occurred_on=date(2021, 4, 20)),
        ]
    )

    approved = standing.claims[REFERENCE]
    assert (approved.approved_on, approved.status_since) == (date(2021, 4, 6), date(2021, 4, 6))


def test_a_notice_opens_no_status_of_its_own() -> None:
    standing = fold_events(
        [
            event(EventKind.RECORDED, 1, status="submitted", state=claim()),
            event(EventKind.NOTIFIED, 2, occurred_on=date(2021, 3, 30)),
        ]
    )

    assert standing.claims[REFERENCE].status == "submitted"
    assert standing.claims[REFERENCE].notified_on == date(2021, 3, 30)


def test_a_release_forgets_what_the_claim_was_held_for() -> None:
    held = event(EventKind.RECORDED, 1, status="held", state=claim(), after={"held_for": ["a|b"]})

    standing = fold_events([held, event(EventKind.RELEASED, 2, status="editing")])

    assert fold_events([held]).claims[REFERENCE].held_for == ("a|b",)
    assert standing.claims[REFERENCE].held_for == ()


def test_what_holds_a_key_is_said_by_the_edition() -> None:
    holding = {"editing", "submitted", "under-review", "partner-action-required", "approved"}
    free = {"rejected", "opted-out", "withdrawn", "lapsed", "held"}

    assert all(holds_key(state(status=status), edition()) for status in holding)
    assert not any(holds_key(state(status=status), edition()) for status in free)


def test_a_status_that_only_microsoft_knows_is_taken_as_holding() -> None:
    assert holds_key(state(status="Awaiting customer consent response"), edition())


def test_an_adopted_microsoft_365_association_from_before_october_2019_holds_nothing() -> None:
    old = claim(submitted_on=date(2019, 9, 30))
    young = claim(submitted_on=date(2019, 10, 1))

    assert not holds_key(state(old, status="approved", is_adopted=True), edition())
    assert holds_key(state(young, status="approved", is_adopted=True), edition())


def test_an_adopted_dynamics_association_of_any_age_holds_its_key() -> None:
    old = claim(
        submitted_on=date(2018, 1, 1), lines=(line(product="Dynamics 365 Sales", level="subscription"),)
    )

    assert holds_key(state(old, status="approved", is_adopted=True), edition())


def test_a_decision_is_remembered_and_shortens_what_the_claim_is_held_for() -> None:
    held = event(EventKind.RECORDED, 1, status="held", state=claim(), after={"held_for": ["a", "b"]})
    decided = event(EventKind.DECIDED, 2, after={"stands_beside": ["x|CB-1"], "held_for": ["b"]})

    standing = fold_events([held, decided, decided]).claims[REFERENCE]

    assert (standing.status, standing.held_for, standing.stands_beside) == ("held", ("b",), ("x|CB-1",))


def test_a_decision_does_not_hold_a_claim_that_is_not_held() -> None:
    first = event(EventKind.RECORDED, 1, status="editing", state=claim())
    decided = event(EventKind.DECIDED, 2, after={"stands_beside": ["x|CB-1"], "held_for": ["b"]})

    standing = fold_events([first, decided]).claims[REFERENCE]

    assert (standing.status, standing.held_for) == ("editing", ())


def test_a_rejection_of_another_edition_holds_nothing() -> None:
    assert not holds_key(state(status="rejected-final"), edition("cpor-2021"))
    assert holds_key(state(status="in arbitration"), edition("cpor-2021"))
