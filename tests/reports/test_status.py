from dataclasses import replace
from datetime import date, timedelta

import pytest

from cpor_batch.domain.lifecycle import CustomerStatus
from cpor_batch.reports import build_status, render_text
from cpor_batch.reports.needs import NeedKind
from cpor_batch.reports.status import StatusReport
from tests import builders
from tests.reports import examples


def needs_of(report: StatusReport) -> list[NeedKind]:
    return [need.kind for claim in report.claims for need in claim.needs]


def test_json_has_exactly_the_shape_of_the_contract() -> None:
    document = examples.status(examples.states()[0]).as_json()

    assert list(document) == ["schema", "as_of", "claims", "windows"]
    assert document["schema"] == "cpor-batch.status/1"
    assert document["as_of"] == "2021-04-01"
    (claim,) = document["claims"]
    assert set(claim) == {
        "reference",
        "claim_name",
        "partner_name",
        "mpn_id",
        "partner_organisation",
        "customer_name",
        "tenant_id",
        "solution_area",
        "activity",
        "status",
        "customer_status",
        "official_on",
        "submitted_on",
        "notified_on",
        "poe_signed_on",
        "edition",
        "lines",
        "next_step",
        "needs",
    }
    assert claim["lines"] == [
        {
            "product": "SharePoint Online",
            "subscription_id": None,
            "subscription_ends_on": None,
            "programmes": ["OSU-Microsoft 365"],
        }
    ]


def test_json_names_every_window_with_its_days_and_who_acts() -> None:
    document = examples.status(examples.states()[0]).as_json()

    opt_out, submitted = document["windows"]
    # Submitted on Tuesday 30 March 2021; Good Friday and Easter Monday are days off in Sweden.
    assert opt_out == {
        "claim": document["claims"][0]["reference"],
        "kind": "customer-opt-out",
        "opened_on": "2021-03-30",
        "closes_on": "2021-04-08",
        "days_left": 7,
        "assumed": True,
        "overdue": False,
        "who_acts": "customer",
        "consequence": "Without an opt-out the association becomes official.",
    }
    assert (submitted["kind"], submitted["assumed"]) == ("submitted", False)


@pytest.mark.parametrize(
    ("status", "days_ago", "expected"),
    [
        ("submitted", 20, NeedKind.OVERDUE),
        ("under-review", 30, NeedKind.OVERDUE),
        ("partner-action-required", 15, NeedKind.OVERDUE),
        ("partner-action-required", 3, NeedKind.DUE_SOON),
        ("rejected", 25, NeedKind.DUE_SOON),
        ("submitted", 2, NeedKind.WAITING_FOR_MICROSOFT),
        ("under-review", 2, NeedKind.WAITING_FOR_MICROSOFT),
        ("approved", 2, NeedKind.WAITING_FOR_CUSTOMER),
        ("held", 2, NeedKind.HELD),
        ("editing", 2, NeedKind.NOT_SUBMITTED),
    ],
)
def test_a_claim_is_listed_for_what_it_needs(status: str, days_ago: int, expected: NeedKind) -> None:
    report = examples.status(examples.state(1, status, days_ago=days_ago))

    assert needs_of(report)[0] is expected


@pytest.mark.parametrize("status", ["withdrawn", "opted-out"])
def test_a_claim_that_is_over_needs_nothing(status: str) -> None:
    report = examples.status(examples.state(1, status))

    assert needs_of(report) == []


def test_a_dispute_window_that_closed_is_not_overdue_but_over() -> None:
    report = examples.status(examples.state(1, "rejected", days_ago=31))

    assert not report.has_overdue
    assert report.claims[0].next_step == (
        "The time to dispute is over. Make a new claim if the facts have changed."
    )


def test_has_overdue_says_whether_somebody_let_a_window_expire() -> None:
    fine = examples.status(examples.state(1, "submitted", days_ago=2))
    late = examples.status(examples.state(1, "submitted"), examples.state(2, "under-review", days_ago=30))

    assert not fine.has_overdue
    assert late.has_overdue


@pytest.mark.parametrize(
    ("signed_on", "expected"),
    [
        (date(2020, 7, 1), []),
        (date(2020, 6, 30), [NeedKind.POE_STALE]),
        (date(2020, 4, 1), [NeedKind.POE_STALE]),
        (date(2020, 3, 31), [NeedKind.POE_TOO_OLD]),
    ],
)
def test_a_poe_is_told_after_nine_months_and_again_after_twelve(
    signed_on: date, expected: list[NeedKind]
) -> None:
    report = examples.status(examples.state(1, "editing", poe_signed_on=signed_on))

    poe_kinds = {NeedKind.POE_STALE, NeedKind.POE_TOO_OLD}
    assert [kind for kind in needs_of(report) if kind in poe_kinds] == expected


