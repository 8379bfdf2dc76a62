"""Importing exports into a ledger that holds claims, by the command."""

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from cpor_batch.assets import Assets
from tests.builders import OTHER_TENANT, PARTNER, SUBSCRIPTION
from tests.lifecycle.office import GOOD_LINE, GOOD_ROW, Office

SUBMITTED = {"submitted_on": "2021-03-30"}
UNKNOWN = {
    "Claim ID": "CA-9",
    "Claim name": "Woodgrove Teams",
    "Customer tenant ID": OTHER_TENANT,
    "Product or workload": "Teams",
}
DYNAMICS = {
    "Claim ID": "CA-7",
    "Claim name": "Old Sales",
    "Solution area": "Business Applications",
    "Product or workload": "Dynamics 365 Sales",
    "Subscription ID": SUBSCRIPTION,
    "Subscription end date": "2021-12-31",
    "Submitted date": "2019-02-01",
    "Last updated": "2019-02-20",
}


def test_the_samples_export_follows_the_clean_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    samples = Assets().sample_data()
    office = Office.open(tmp_path)
    shutil.copyfile(samples / "cpor-batch.toml", tmp_path / "cpor-batch.toml")
    assert office.type("ingest", str(samples / "01-clean.xlsx")).code == 0
    export = str(samples / "partner-center-export.csv")

    first = office.type("import", export, "--format", "json")
    second = office.type("import", export, "--format", "json")
    adopted = office.type("import", export, "--adopt", "--format", "json")
    last = office.type("import", export)

    assert (first.code, second.code, adopted.code, last.code) == (1, 1, 0, 0)
    assert first.json["counts"] == {
        "rows": 50, "refused_rows": 0, "skipped_rows": 0, "claims": 16, "changed": 11, "unchanged": 3,
        "adopted": 0, "unknown": 2, "ambiguous": 0, "contradicting": 0,
    }  # fmt: skip
    assert second.json["counts"]["changed"] == 0
    assert adopted.json["counts"]["adopted"] == 2
    assert "Nothing is new" in last.out
    again = office.type("ingest", str(samples / "01-clean.xlsx"), "--format", "json")
    assert (again.code, again.json["recorded"]) == (0, 0)


def test_an_export_brings_id_submission_status_and_notice(office: Office) -> None:
    office.ingest([{}], day="2021-03-29")

    said = office.take([{"Customer notified on": "2021-03-31"}], day="2021-04-12")

    assert (said.code, said.json["counts"]["changed"]) == (0, 1)
    claim = office.claims("2021-04-12")["Contoso Exchange"]
    assert (claim["status"], claim["submitted_on"], claim["notified_on"]) == (
        "approved",
        "2021-03-30",
        "2021-03-31",
    )
    events = office.events("2021-04-12", "CA-1")
    assert [event["kind"] for event in events] == ["recorded", "submitted", "status-changed", "notified"]
    assert {(event["file"], event["row"]) for event in events[1:]} == {("export.csv", 2)}


