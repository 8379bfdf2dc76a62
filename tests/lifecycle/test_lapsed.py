"""A claim whose subscriptions have all ended: lapsed in every status, revived by a new date."""

import pytest

from tests.builders import OTHER_PARTNER, SUBSCRIPTION
from tests.lifecycle.office import GOOD_ROW, Office

SALES = {
    "claim_name": "Contoso Sales",
    "solution_area": "Business Applications",
    "product": "Dynamics 365 Sales",
    "subscription_id": SUBSCRIPTION,
    "subscription_ends_on": "2021-04-30",
    "technical_contact_name": "Terry Technical",
    "technical_contact_title": "Architect",
    "technical_contact_email": "terry@contoso.example",
}
RIVAL = {
    **SALES,
    "claim_name": "Northwind Sales",
    "mpn_id": OTHER_PARTNER,
    "partner_name": "Northwind",
    "subscription_ends_on": "2022-04-30",
}
DAY = "2021-03-29"
LAST_DAY = "2021-04-30"
AFTER = "2021-05-03"


def status_of(office: Office, day: str, name: str = "Contoso Sales") -> str:
    status: str = office.claims(day)[name]["status"]
    return status


def test_a_draft_lapses_the_day_after_its_subscription_ends(office: Office) -> None:
    office.ingest([SALES], day=DAY)

    statuses = [status_of(office, day) for day in (LAST_DAY, "2021-05-01")]

    assert statuses == ["editing", "lapsed"]


def test_a_lapsed_draft_is_not_to_be_submitted_and_owes_no_document(office: Office) -> None:
    office.ingest([SALES], day=DAY)

    sheets = [office.type("entry", "--format", "json", day=day).json for day in (LAST_DAY, AFTER)]
    drafts = [
        office.type("documents", "--dry-run", "--format", "json", day=day).out for day in (LAST_DAY, AFTER)
    ]

    assert [len(said["claims"]) for said in sheets] == [1, 0]
    assert ["letter" in said and "Contoso Sales" in said for said in drafts] == [True, False]


def test_a_submission_of_a_lapsed_draft_is_refused_with_the_way_out(office: Office) -> None:
    office.ingest([SALES], day=DAY)
    before = office.events(AFTER)

    said = office.type("record", "Contoso Sales", "submitted", day=AFTER)

    assert said.code == 2
    assert "is lapsed, since its subscription ended on 2021-04-30, and cannot become submitted" in said.err
    assert 'Correct "Subscription ends on" in its row and ingest it again' in said.err
    assert office.events(AFTER) == before


def test_a_submission_from_before_the_end_may_be_recorded_late(office: Office) -> None:
    office.ingest([SALES], day=DAY)

    said = office.type("record", "Contoso Sales", "submitted", "--on", "2021-04-29", day=AFTER)

    assert (said.code, status_of(office, AFTER)) == (0, "lapsed")


def test_a_lapsed_draft_can_be_withdrawn(office: Office) -> None:
    office.ingest([SALES], day=DAY)

    said = office.type("withdraw", "Contoso Sales", "--reason", "renewed elsewhere", day=AFTER)

    assert (said.code, status_of(office, AFTER)) == (0, "withdrawn")


def test_a_later_end_revives_a_lapsed_draft(office: Office) -> None:
    office.ingest([SALES], day=DAY)

    office.ingest([{**SALES, "subscription_ends_on": "2022-04-30"}], day=AFTER)

    assert status_of(office, AFTER) == "editing"
    assert office.type("record", "Contoso Sales", "submitted", day=AFTER).code == 0


def test_a_revived_draft_asks_for_its_key_again(office: Office) -> None:
    office.ingest([SALES], day=DAY)
    office.ingest([RIVAL], day=AFTER)
    row = {**SALES, "subscription_ends_on": "2022-04-30"}

    said = office.type(
        "ingest", str(office.write("batch.csv", [{**GOOD_ROW, **row}])), "--format", "json", day=AFTER
    )

    assert said.json["counts"]["held"] == 1
    assert status_of(office, AFTER) == "held"


def test_an_unchanged_lapsed_row_asks_for_nothing(office: Office) -> None:
    office.ingest([SALES], day=DAY)
    office.ingest([RIVAL], day=AFTER)

    said = office.type(
        "ingest", str(office.write("batch.csv", [{**GOOD_ROW, **SALES}])), "--format", "json", day=AFTER
    )

    assert said.json["counts"]["held"] == 0
    assert status_of(office, AFTER) == "lapsed"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("approved", "approved"), ("rejected", "rejected"), ("opted-out", "opted-out")],
)
def test_microsofts_word_on_a_lapsed_claim_is_still_recorded(
    office: Office, status: str, wanted: str
) -> None:
    office.ingest([{**SALES, "submitted_on": "2021-04-28"}], day="2021-04-28")
    before = status_of(office, AFTER)

    said = office.type("record", "Contoso Sales", status, day=AFTER)

    assert (before, said.code) == ("lapsed", 0)
    assert f"submitted -> {wanted} on {AFTER}" in said.out


def test_a_record_on_a_lapsed_claim_opens_no_window(office: Office) -> None:
    office.ingest([{**SALES, "submitted_on": "2021-04-28"}], day="2021-04-28")

    said = office.type("record", "Contoso Sales", "approved", day=AFTER)

    assert said.code == 0
    assert "Open until" not in said.out
    assert "It has lapsed: its subscription ended on 2021-04-30." in said.out


def test_a_lapsed_claim_waits_for_nobody(office: Office) -> None:
    office.ingest([{**SALES, "submitted_on": "2021-04-28"}], day="2021-04-28")

    said = office.type("status", "--format", "json", day="2021-06-01")

    assert said.code == 0
    assert said.json["windows"] == []
    assert [need["kind"] for need in said.json["claims"][0]["needs"]] == ["subscription-ends"]
