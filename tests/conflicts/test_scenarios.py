"""Run tests/conflicts/scenarios/*.yaml: stories of several steps on a real ledger, told by claim names.

`ingest` judges and records files of rows, `resolve` decides open conflicts by their number, `record` gives a
claim a status, `adopt` takes an existing association over, `conflicts` names the kinds that are open. After
a step, `expect` says what the claims of the step became or, for all other steps, their status in the ledger.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cpor_batch.domain.claim import Source
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.decision import build_fingerprint, conflict_id
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import MpnId
from cpor_batch.domain.rows import Cell
from cpor_batch.domain.transitions import Asked
from cpor_batch.intake import ReadResult
from cpor_batch.ledger import Ledger, create_ledger
from cpor_batch.pipeline.ingest import _record
from cpor_batch.pipeline.judge import Readings
from cpor_batch.pipeline.open_conflicts import find_open
from cpor_batch.pipeline.open_ledger import open_ledger_of
from cpor_batch.pipeline.read_side_sheet import SideFile, SideRow
from cpor_batch.pipeline.record import record
from cpor_batch.pipeline.resolve import _Resolving
from cpor_batch.pipeline.resolved import Resolved
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import load_settings
from cpor_batch.validation import judge_rows
from tests.builders import business_claim, claim, line, rows, rulebook, subscription_line
from tests.test_scenarios import DYNAMICS, WORKLOAD

FOLDER: Final = Path(__file__).parent / "scenarios"
PARTNERS: Final[Mapping[str, Mapping[str, str]]] = {
    "fabrikam": {"mpn_id": "4711001", "partner_name": "Fabrikam", "partner_organisation": "Fabrikam"},
    "fabrikam-north": {
        "mpn_id": "4711002",
        "partner_name": "Fabrikam North",
        "partner_organisation": "FABRIKAM",
    },
    "northwind": {"mpn_id": "4722001", "partner_name": "Northwind", "partner_organisation": "Northwind"},
    "tailspin": {"mpn_id": "4733001", "partner_name": "Tailspin", "partner_organisation": "Tailspin"},
}
SUBSCRIPTIONS: Final[Mapping[str, str]] = {
    "S1": "0f1e2d3c-4b5a-4697-8877-66554433aabb",
    "S2": "a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d",
}
TENANTS: Final[Mapping[str, str]] = {
    "contoso": "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b",
    "other": "1b2c3d4e-5f60-4172-8394-a5b6c7d8e9fa",
}
KEYS: Final = frozenset({"scenario", "settings", "steps"})
STEPS: Final = frozenset({"ingest", "resolve", "record", "adopt", "open"})
BESIDE: Final = frozenset({"today", "expect", "conflicts", "says", "exit", "issues"})


def read_scenarios() -> Iterator[Any]:  # Any: what YAML holds
    for path in sorted(FOLDER.glob("*.yaml")):
        for scenario in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(scenario, id=f"{path.stem}: {scenario['scenario']}")


SCENARIOS: Final = list(read_scenarios())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_story_of_a_conflict(scenario: Mapping[str, Any], folder: Path) -> None:
    assert set(scenario) <= KEYS
    (folder / "cpor-batch.toml").write_text(scenario.get("settings", ""), encoding="utf-8")
    create_ledger(workspace_on(folder, date(2021, 4, 1)).settings.ledger_url)

    for number, step in enumerate(scenario["steps"], start=1):
        assert not set(step) - STEPS - BESIDE, step
        take(step, workspace_on(folder, step.get("today", date(2021, 4, 1))), label=f"step {number}: {step}")


def test_every_kind_of_conflict_that_somebody_decides_has_its_story() -> None:
    told = {
        kind for item in SCENARIOS for step in item.values[0]["steps"] for kind in step.get("conflicts", ())
    }

    assert told >= set(ConflictKind)


def workspace_on(folder: Path, today: date) -> Workspace:
    workspace = Workspace(load_settings(folder, as_of=today, actor="pat"))
    # Read once for all tests: where a cached property keeps its value.
    workspace.__dict__["rulebook"] = rulebook()
    return workspace


def take(step: Mapping[str, Any], workspace: Workspace, *, label: str) -> None:
    with open_ledger_of(workspace) as ledger:
        if "ingest" in step:
            ingest(step, ledger, workspace, label)
            return
        if "resolve" in step:
            check_resolved(step, resolve(step["resolve"], ledger, workspace), label)
        elif "adopt" in step:
            adopt(step["adopt"], ledger, workspace)
        elif "open" in step:
            found = find_open(ledger, workspace).conflicts
            assert [str(conflict.kind) for conflict in found] == step["open"], label
    if "record" in step:
        asked = Asked(status=step["record"]["status"], reason=step["record"].get("reason"))
        record(workspace, step["record"]["claim"], asked)
    with open_ledger_of(workspace) as ledger:
        statuses = {state.claim.claim_name: state.status for state in ledger.read_states()}
    expected = step.get("expect", {})
    assert {name: statuses.get(name) for name in expected} == expected, label


def ingest(step: Mapping[str, Any], ledger: Ledger, workspace: Workspace, label: str) -> None:
    files = {name: [row_of(given) for given in given_rows] for name, given_rows in step["ingest"].items()}
    sheets = [rows(cells, file=name) for name, cells in files.items()]
    readings = Readings(
        paths={name: Path(name) for name in files},
        results=tuple(ReadResult(rows=sheet, issues=(), sha256="", size=0) for sheet in sheets),
        sheets=tuple(
            judge_rows(
                sheet,
                rulebook=workspace.rulebook,
                house=workspace.house,
                locale=None,
                today=workspace.today,
            )
            for sheet in sheets
        ),
    )
    judgement = _record(ledger, readings, workspace, RunRecord(workspace=workspace, command="ingest"))
    verdict = judgement.verdict
    outcomes = {item.name: str(item.outcome) for item in verdict.claims}
    errors = [f"{item.row} {item.code}" for item in verdict.issues if item.severity == "error"]
    assert outcomes == step["expect"], (label, errors)
    assert [str(item.kind) for item in verdict.conflicts] == step.get("conflicts", []), label
    if "issues" in step:
        assert errors == step["issues"], label
    counts = verdict.counts
    assert counts.accepted + counts.refused + counts.held == counts.rows


def row_of(given: Mapping[str, Any]) -> Mapping[str, Cell]:
    fields = dict(given)
    subscription = fields.pop("subscription", None)
    is_business = str(fields.get("product", "")).startswith("Dynamics") or fields.pop("business", False)
    row: dict[str, Cell] = dict(DYNAMICS if is_business else WORKLOAD)
    row |= PARTNERS[fields.pop("partner")]
    row |= {"claim_name": fields.pop("name"), "tenant_id": TENANTS[fields.pop("tenant", "contoso")]}
    if is_business:
        row["subscription_id"] = SUBSCRIPTIONS.get(subscription) if subscription else None
    return row | fields


def resolve(decisions: Mapping[int, Mapping[str, str]], ledger: Ledger, workspace: Workspace) -> Resolved:
    run = RunRecord(workspace=workspace, command="resolve")
    with ledger.write(run.as_run) as writing:
        found = find_open(ledger, workspace)
        given = [
            SideRow(
                source=Source(file="decisions.xlsx", sheet="Decisions", row=number),
                values={
                    "conflict": conflict_id(found.conflicts[number - 1]),
                    "state": build_fingerprint(found.conflicts[number - 1], found.states),
                    **answer,
                },
                faults=(),
            )
            for number, answer in decisions.items()
        ]
        file = SideFile(
            name="decisions.xlsx",
            path=Path("decisions.xlsx"),
            sha256="",
            size=0,
            columns=frozenset(),
            rows=tuple(given),
            warnings=(),
        )
        return _Resolving(ledger, writing, workspace, run).carry_out(file)


def check_resolved(step: Mapping[str, Any], resolved: Resolved, label: str) -> None:
    said = "\n".join(f"{item.message} {item.hint}" for item in resolved.skipped)
    says = step.get("says", [])
    assert len(resolved.skipped) == len(says), (label, said)
    assert [text for text in says if text not in said] == [], (label, said)
    assert int(resolved.exit_code) == step["exit"], label


def adopt(given: Mapping[str, Any], ledger: Ledger, workspace: Workspace) -> None:
    fields = dict(given)
    status = fields.pop("status", "approved")
    who = PARTNERS[fields.pop("partner")]
    subscription = fields.pop("subscription", None)
    product, ends_on = fields.pop("product"), fields.pop("ends", None)
    if subscription is None:
        of = claim(lines=(line(product=product, source=None),))
    else:
        one = subscription_line(
            product=product,
            subscription_id=SUBSCRIPTIONS[subscription],
            subscription_ends_on=ends_on,
            source=None,
        )
        of = business_claim(lines=(one,))
    existing = replace(
        of,
        claim_name=fields.pop("name"),
        mpn_id=MpnId(who["mpn_id"]),
        partner_name=who["partner_name"],
        partner_organisation=who["partner_organisation"],
        **fields,
    )
    run = RunRecord(workspace=workspace, command="import")
    with ledger.write(run.as_run) as writing:
        reference = writing.new_reference(existing)
        writing.append(
            [
                Event(
                    kind=EventKind.ADOPTED,
                    claim=reference,
                    known_on=workspace.today,
                    occurred_on=workspace.today,
                    actor="pat",
                    run=run.run,
                    status=status,
                    state=existing,
                    # An export that says neither when the customer was associated nor when it was approved.
                    after={"status": status, "adopted": True, "approved_on": None},
                )
            ]
        )
