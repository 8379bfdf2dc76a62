"""Files of our own, given to the commands that read Partner Center's."""

from pathlib import Path

import pytest

from tests.lifecycle.office import Office, Said

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
