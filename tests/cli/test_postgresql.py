"""The main job as processes of their own, on a workspace whose ledger is a PostgreSQL database."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.builders import OTHER_PARTNER
from tests.lifecycle.office import GOOD_LINE, GOOD_ROW
from tests.postgresql import Server

ROOT = Path(__file__).parents[2]
BUSY = 6
RIVAL = {"claim_name": "Rival Exchange", "mpn_id": OTHER_PARTNER, "partner_name": "Northwind"}


@dataclass(frozen=True)
class Desk:
    """A workspace, and commands typed in it as processes."""

    folder: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "cpor_batch", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def type(self, *words: str, code: int = 0) -> str:
        """Type a command and return what it printed; it must end with `code`."""
        process = self.start(*words)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, (words, out, err)
        return out

    def json(self, *words: str, code: int = 0) -> Any:  # Any: what JSON says
        return json.loads(self.type(*words, "--format", "json", code=code))

    def write(self, name: str, rows: Sequence[Mapping[str, str]], *, good: Mapping[str, str]) -> str:
        """Write a CSV file of rows that differ from a good one as named; return its name."""
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(good))
            writer.writeheader()
            writer.writerows({**good, **row} for row in rows)
        return name


@pytest.fixture
def desk(postgresql: Server, tmp_path: Path) -> Desk:
    """Give a workspace whose ledger is an empty database."""
    url = postgresql.make_database()
    settings = ('country = "SE"', 'actor = "desk"', 'as_of = "2021-04-01"', f'ledger_url = "{url}"')
    (tmp_path / "cpor-batch.toml").write_text("\n".join(settings), encoding="utf-8")
    desk = Desk(tmp_path)
    desk.type("init")
    return desk


def decide(desk: Desk, decision: str) -> None:
    """Write one decision into the workbook of the open conflicts."""
    path = desk.folder / "decisions.xlsx"
    book = load_workbook(path)
    sheet = book["Decisions"]
    columns = {str(cell.value): cell.column or 0 for cell in sheet[4]}
    row = next(number for number in range(5, 60) if sheet.cell(number, columns["Conflict ID"]).value)
    sheet.cell(row, columns["Decision"]).value = decision
    sheet.cell(row, columns["Reason"]).value = "agreed by phone"
    book.save(path)


def test_the_main_job_on_postgresql(desk: Desk) -> None:
    first = desk.json("ingest", desk.write("first.csv", [{}], good=GOOD_ROW))
    held = desk.json("ingest", desk.write("rival.csv", [RIVAL], good=GOOD_ROW), code=1)
    open_before = desk.json("conflicts", "--xlsx", "decisions.xlsx", code=1)
    decide(desk, "Contest with newer PoE")
    desk.type("resolve", "decisions.xlsx")
    desk.type("record", "Contoso Exchange", "submitted", "--on", "2021-03-30")
    desk.type("record", "Contoso Exchange", "approved")
    export = desk.write("export.csv", [{"Status": "Rejected"}], good=GOOD_LINE)
    drift = desk.json("reconcile", export, code=1)
    last = desk.json("ingest", desk.write("third.csv", [{"product": "Intune"}], good=GOOD_ROW), code=1)
    intune = {"claim_name": "Contoso Intune", "product": "Intune"}
    wrong = desk.json("ingest", desk.write("wrong.csv", [intune], good=GOOD_ROW))
    desk.type("revert", wrong["run"], "--reason", "wrong file")

    statuses = {claim["claim_name"]: claim["status"] for claim in desk.json("status")["claims"]}
    kinds = [event["kind"] for event in desk.json("history", "Rival Exchange")["events"]]

    assert (first["recorded"], held["counts"]["held"], last["counts"]["refused"]) == (1, 1, 1)
    assert [conflict["kind"] for conflict in open_before["conflicts"]] == ["held-by-other-partner"]
    assert statuses == {"Contoso Exchange": "approved", "Rival Exchange": "editing"}
    assert kinds == ["recorded", "decided", "released"]
    assert drift["counts"]["drift"] == 1
    assert desk.type("conflicts").startswith("No conflict is open.")
    assert "2 claims made anew" in desk.type("ledger", "rebuild")
    assert desk.json("ledger", "verify")["sound"]


def test_a_backup_of_a_server_is_a_file_that_stands_in_for_it(desk: Desk, tmp_path: Path) -> None:
    desk.type("ingest", desk.write("first.csv", [{}], good=GOOD_ROW))
    before = desk.json("history")

    desk.type("ledger", "backup", "copy.sqlite")

    settings = tmp_path / "cpor-batch.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("ledger_url")]
    settings.write_text("\n".join([*kept, 'ledger_url = "sqlite:///copy.sqlite"']), encoding="utf-8")
    assert desk.json("history") == before
    assert desk.json("ledger", "verify")["sound"]


def ingest_at_once(desk: Desk, count: int) -> None:
    """Start as many processes at once, each with a claim of its own and one that all bring."""
    for number in range(count):
        tenant = f"6d1f2b3c-4a5e-4f60-8a7b-{number:012x}"
        own = {
            "claim_name": f"Own {number}",
            "tenant_id": tenant,
            "customer_name": f"Customer {number}",
            "customer_domain": f"customer{number}.example",
        }
        desk.write(f"{number}.csv", [{}, own], good=GOOD_ROW)
    waiting = [f"{number}.csv" for number in range(count)]
    while waiting:
        processes = {name: desk.start("ingest", name) for name in waiting}
        ends = {
            name: (*process.communicate(timeout=600), process.returncode)
            for name, process in processes.items()
        }
        assert {code for *_, code in ends.values()} <= {0, BUSY}, ends
        # Whoever waited too long has recorded nothing, was told so, and tries again.
        waiting = [name for name, (*_, code) in ends.items() if code == BUSY]
        assert len(waiting) < len(ends)


def expect_every_claim_once(desk: Desk, count: int) -> None:
    names = [claim["claim_name"] for claim in desk.json("status")["claims"]]
    events = desk.json("history")["events"]
    assert sorted(names) == sorted(["Contoso Exchange", *(f"Own {number}" for number in range(count))])
    assert [event["kind"] for event in events] == ["recorded"] * (count + 1)
    assert desk.json("ledger", "verify")["sound"]


@pytest.mark.timeout(900)
def test_eight_processes_at_once_lose_no_claim_and_record_none_twice(desk: Desk) -> None:
    ingest_at_once(desk, 8)

    expect_every_claim_once(desk, 8)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_processes_at_once_lose_no_claim_and_record_none_twice(desk: Desk) -> None:
    ingest_at_once(desk, 20)

    expect_every_claim_once(desk, 20)
