"""What claims earn: files of several kinds and currencies against the ledger, by the command."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.builders import OTHER_TENANT, PARTNER, TENANT
from tests.lifecycle.office import Office, Said

DAY = "2021-08-01"
OLD, NEW = "0f1e2d3c-4b5a-4697-8877-66554433aabb", "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d"
EARNING = {
    "earningId": "E-1",
    "participantId": PARTNER,
    "programName": "Microsoft Commerce Incentives",
    "engagementName": "OSU-Microsoft 365",
    "partnerAssociation": "CPOR",
    "claimId": "CA-1",
    "customerTenantId": TENANT,
    "subscriptionId": "",
    "subscriptionEndDate": "",
    "workload": "exo",
    "productName": "Exchange Online",
    "earningDate": "2021-06-30",
    "earningAmount": "120.10",
    "earningCurrencyCode": "EUR",
    "paymentId": "P-1",
    "reasonCode": "",
}
UNEARNED = {
    "unearnedId": "U-1",
    "partnerId": PARTNER,
    "partnerAssociation": "CPOR",
    "customerId": TENANT,
    "workload": "Microsoft Teams",
    "transactionDate": "2021-06-30",
    "reason": "MAULWPHWM",
    "engagementName": "",
}
PAYMENT = {
    "participantID": PARTNER,
    "programName": "Microsoft Commerce Incentives",
    "earned": "120.10",
    "totalPayment": "119.00",
    "currencyCode": "EUR",
    "paymentID": "P-1",
    "paymentStatus": "SENT",
    "paymentDate": "2021-07-15",
}
USAGE = {
    "CustomerTenantId": TENANT,
    "WorkloadName": "Intune",
    "MonthlyActiveUsers": "0",
    "PaidAvailableUnits": "10",
    "ClaimId": "",
    "MpnId": PARTNER,
    "PartnerAttributionType": "CPOR",
    "Date": "2021-06-01",
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Give an office with approved claims on Exchange, Teams and Intune."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    office = Office.open(tmp_path)
    products = {
        "Contoso Exchange": "Exchange Online",
        "Contoso Teams": "Microsoft Teams",
        "Contoso Intune": "Intune",
    }
    office.ingest(
        [
            {"claim_name": name, "product": product, "submitted_on": "2021-03-30"}
            for name, product in products.items()
        ],
        day="2021-03-30",
    )
    lines = [
        {"Claim ID": f"CA-{number}", "Claim name": name, "Product or workload": product}
        for number, (name, product) in enumerate(products.items(), start=1)
    ]
    office.take(lines, day="2021-04-12")
    return office


def reconcile(office: Office, *, more: tuple[str, ...] = (), **files: Sequence[Mapping[str, str]]) -> Said:
    """Reconcile the export of the fixture with files of earnings, named by their kind."""
    bases = {"earnings": EARNING, "ineligible": UNEARNED, "payments": PAYMENT, "usage": USAGE}
    words = []
    for name, rows in files.items():
        base = bases[name.rstrip("2")]
        words += ["--earnings", str(office.write(f"{name}.csv", [{**base, **row} for row in rows]))]
    return office.type(
        "reconcile", str(office.folder / "export.csv"), *words, *more, "--format", "json", day=DAY
    )


def drift(said: Said) -> dict[str, str]:
    return {one["claim_name"] or one["subject"]: one["cause"] for one in said.json["drift"]}


def test_claims_that_earn_nothing_are_told_with_the_reason(office: Office) -> None:
    said = reconcile(office, earnings=[{}], ineligible=[{}], usage=[{}])

    found = drift(said)
    assert said.code == 1
    assert set(found) == {"Contoso Teams", "Contoso Intune"}
    assert "the highest level of earlier months (MAULWPHWM)" in found["Contoso Teams"]
    assert "no active users in 2021-06" in found["Contoso Intune"]


def test_claims_that_all_earn_are_no_drift(office: Office) -> None:
    rows = [
        {"earningId": "E-1"},
        {"earningId": "E-2", "claimId": "CA-2", "workload": "Microsoft Teams"},
        {"earningId": "E-3", "claimId": "", "workload": "Intune"},
    ]

    said = reconcile(office, earnings=rows)

    assert (said.code, said.json["drift"]) == (0, [])


def test_amounts_are_exact_and_never_added_across_currencies(office: Office) -> None:
    rows = [{"earningId": f"E-{number}", "earningAmount": "0.1"} for number in range(10)]
    rows.append({"earningId": "E-20", "earningAmount": "7", "earningCurrencyCode": "usd"})
    payments = [{}, {"paymentID": "P-2", "totalPayment": "1,234,567.05", "currencyCode": "SEK"}]

    said = reconcile(office, earnings=rows, payments=payments)

    assert [(one["currency"], one["amount"], one["rows"]) for one in said.json["earnings"]] == [
        ("EUR", "1.0", 10),
        ("USD", "7", 1),
    ]
    assert [(one["currency"], one["amount"]) for one in said.json["payments"]] == [
        ("EUR", "119.00"),
        ("SEK", "1234567.05"),
    ]


def test_the_same_earning_in_two_files_counts_once(office: Office) -> None:
    said = reconcile(office, earnings=[{}], earnings2=[{}, {"earningId": "E-2"}])

    assert [(one["amount"], one["rows"]) for one in said.json["earnings"]] == [("240.20", 2)]


def test_earnings_without_a_claim_are_told(office: Office) -> None:
    stranger = {"earningId": "E-9", "claimId": "CA-99", "customerTenantId": OTHER_TENANT}

    said = reconcile(office, earnings=[{}, stranger])

    found = {one["subject"]: one["kind"] for one in said.json["drift"]}
    assert found["CA-99"] == "earnings-without-claim"


def test_rows_of_other_incentives_are_left_alone(office: Office) -> None:
    other = {
        "earningId": "E-9",
        "claimId": "",
        "partnerAssociation": "Reseller",
        "engagementName": "CSP",
        "customerTenantId": OTHER_TENANT,
    }

    said = reconcile(office, earnings=[{}, other])

    assert said.json["counts"]["skipped_rows"] == 1
    assert "earnings-without-claim" not in {one["kind"] for one in said.json["drift"]}


def test_a_claim_approved_after_the_last_earnings_is_not_expected_to_earn(office: Office) -> None:
    early = [{"earningDate": "2021-03-31"}]

    said = reconcile(office, earnings=early)

    assert said.json["drift"] == []


def test_a_subscription_that_earns_under_another_id_needs_a_new_claim(office: Office) -> None:
    business = {
        "solution_area": "Business Applications",
        "claim_name": "Contoso Sales",
        "product": "Dynamics 365 Sales",
        "subscription_id": OLD,
        "technical_contact_name": "Terry Technical",
        "technical_contact_title": "Architect",
        "technical_contact_email": "terry@contoso.example",
        "submitted_on": "2021-04-12",
    }
    office.ingest([business], day="2021-04-12")
    office.type("record", "Contoso Sales", "approved", "--on", "2021-04-20", day="2021-04-20")
    renewed = {
        "earningId": "E-9",
        "claimId": "",
        "engagementName": "OSU-Business Applications",
        "workload": "",
        "productName": "Dynamics 365 Sales",
        "subscriptionId": NEW,
    }

    said = reconcile(office, earnings=[{}, renewed])

    (one,) = [one for one in said.json["drift"] if one["kind"] == "needs-new-claim"]
    assert one["claim_name"] == "Contoso Sales"
    assert NEW in one["next_step"]
    assert "Contoso Sales" not in [
        one["claim_name"] for one in said.json["drift"] if one["kind"] == "earns-nothing"
    ]


def test_an_amount_that_is_none_makes_its_row_unread(office: Office) -> None:
    said = reconcile(office, earnings=[{}, {"earningId": "E-2", "earningAmount": "1,234"}])

    (row,) = said.json["refused"]
    assert (row["file"], row["row"]) == ("earnings.csv", 3)
    assert "no amount" in row["message"]
    assert said.code == 1


def test_files_are_told_apart_by_their_header_wherever_they_are_named(office: Office) -> None:
    earnings = office.write("a.csv", [EARNING])
    payments = office.write("b.csv", [PAYMENT])

    said = office.type(
        "reconcile",
        str(earnings),
        str(office.folder / "export.csv"),
        str(payments),
        "--format",
        "json",
        day=DAY,
    )

    assert [file["kind"] for file in said.json["files"]] == ["claims export", "earnings", "payments"]


def test_a_file_that_is_no_earnings_file_is_refused(office: Office) -> None:
    export = office.write("other.csv", [{"Something": "1", "Else": "2"}])

    said = office.type("reconcile", str(office.folder / "export.csv"), "--earnings", str(export), day=DAY)

    assert said.code == 4
    assert "no earnings" in said.err


def test_without_earnings_the_next_run_does_not_call_them_gone(office: Office) -> None:
    first = reconcile(office, earnings=[{}])
    second = reconcile(office)
    third = reconcile(office, earnings=[{}])

    assert len(first.json["drift"]) == 2
    assert second.json["changes"] == {"is_told": True, "new": [], "changed": [], "gone": []}
    assert third.json["changes"] == {"is_told": True, "new": [], "changed": [], "gone": []}


def test_the_same_files_twice_find_the_same(office: Office) -> None:
    first = reconcile(office, earnings=[{}], ineligible=[{}])
    claims = office.claims(DAY)
    second = reconcile(office, earnings=[{}], ineligible=[{}])

    assert second.json["drift"] == first.json["drift"]
    assert second.json["counts"] == first.json["counts"]
    assert second.json["previous"]["run"] == first.json["run"]
    assert office.claims(DAY) == claims


def test_a_dry_run_leaves_nothing(office: Office) -> None:
    before = office.events(DAY)
    runs = list((office.folder / "out" / "runs").iterdir())

    said = reconcile(office, more=("--dry-run",), earnings=[{}])

    assert said.code == 1
    assert office.events(DAY) == before
    assert list((office.folder / "out" / "runs").iterdir()) == runs


@pytest.mark.parametrize("form", ["xlsx", "html"])
def test_the_report_is_written_in_every_form(office: Office, form: str) -> None:
    earnings = office.write("earnings.csv", [EARNING])

    said = office.type(
        "reconcile", str(office.folder / "export.csv"), "--earnings", str(earnings), "--format", form, day=DAY
    )

    assert Path(said.out.strip()).name == f"reconciliation.{form}"
    assert Path(said.out.strip()).stat().st_size > 5_000


ENDED = {"earningId": "E-8", "claimId": "CA-8", "subscriptionId": OLD, "subscriptionEndDate": "2021-07-01"}


def with_ended_subscription(office: Office) -> None:
    business = {
        "solution_area": "Business Applications",
        "claim_name": "Contoso Sales",
        "product": "Dynamics 365 Sales",
        "subscription_id": OLD,
        "technical_contact_name": "Terry Technical",
        "technical_contact_title": "Architect",
        "technical_contact_email": "terry@contoso.example",
        "submitted_on": "2021-04-12",
        "partner_center_claim_id": "CA-8",
    }
    office.ingest([business], day="2021-04-12")
    office.type("record", "Contoso Sales", "approved", "--on", "2021-04-20", day="2021-04-20")


def test_an_end_that_only_the_earnings_show_is_not_gone_without_them(office: Office) -> None:
    with_ended_subscription(office)
    ended = {**ENDED, "workload": "", "productName": "Dynamics 365 Sales"}

    first = reconcile(office, earnings=[{}, ended])
    second = reconcile(office)
    third = reconcile(office, earnings=[{}, ended])

    assert "needs-new-claim" in {one["kind"] for one in first.json["drift"]}
    assert second.json["changes"]["gone"] == []
    assert [third.json["changes"][name] for name in ("new", "changed", "gone")] == [[], [], []]


def test_a_run_with_payments_alone_does_not_call_earnings_findings_gone(office: Office) -> None:
    reconcile(office, earnings=[{}])
    second = reconcile(office, payments=[{}])
    third = reconcile(office, earnings=[{}])

    assert second.json["changes"]["gone"] == []
    assert third.json["changes"]["new"] == []


def test_dollars_count_where_the_earning_currency_is_not_stated(office: Office) -> None:
    row = {name: text for name, text in EARNING.items() if name != "earningCurrencyCode"}
    row |= {"transactionCurrency": "SEK", "earningAmountUSD": "141.32"}
    path = office.write("earn.csv", [row])

    said = office.type(
        "reconcile",
        str(office.folder / "export.csv"),
        "--earnings",
        str(path),
        "--format",
        "json",
        day=DAY,
    )

    assert [(one["currency"], one["amount"]) for one in said.json["earnings"]] == [("USD", "141.32")]


def test_amounts_without_a_currency_are_never_added_up(office: Office) -> None:
    rows = [{"earningId": f"E-{number}", "earningCurrencyCode": ""} for number in range(2)]

    said = reconcile(office, earnings=rows)
    told = office.type(
        "reconcile",
        str(office.folder / "export.csv"),
        "--earnings",
        str(office.folder / "earnings.csv"),
        day=DAY,
    )

    assert [(one["currency"], one["amount"], one["rows"]) for one in said.json["earnings"]] == [
        ("currency not stated", None, 2)
    ]
    assert "Contoso Exchange" not in drift(said)
    assert "currency not stated" in told.out
    assert "240.20" not in told.out


def test_rows_of_other_programmes_are_counted_in_the_notes(office: Office) -> None:
    other = {"partnerAssociation": "Reseller", "engagementName": "CSP", "unearnedId": "U-2"}

    said = reconcile(office, earnings=[{}], ineligible=[{}, other])

    assert "1 row of other programmes left out." in said.json["notes"]
