"""A story of two years: what the ledger says of each day is what was known on that day."""

from pathlib import Path

import pytest

from tests.builders import OTHER_TENANT, SUBSCRIPTION
from tests.lifecycle.office import Office

RENEWED = "77777777-8888-4999-8aaa-bbbbbbbbbbbb"
SALES = {
    "claim_name": "Contoso Sales",
    "solution_area": "Business Applications",
    "product": "Dynamics 365 Sales",
    "subscription_id": SUBSCRIPTION,
    "subscription_ends_on": "2022-03-31",
    "technical_contact_name": "Terry Technical",
    "technical_contact_title": "Architect",
    "technical_contact_email": "terry@contoso.example",
}
# Every row of a batch names the same columns.
BLANK = dict.fromkeys((key for key in SALES if key.startswith(("technical", "subscription"))), "")
WOODGROVE = {
    "claim_name": "Woodgrove Teams",
    "customer_name": "Woodgrove Bank",
    "customer_domain": "woodgrove.example",
    "tenant_id": OTHER_TENANT,
    "product": "Microsoft Teams",
    "customer_contact_email": "casey@woodgrove.example",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Live through the two years once; the tests only look back."""
    office = Office.open(tmp_path_factory.mktemp("two-years"))

    def record(claim: str, status: str, on: str, *more: str, known: str | None = None) -> None:
        said = office.type("record", claim, status, "--on", on, *more, day=known or on)
        assert said.code == 0, said.err

    office.ingest([BLANK, SALES, {**BLANK, **WOODGROVE}], day="2021-03-29")
    record("Contoso Exchange", "submitted", "2021-03-30")
    record("Contoso Sales", "submitted", "2021-03-30")
    record("Contoso Exchange", "notified", "2021-03-31", known="2021-04-06")
    record("Contoso Exchange", "approved", "2021-04-09", known="2021-04-12")
    record("Contoso Sales", "partner-action-required", "2021-04-12", "--reason", "missing products")
    record("Contoso Sales", "submitted", "2021-04-15")
    record("Contoso Sales", "approved", "2021-04-22")
    assert (
        office.type(
            "withdraw", "Woodgrove Teams", "--reason", "customer chose another", day="2021-05-03"
        ).code
        == 0
    )
    record("Contoso Exchange", "opted-out", "2021-11-02")
    office.ingest(
        [
            {
                **SALES,
                "claim_name": "Contoso Sales 2022",
                "subscription_id": RENEWED,
                "subscription_ends_on": "2023-03-31",
            }
        ],
        day="2022-04-04",
    )
    record("Contoso Sales 2022", "submitted", "2022-04-05")
    record("Contoso Sales 2022", "rejected", "2022-04-14", "--reason", "insufficient")
    record("Contoso Sales 2022", "dispute", "2022-05-02")
    record("Contoso Sales 2022", "approved", "2022-05-10")
    return office


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-03-28", {}),
        (
            "2021-03-29",
            {"Contoso Exchange": "editing", "Contoso Sales": "editing", "Woodgrove Teams": "editing"},
        ),
        (
            "2021-03-30",
            {"Contoso Exchange": "submitted", "Contoso Sales": "submitted", "Woodgrove Teams": "editing"},
        ),
        # Approved on the 9th, but nobody here knew before the 12th.
        (
            "2021-04-11",
            {"Contoso Exchange": "submitted", "Contoso Sales": "submitted", "Woodgrove Teams": "editing"},
        ),
        (
            "2021-04-12",
            {
                "Contoso Exchange": "approved",
                "Contoso Sales": "partner-action-required",
                "Woodgrove Teams": "editing",
            },
        ),
        (
            "2021-04-20",
            {"Contoso Exchange": "approved", "Contoso Sales": "submitted", "Woodgrove Teams": "editing"},
        ),
        (
            "2021-05-03",
            {"Contoso Exchange": "approved", "Contoso Sales": "approved", "Woodgrove Teams": "withdrawn"},
        ),
        (
            "2021-11-02",
            {"Contoso Exchange": "opted-out", "Contoso Sales": "approved", "Woodgrove Teams": "withdrawn"},
        ),
        # The last day of a subscription still counts.
        (
            "2022-03-31",
            {"Contoso Exchange": "opted-out", "Contoso Sales": "approved", "Woodgrove Teams": "withdrawn"},
        ),
        (
            "2022-04-01",
            {"Contoso Exchange": "opted-out", "Contoso Sales": "lapsed", "Woodgrove Teams": "withdrawn"},
        ),
        (
            "2022-04-20",
            {
                "Contoso Exchange": "opted-out",
                "Contoso Sales": "lapsed",
                "Woodgrove Teams": "withdrawn",
                "Contoso Sales 2022": "rejected",
            },
        ),
        (
            "2023-03-31",
            {
                "Contoso Exchange": "opted-out",
                "Contoso Sales": "lapsed",
                "Woodgrove Teams": "withdrawn",
                "Contoso Sales 2022": "approved",
            },
        ),
        (
            "2023-04-01",
            {
                "Contoso Exchange": "opted-out",
                "Contoso Sales": "lapsed",
                "Woodgrove Teams": "withdrawn",
                "Contoso Sales 2022": "lapsed",
            },
        ),
    ],
)
def test_the_status_of_a_day_is_what_was_known_then(
    office: Office, day: str, expected: dict[str, str]
) -> None:
    assert {name: claim["status"] for name, claim in office.claims(day).items()} == expected


@pytest.mark.parametrize(
    ("day", "customer", "official_on"),
    [
        # Until the notice is known, the submission stands in: 5 business days over Easter end on 8 April.
        ("2021-03-30", "opt-out-open", None),
        # The notice of the 31st is known from the 6th on: the window closes on the 9th.
        ("2021-04-06", "opt-out-open", None),
        ("2021-04-10", None, None),
        # The approval, known on the 12th, makes it official on the day after the window.
        ("2021-04-12", "official", "2021-04-10"),
        ("2021-11-02", "opted-out", None),
    ],
)
def test_what_the_customer_may_do_follows_from_what_was_known(
    office: Office, day: str, customer: str | None, official_on: str | None
) -> None:
    claim = office.claims(day)["Contoso Exchange"]

    assert (claim["customer_status"], claim["official_on"]) == (customer, official_on)


def test_the_opt_out_window_moves_when_the_notice_becomes_known(office: Office) -> None:
    def window_on(day: str) -> tuple[str, bool]:
        windows = office.type("status", "--format", "json", day=day).json["windows"]
        reference = office.claims(day)["Contoso Exchange"]["reference"]
        window = next(
            item for item in windows if item["claim"] == reference and item["kind"] == "customer-opt-out"
        )
        return window["closes_on"], window["assumed"]

    assert window_on("2021-04-05") == ("2021-04-08", True)
    assert window_on("2021-04-06") == ("2021-04-09", False)


def test_history_on_a_day_ends_with_that_day(office: Office) -> None:
    kinds = [event["kind"] for event in office.events("2021-04-12", "Contoso Exchange")]

    assert kinds == ["recorded", "submitted", "notified", "status-changed"]


def test_history_tells_the_reasons(office: Office) -> None:
    reasons = {event["reason"] for event in office.events("2023-01-01")} - {None}

    assert reasons == {"Missing products", "customer chose another", "Insufficient PoE"}


def test_nothing_is_written_into_the_past(office: Office) -> None:
    said = office.type("record", "Contoso Sales 2022", "opted-out", day="2022-05-09")

    assert said.code == 2
    assert "2022-05-10" in said.err


def test_an_own_workload_is_free_again_after_the_opt_out(tmp_path: Path) -> None:
    office = Office.open(tmp_path)
    office.ingest([{}], day="2021-03-29")
    for status, day in (("submitted", "2021-03-30"), ("opted-out", "2021-04-06")):
        office.type("record", "Contoso Exchange", status, day=day)

    said = office.ingest([{"claim_name": "Contoso Exchange, second try"}], day="2021-05-03")

    assert said.json["recorded"] == 1
