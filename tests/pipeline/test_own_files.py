"""Files of our own, given to the commands that read Partner Center's."""

from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from tests.lifecycle.office import GOOD_LINE, GOOD_ROW, Office, Said

DAY = "2021-04-20"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Give an office with one claim, to be submitted."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    office = Office.open(tmp_path)
    office.ingest([{}], day="2021-03-29")
    return office


def page_file(office: Office, *, on: str, folder: str = ".", claim_id: str = "CA-1") -> Path:
    """Write what the page of `entry` saves."""
    row = {
        "Claim reference": str(office.claims(DAY)["Contoso Exchange"]["reference"]),
        "Partner Center claim ID": claim_id,
        "Status": "Submitted",
        "Submitted on": on,
    }
    return office.write(f"{folder}/submitted.csv", [row])


def take(office: Office, path: Path, *words: str, day: str = DAY) -> Said:
    return office.type("import", str(path), "--format", "json", *words, day=day)


def test_the_pages_file_submits_a_claim(office: Office) -> None:
    said = take(office, page_file(office, on="2021-03-30"))

    assert (said.code, said.json["counts"]["changed"]) == (0, 1)
    claim = office.claims(DAY)["Contoso Exchange"]
    assert (claim["status"], claim["submitted_on"]) == ("submitted", "2021-03-30")


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_the_pages_file_never_moves_a_claim_backwards(office: Office, status: str) -> None:
    path = page_file(office, on="2021-04-02")
    take(office, path, day="2021-04-02")
    why = ("--reason", "No partner response") if status == "rejected" else ()
    recorded = office.type("record", "CA-1", status, "--on", "2021-04-02", *why, day="2021-04-02")
    before = office.events(DAY)

    said = take(office, path)

    assert recorded.code == 0
    assert (said.code, said.json["counts"]["unchanged"]) == (0, 1)
    assert office.events(DAY) == before
    assert office.claims(DAY)["Contoso Exchange"]["status"] == status


def test_another_day_of_submission_in_the_pages_file_is_told(office: Office) -> None:
    take(office, page_file(office, on="2021-03-30"))
    office.type("record", "CA-1", "approved", "--on", "2021-04-02", day=DAY)

    said = take(office, page_file(office, on="2021-04-05"))

    (drift,) = said.json["drift"]
    assert said.code == 1
    assert "2021-03-30" in drift["message"]
    assert "2021-04-05" in drift["message"]
    assert office.claims(DAY)["Contoso Exchange"]["status"] == "approved"


def test_the_pages_file_does_not_revive_a_withdrawn_claim(office: Office) -> None:
    path = page_file(office, on="2021-03-30")
    take(office, path)
    office.type("withdraw", "CA-1", "--reason", "Superseded", day=DAY)

    said = take(office, path)

    assert (said.code, said.json["drift"]) == (0, [])
    assert office.claims(DAY)["Contoso Exchange"]["status"] == "withdrawn"


@pytest.mark.parametrize("words", [("import",), ("import", "--adopt"), ("reconcile",)])
@pytest.mark.parametrize("name", ["batch.csv", "01-clean.xlsx"])
def test_a_batch_workbook_is_no_export(office: Office, words: tuple[str, ...], name: str) -> None:
    path = office.write("batch.csv", [{**GOOD_ROW, "submitted_on": "2021-04-01"}])
    path = path if name == path.name else Assets().sample_data() / name
    before = office.events(DAY)

    said = office.type(*words, str(path), day=DAY)

    assert said.code == 4
    assert f"{name}: This is a batch workbook. Use cpor-batch ingest." in said.err
    assert office.events(DAY) == before


def test_the_pages_file_is_not_reconciled(office: Office) -> None:
    said = office.type("reconcile", str(page_file(office, on="2021-03-30")), day=DAY)

    assert said.code == 4
    assert "submitted.csv: This is for cpor-batch import." in said.err


def test_the_pages_file_and_a_batch_workbook_stay_in_the_inbox(office: Office) -> None:
    page = page_file(office, on="2021-03-30", folder="inbox")
    office.write("inbox/batch.csv", [GOOD_ROW])
    office.write("inbox/claims.csv", [GOOD_LINE])

    said = office.type("reconcile", "--inbox", str(page.parent), day=DAY)

    assert sorted(path.name for path in page.parent.glob("*.csv")) == ["batch.csv", "submitted.csv"]
    assert "submitted.csv, why: this is for cpor-batch import" in said.err
    assert "batch.csv, why: this is a batch workbook; use cpor-batch ingest" in said.err


@pytest.mark.parametrize("command", ["import", "reconcile"])
def test_an_earnings_file_is_no_export_of_claims(office: Office, command: str) -> None:
    earning = {"earningId": "E-1", "participantId": "4711001", "claimId": "CA-1", "earningAmount": "5"}
    path = office.write("earn.csv", [earning])

    said = office.type(command, str(path), day=DAY)

    assert said.code == 4
    assert "earn.csv: This is an earnings file. Give it to cpor-batch reconcile with --earnings." in said.err


@pytest.mark.parametrize("command", ["import", "reconcile"])
def test_a_folder_is_told_from_a_file_that_is_not_there(office: Office, command: str) -> None:
    folder = office.type(command, str(office.folder / "inbox"), day=DAY)
    absent = office.type(command, str(office.folder / "absent.csv"), day=DAY)

    assert (folder.code, absent.code) == (4, 4)
    assert "This is a folder." in folder.err
    assert "--inbox" in folder.err
    assert "no such file" in absent.err.casefold()


def test_earnings_files_alone_are_not_taken_for_an_empty_export(office: Office) -> None:
    earning = {"earningId": "E-1", "participantId": "4711001", "claimId": "CA-1", "earningAmount": "5"}
    paths = [str(office.write(name, [earning])) for name in ("may.csv", "june.csv")]

    said = office.type("reconcile", *paths, day=DAY)

    assert said.code == 4
    assert "with --earnings" in said.err