def test_a_poe_of_exactly_twelve_months_can_still_be_submitted_today() -> None:
    report = examples.status(examples.state(1, "editing", poe_signed_on=date(2020, 4, 1)))

    (need,) = [need for need in report.claims[0].needs if need.kind is NeedKind.POE_STALE]
    assert need.due_on == examples.TODAY
    assert "Submit the claim by 2021-04-01" in need.what


def test_a_submitted_claim_owes_no_younger_poe() -> None:
    report = examples.status(examples.state(1, "submitted", poe_signed_on=date(2020, 3, 1)))

    assert not {NeedKind.POE_STALE, NeedKind.POE_TOO_OLD} & set(needs_of(report))


@pytest.mark.parametrize(("days", "is_listed"), [(-1, True), (0, True), (30, True), (31, False)])
def test_a_subscription_is_listed_from_thirty_days_before_its_end(days: int, *, is_listed: bool) -> None:
    line = builders.subscription_line(subscription_ends_on=examples.TODAY + timedelta(days=days))
    report = examples.status(examples.state(1, "approved", days_ago=60, lines=(line,)))

    assert (NeedKind.SUBSCRIPTION_ENDS in needs_of(report)) is is_listed


def test_an_approved_claim_whose_subscriptions_ended_is_lapsed() -> None:
    line = builders.subscription_line(subscription_ends_on=date(2021, 3, 31))
    report = examples.status(examples.state(1, "approved", days_ago=60, lines=(line,)))

    (told,) = report.as_json()["claims"]
    assert (told["status"], told["customer_status"], told["official_on"]) == ("lapsed", None, None)
    assert "official" not in render_text(report.as_report()).casefold().replace("official: 0", "")


def test_an_old_adopted_workload_association_has_to_be_made_anew() -> None:
    old = replace(examples.state(1, "approved"), is_adopted=True, approved_on=date(2019, 9, 30))
    state = replace(old, claim=replace(old.claim, submitted_on=None))
    report = examples.status(state)

    assert needs_of(report) == [NeedKind.REASSOCIATION]
    assert report.as_json()["claims"][0]["needs"] == [
        {
            "kind": "reassociation-needed",
            "due_on": None,
            "who_acts": "partner",
            "what": "Claim it anew: an association this old earns nothing any more.",
        }
    ]
    assert "Reassociation needed: 1" in render_text(report.as_report())


def test_an_adopted_workload_association_of_an_unknown_status_is_as_old_as_its_export_says() -> None:
    adopted = replace(examples.state(1, "Active"), is_adopted=True, status_since=date(2018, 5, 2))
    state = replace(adopted, claim=replace(adopted.claim, submitted_on=None))

    assert needs_of(examples.status(state)) == [NeedKind.REASSOCIATION]


def test_the_customer_is_official_the_day_after_the_window() -> None:
    approved = examples.state(1, "approved", days_ago=40)
    report = examples.status(approved)

    (claim,) = report.claims
    assert claim.customer_status is CustomerStatus.OFFICIAL
    assert claim.next_step == f"Nothing to do: official since {claim.official_on}."


def test_what_is_overdue_stands_first_in_the_text() -> None:
    text = render_text(examples.status().as_report(), width=90)

    assert text.index("Overdue (3)") < text.index("Due soon (2)") < text.index("Not submitted yet (")
    assert max(len(line) for line in text.splitlines()) <= 90


def test_the_lead_counts_every_window_that_closes_soon_whoever_acts() -> None:
    waiting = examples.status(examples.state(1, "submitted", days_ago=2))
    idle = examples.status(examples.state(1, "editing"))
    one = examples.status(examples.state(1, "partner-action-required", days_ago=3))

    assert "Nothing is overdue; 2 windows close within 10 days, none of them yours." in render_text(
        waiting.as_report()
    )
    assert "no window closes within 10 days" in render_text(idle.as_report())
    assert "1 of them yours." in render_text(one.as_report())


def test_an_empty_ledger_says_so() -> None:
    report = build_status(
        [],
        edition_of=lambda _state: builders.edition(),
        calendars=builders.rulebook().calendars,
        today=examples.TODAY,
    )

    assert report.as_json()["claims"] == []
    assert not report.has_overdue
    assert "The ledger holds no claims yet." in render_text(report.as_report())


def test_the_card_shows_lines_windows_documents_and_the_last_events() -> None:
    card = examples.status().as_report().cards[0]

    lines, windows, documents, events = card.sections
    assert "counts for OSU-Microsoft 365" in lines.items[0].text
    assert [item.pill.text for item in windows.items if item.pill] == ["Open", "Open"]
    assert [item.pill.text for item in documents.items if item.pill] == ["Made", "Due"]
    assert [item.pill.text for item in events.items if item.pill] == ["Recorded", "Revised", "Submitted"]