def test_the_same_export_twice_does_nothing_and_says_so(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.take([{}], day="2021-04-12")
    before = office.events("2021-04-13")

    said = office.type("import", str(office.folder / "export.csv"), day="2021-04-13")

    assert said.code == 0
    assert "1 claim in the export: 1 unchanged. Nothing is new." in said.out
    assert office.events("2021-04-13") == before


def test_weekly_exports_that_overlap_change_each_claim_once(office: Office) -> None:
    products = ("Exchange Online", "SharePoint Online", "Microsoft Teams", "Intune", "Viva Engage")
    office.ingest(
        [{"claim_name": f"Contoso {name}", "product": name, **SUBMITTED} for name in products],
        day="2021-03-30",
    )

    def export(approved: int) -> list[dict[str, str]]:
        """Return an export in which so many claims are approved, one a week, and the others under review."""
        return [
            {
                "Claim ID": f"CA-{number}",
                "Claim name": f"Contoso {name}",
                "Product or workload": name,
                "Status": "Approved" if number < approved else "Under review",
                "Last updated": f"2021-04-{9 + number * 3:02d}" if number < approved else "2021-04-06",
            }
            for number, name in enumerate(products)
        ]

    changed = []
    for week in range(6):
        said = office.take(export(week), day=f"2021-05-{3 + week:02d}")
        assert said.code == 0
        changed.append(said.json["counts"]["changed"])

    assert changed == [5, 1, 1, 1, 1, 1]
    assert {claim["status"] for claim in office.claims("2021-05-09").values()} == {"approved"}
    kinds = [event["kind"] for event in office.events("2021-05-09")]
    assert (kinds.count("status-changed"), kinds.count("revised")) == (10, 5)


def test_an_older_export_takes_nothing_back(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.take([{}], day="2021-04-12")

    said = office.take([{"Status": "Under review", "Last updated": "2021-04-06"}], day="2021-04-13")

    assert said.json["counts"]["unchanged"] == 1
    assert office.claims("2021-04-13")["Contoso Exchange"]["status"] == "approved"


def test_without_a_claim_id_the_claim_is_found_by_partner_tenant_and_product(office: Office) -> None:
    office.ingest(
        [SUBMITTED, {"claim_name": "Contoso Teams", "product": "Microsoft Teams", **SUBMITTED}],
        day="2021-03-30",
    )
    line = {"Claim ID": "", "Claim name": "", "Product or workload": "microsoft teams"}

    said = office.take([line], day="2021-04-12")

    assert said.code == 0
    assert office.claims("2021-04-12")["Contoso Teams"]["status"] == "approved"
    assert office.claims("2021-04-12")["Contoso Exchange"]["status"] == "submitted"


def test_unknown_claims_are_listed_and_end_with_1(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    said = office.take([{}, UNKNOWN], day="2021-04-12")

    assert said.code == 1
    (drift,) = said.json["drift"]
    assert (drift["kind"], drift["row"], drift["claim_id"]) == ("unknown", 3, "CA-9")
    assert said.json["counts"]["changed"] == 1  # the others go in all the same


def test_adopted_associations_lack_nothing_and_owe_no_document(office: Office) -> None:
    said = office.take([UNKNOWN], "--adopt", day="2021-04-12")

    assert (said.code, said.json["counts"]["adopted"]) == (0, 1)
    claim = office.claims("2021-04-12")["Woodgrove Teams"]
    assert (claim["status"], claim["activity"], claim["customer_status"]) == ("approved", "Usage", None)
    documents = office.type("documents", "--dry-run", day="2021-04-12")
    assert "nothing is due" in documents.out
    assert office.take([UNKNOWN], "--adopt", day="2021-04-13").json["counts"]["unchanged"] == 1


def test_an_adopted_dynamics_association_holds_until_its_subscription_ends(office: Office) -> None:
    office.take([DYNAMICS], "--adopt", day="2021-04-12")
    row = {
        "claim_name": "New Sales",
        "mpn_id": "4722001",
        "partner_name": "Northwind",
        "solution_area": "Business Applications",
        "product": "Dynamics 365 Sales",
        "subscription_id": SUBSCRIPTION,
        "technical_contact_name": "Terry Technical",
        "technical_contact_title": "Architect",
        "technical_contact_email": "terry@contoso.example",
    }
    path = str(office.write("rival.csv", [{**GOOD_ROW, **row}]))

    while_it_runs = office.type("check", path, "--format", "json", day="2021-12-31")
    once_it_ended = office.type("check", path, "--format", "json", day="2022-01-01")

    assert [conflict["kind"] for conflict in while_it_runs.json["conflicts"]] == ["held-by-other-partner"]
    assert once_it_ended.json["conflicts"] == []


@pytest.mark.parametrize(
    ("approved", "kinds"), [("2019-09-30", []), ("2019-10-01", ["held-by-other-partner"])]
)
def test_a_microsoft_365_association_from_before_cpor_holds_nothing(
    office: Office, approved: str, kinds: list[str]
) -> None:
    old = {"Submitted date": "", "Last updated": approved}
    office.take([old], "--adopt", day="2021-04-12")
    rival = {**GOOD_ROW, "mpn_id": "4722001", "partner_name": "Northwind"}

    said = office.type("check", str(office.write("rival.csv", [rival])), "--format", "json", day="2021-04-12")

    assert [conflict["kind"] for conflict in said.json["conflicts"]] == kinds


def test_unknown_statuses_are_kept_as_reported(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    office.take([{"Status": "Awaiting customer consent response"}], day="2021-04-12")

    assert office.claims("2021-04-12")["Contoso Exchange"]["status"] == "Awaiting customer consent response"
    assert (
        office.take([{"Status": "awaiting customer consent response"}], day="2021-04-13").json["counts"][
            "unchanged"
        ]
        == 1
    )
    assert office.type("record", "CA-1", "approved", day="2021-04-14").code == 0


@pytest.mark.parametrize(
    ("status", "reason", "shown"),
    [
        ("rejected", "customer declined", "Customer declined"),
        ("rejected", "Some new reason", "Some new reason"),
        ("Partner Action Required", "missing PRODUCTS", "Missing products"),
    ],
)
def test_reasons_are_read_as_the_edition_spells_them_else_kept(
    office: Office, status: str, reason: str, shown: str
) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    office.take([{"Status": status, "Reason": reason}], day="2021-04-12")

    assert office.events("2021-04-12")[-1]["reason"] == shown


def test_a_withdrawn_claim_that_partner_center_still_has_is_told_and_stays_withdrawn(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.type("withdraw", "Contoso Exchange", "--reason", "customer chose another", day="2021-04-06")

    still_there = office.take([{}], day="2021-04-12")
    ended_there = office.take([{"Status": "Rejected", "Last updated": "2021-04-14"}], day="2021-04-15")

    assert (still_there.code, still_there.json["drift"][0]["kind"]) == (1, "status")
    assert (ended_there.code, ended_there.json["counts"]["unchanged"]) == (0, 1)
    assert office.claims("2021-04-15")["Contoso Exchange"]["status"] == "withdrawn"


def test_a_claim_that_partner_center_still_has_as_a_draft_is_told(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    said = office.take([{"Status": "Editing", "Submitted date": ""}], day="2021-04-12")

    assert (said.code, said.json["counts"]["contradicting"]) == (1, 1)
    assert office.claims("2021-04-12")["Contoso Exchange"]["status"] == "submitted"


def test_two_claims_that_fit_alike_are_ambiguous(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    twins = [{"Claim ID": "CA-1", "Claim name": "One"}, {"Claim ID": "CA-2", "Claim name": "Two"}]

    said = office.take(twins, day="2021-04-12")

    assert (said.code, said.json["counts"]["ambiguous"], said.json["counts"]["changed"]) == (1, 2, 0)


def test_an_import_takes_an_approval_over_though_the_dispute_before_it_was_missed(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.type("record", "Contoso Exchange", "rejected", day="2021-04-09")
    by_hand = office.type("record", "Contoso Exchange", "approved", day="2021-04-20")

    said = office.take([{"Claim ID": "", "Last updated": "2021-04-20"}], day="2021-04-20")

    assert (by_hand.code, said.code) == (2, 0)
    assert "After rejected may come: under-review" in by_hand.err
    assert office.claims("2021-04-20")["Contoso Exchange"]["status"] == "approved"


def test_the_usage_report_confirms_what_is_under_way_and_revives_nothing(office: Office) -> None:
    office.ingest(
        [SUBMITTED, {"claim_name": "Contoso Teams", "product": "Microsoft Teams", **SUBMITTED}],
        day="2021-03-30",
    )
    office.type("record", "Contoso Teams", "rejected", day="2021-05-03")
    usage = {
        "CustomerTenantId": GOOD_LINE["Customer tenant ID"],
        "CustomerName": "Contoso AB",
        "MonthlyActiveUsers": "120",
        "ClaimId": "",
        "MpnId": PARTNER,
        "DateAssociated": "2021-04-09T00:00:00",
        "PartnerAttributionType": "CPOR",
        "Date": "2021-04-01",
    }
    path = office.write(
        "usage.csv",
        [
            {**usage, "WorkloadName": "Exchange Online"},
            {**usage, "WorkloadName": "Microsoft Teams"},
            {**usage, "WorkloadName": "Intune", "PartnerAttributionType": "DPOR"},
        ],
    )

    said = office.type("import", str(path), "--format", "json", day="2021-05-10")

    assert said.code == 0
    assert (said.json["counts"]["changed"], said.json["counts"]["skipped_rows"]) == (1, 1)
    claims = office.claims("2021-05-10")
    assert (claims["Contoso Exchange"]["status"], claims["Contoso Teams"]["status"]) == (
        "approved",
        "rejected",
    )


def test_tabs_and_workbooks_are_read_like_csv(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    tabbed = office.folder / "export.tsv"
    tabbed.write_text(
        "\n".join("\t".join(part) for part in (GOOD_LINE, GOOD_LINE.values())), encoding="utf-8"
    )
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Customer claims"])
    sheet.append(list(GOOD_LINE))
    sheet.append(list(GOOD_LINE.values()))
    book.save(office.folder / "export.xlsx")

    by_tabs = office.type("import", str(tabbed), "--format", "json", day="2021-04-12")
    by_workbook = office.type(
        "import", str(office.folder / "export.xlsx"), "--format", "json", day="2021-04-12"
    )

    assert by_tabs.json["counts"]["changed"] == 1
    assert by_workbook.json["counts"]["unchanged"] == 1


def test_a_dry_run_says_what_would_change_and_writes_nothing(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    runs = sorted((office.folder / "out" / "runs").iterdir())

    said = office.take([{}, UNKNOWN], "--adopt", "--dry-run", day="2021-04-12")

    assert (said.json["counts"]["changed"], said.json["counts"]["adopted"]) == (1, 1)
    assert office.claims("2021-04-12")["Contoso Exchange"]["status"] == "submitted"
    assert sorted((office.folder / "out" / "runs").iterdir()) == runs


def test_a_row_that_cannot_be_read_is_listed_and_the_others_go_in(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    said = office.take([{}, {**UNKNOWN, "Customer tenant ID": "woodgrove"}], day="2021-04-12")

    assert said.code == 1
    assert [row["row"] for row in said.json["refused"]] == [3]
    assert said.json["counts"]["changed"] == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Claim ID,Name", "neither a status nor a date"),
        ("Status,Last updated", "no claim can be told"),
        ("One,Two", "no claim can be told"),
    ],
)
def test_a_file_that_is_no_export_is_refused(office: Office, header: str, words: str) -> None:
    path = office.folder / "other.csv"
    path.write_text(f"{header}\na,b\n", encoding="utf-8")

    said = office.type("import", str(path))

    assert said.code == 4
    assert words in said.err


def test_a_header_of_ones_own_is_named_with_map(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    line = {("Läge" if key == "Status" else key): value for key, value in GOOD_LINE.items()}
    path = office.write("export.csv", [line])

    said = office.type("import", str(path), "--map", "Läge=status", "--format", "json", day="2021-04-12")

    assert said.json["counts"]["changed"] == 1


def test_run_json_names_the_export(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    run = office.take([{}], day="2021-04-12").json["run"]

    document = json.loads((office.folder / "out" / "runs" / run / "run.json").read_text(encoding="utf-8"))

    assert (document["command"], document["inputs"][0]["name"], document["counts"]["changed"]) == (
        "import",
        "export.csv",
        1,
    )
