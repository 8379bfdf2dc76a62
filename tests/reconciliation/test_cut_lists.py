"""A list that is cut says so, counts everything, and says where the whole list is."""

import csv
import json
from pathlib import Path

import pytest

from tests.lifecycle.office import GOOD_LINE, Office

DAY = "2021-04-20"
MOST = 5_000
CLAIMS = MOST + 7


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return Office.open(tmp_path)


def write_export(office: Office, claims: int) -> Path:
    lines = [
        {
            **GOOD_LINE,
            "Claim ID": f"CA-{number}",
            "Claim name": f"=Claim {number}",
            "Customer tenant ID": f"00000000-0000-4000-8000-{number:012d}",
        }
        for number in range(claims)
    ]
    return office.write("export.csv", lines)


def test_a_list_that_is_cut_counts_everything_and_leaves_the_whole_list_beside_it(office: Office) -> None:
    path = write_export(office, CLAIMS)

    said = office.type("reconcile", str(path), "--format", "json", day=DAY)

    document = said.json
    whole = Path(document["whole_list"])
    assert document["counts"]["only_in_partner_center"] == CLAIMS
    assert len(document["drift"]) == MOST
    assert any("first 5,000" in note for note in document["notes"])
    assert f"All findings: {whole}." in document["notes"]
    assert whole.parent.parent == office.folder / "out" / "runs"
    with whole.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["claim_id"] for row in rows}) == len(rows) == CLAIMS
    assert {row["kind"] for row in rows} == {"only-in-partner-center"}
    assert all(row["claim_name"].startswith("'=Claim") for row in rows)
    run = json.loads((whole.parent / "run.json").read_text(encoding="utf-8"))
    assert f"runs/{whole.parent.name}/{whole.name}" in {item["path"] for item in run["outputs"]}


def test_a_dry_run_says_how_to_get_the_whole_list(office: Office) -> None:
    path = write_export(office, CLAIMS)

    said = office.type("reconcile", str(path), "--dry-run", "--format", "json", day=DAY)

    assert said.json["whole_list"] is None
    assert any("without --dry-run" in note for note in said.json["notes"])
    assert not (office.folder / "out" / "runs").exists()


def test_a_list_that_is_whole_has_no_other_beside_it(office: Office) -> None:
    path = write_export(office, 3)

    said = office.type("reconcile", str(path), "--format", "json", day=DAY)

    assert said.json["whole_list"] is None
    assert len(said.json["drift"]) == 3
    assert not list((office.folder / "out").rglob("*.csv"))
