"""Every kind of drift, and twelve weeks of exports, by the command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpor_batch.domain.finding import DRIFT_KINDS, EARNING_KINDS
from tests.lifecycle.office import GOOD_LINE, Office

HERE = Path(__file__).parent
DRIFT = yaml.safe_load((HERE / "drift.yaml").read_text(encoding="utf-8"))
WEEKS = yaml.safe_load((HERE / "weeks.yaml").read_text(encoding="utf-8"))
DAY = "2021-04-20"
SUBMITTED = {"submitted_on": "2021-03-30"}

Scenario = Mapping[str, Any]  # Any: what YAML says


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return Office.open(tmp_path)


def test_every_kind_of_drift_has_a_scenario() -> None:
    told = {kind for scenario in DRIFT for _, kind, *_ in scenario["found"]}

    assert told == {str(kind) for kind in DRIFT_KINDS if kind not in EARNING_KINDS}


@pytest.mark.parametrize("scenario", DRIFT, ids=lambda scenario: scenario["name"])
def test_drift(office: Office, scenario: Scenario) -> None:
    office.ingest([{**SUBMITTED, **row} for row in scenario["ledger"]], day="2021-03-30")
    if scenario.get("knows_id"):
        office.take([{"Status": "Submitted"}], day="2021-04-01")
    for name, status, day in scenario.get("record", ()):
        said = office.type(
            "record", name, status, "--on", day, "--reason", "x" * (status == "withdrawn"), day=DAY
        )
        assert said.code == 0, said.err
    path = office.write("export.csv", [{**GOOD_LINE, **line} for line in scenario["export"]])

    said = office.type("reconcile", str(path), "--format", "json", day=DAY)

    drift = said.json["drift"]
    names = [(one["claim_name"] if one["claim"] else one["claim_id"], one["kind"]) for one in drift]
    assert sorted(names) == sorted((name, kind) for name, kind, *_ in scenario["found"])
    assert said.code == (1 if scenario["found"] else 0)
    for name, kind, cause, step in scenario["found"]:
        (one,) = [
            one
            for one in drift
            if (one["claim_name"] if one["claim"] else one["claim_id"], one["kind"]) == (name, kind)
        ]
        assert cause in one["cause"]
        assert step in one["next_step"]


def test_twelve_weeks_of_exports_show_the_drift_of_each_week(office: Office) -> None:
    claims = dict(WEEKS["claims"])
    office.ingest([row(name, facts, "2021-03-30") for name, facts in claims.items()], day="2021-03-30")
    assert len(WEEKS["weeks"]) == 12

    for week in WEEKS["weeks"]:
        day = week["day"]
        new = week.get("ingest", {})
        claims |= new
        if new:
            office.ingest([row(name, facts, day) for name, facts in new.items()], day=day)
        lines = [line(name, claims, *facts) for name, facts in week["export"].items()]
        path = office.write(f"export-{day}.csv", lines)
        if week.get("import_first"):
            office.type("import", str(path), day=day)

        said = office.type("reconcile", str(path), "--format", "json", day=day)

        found = [[one["kind"], one["claim_name"]] for one in said.json["drift"]]
        assert sorted(found) == sorted(week["found"]), day
        changes = said.json["changes"]
        assert [len(changes[name]) for name in ("new", "changed", "gone")] == week["changes"], day
        assert said.code == (1 if found else 0)
        if week.get("import"):
            office.type("import", str(path), day=day)

    events = [event for event in office.events("2021-06-21") if event["kind"] == "reconciled"]
    assert [event["known_on"] for event in events] == [week["day"] for week in WEEKS["weeks"]]
    assert events[-1]["after"]["counts"]["only-in-partner-center"] == 1


def row(name: str, facts: Mapping[str, str], day: str) -> dict[str, str]:
    is_sold = "subscription" in facts
    return {
        "claim_name": name,
        "product": facts["product"],
        "submitted_on": day,
        "solution_area": "Business Applications" if is_sold else "Microsoft 365",
        "subscription_id": facts.get("subscription", ""),
        "subscription_ends_on": facts.get("ends", ""),
        "technical_contact_name": "Terry Technical" if is_sold else "",
        "technical_contact_title": "Architect" if is_sold else "",
        "technical_contact_email": "terry@contoso.example" if is_sold else "",
    }


def line(
    name: str, claims: Mapping[str, Mapping[str, str]], status: str, changed: str, who: str = "ours"
) -> dict[str, str]:
    own = claims.get(name.removeprefix("Rival "), {})
    number = list(WEEKS["claims"]).index(name) if name in WEEKS["claims"] else 9
    found = {
        **GOOD_LINE,
        "Claim ID": f"CA-{number}" if who == "ours" else "CA-R",
        "Claim name": name,
        "Status": status,
        "Product or workload": own["product"],
        "Subscription ID": own.get("subscription", ""),
        "Submitted date": "",
        "Last updated": changed,
    }
    if "subscription" in own:
        found["Solution area"] = "Business Applications"
    if who == "rival":
        found |= {"MPN ID": "4722001", "Partner name": "Northwind"}
    return found
