"""Every run that wrote anything leaves run.json, also when it could not go on."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Type
from tests.lifecycle.office import GOOD_LINE

Json = dict[str, Any]  # Any: what run.json says

# A shell starts what it puts into the background deaf to Ctrl-C, the tests and their children included.
DEAF_NO_MORE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from cpor_batch.cli import main
main()
"""


def records(workspace: Path) -> list[Json]:
    """Return the run.json files of a workspace, oldest run first."""
    return [json.loads(path.read_text()) for path in sorted(workspace.glob("out/runs/*/run.json"))]


def test_a_run_whose_reports_cannot_be_written_leaves_its_record(workspace: Path, type_command: Type) -> None:
    (workspace / "out" / "reports").write_text("no folder", encoding="utf-8")

    said = type_command("run", "inbox/claims.xlsx")

    (record,) = records(workspace)
    assert said.code == record["exit_code"] == 5
    assert record["exit"] == "output"
    assert record["counts"]["recorded"] == 32
    assert record["counts"]["documents_made"] > 0
    assert record["ledger_head"]["event"] > 9
    assert (
        len([item for item in record["outputs"] if item["path"].endswith(".pdf")])
        == record["counts"]["documents_made"]
    )


def test_an_ingest_whose_verdict_cannot_be_written_leaves_its_record(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cpor_batch.pipeline.ingest.write_verdict_page", interrupt)

    said = type_command("ingest", "inbox/claims.xlsx")

    (record,) = records(workspace)
    assert said.code == record["exit_code"] == 130
    assert record["exit"] == "interrupted"
    assert record["counts"]["recorded"] == 32


def test_a_run_that_fails_before_it_writes_leaves_nothing(workspace: Path, type_command: Type) -> None:
    said = type_command("record", "No such claim", "approved")

    assert said.code == 2
    assert records(workspace) == []


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_documents_leave_the_record_of_those_that_were_made(
    workspace: Path, type_command: Type, sent: signal.Signals, code: int
) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF_NO_MORE, "documents", "--all"],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "CPOR_WORKERS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not any(workspace.glob("out/*/*.pdf")):
        time.sleep(0.02)
    process.send_signal(sent)
    process.communicate(timeout=120)

    _, record = records(workspace)
    assert process.returncode == record["exit_code"] == code
    made, due = record["counts"]["documents_made"], record["counts"]["documents_due"]
    assert made < due
    assert made == len(record["outputs"])
    assert made == json.loads(type_command("ledger", "verify", "--format", "json").out)["documents"]


def test_documents_leave_their_figures(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    type_command("documents", "--only", "poe")
    form = next((workspace / "out" / "poe").glob("*.pdf"))
    form.unlink()

    type_command("documents", "--only", "poe")

    _, first, second = records(workspace)
    made = first["counts"]["documents_made"]
    assert first["counts"] == {
        "documents_due": made,
        "documents_made": made,
        "documents_failed": 0,
        "documents_unchanged": 0,
        "letters_made": 0,
        "poe_made": made,
    }
    assert (second["counts"]["documents_made"], second["counts"]["documents_unchanged"]) == (1, made - 1)


def test_every_run_of_a_day_leaves_figures(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    status = json.loads(type_command("status", "--format", "json").out)
    name, other, *_ = [item["reference"] for item in status["claims"] if item["status"] == "editing"]
    type_command("record", name, "submitted")
    type_command("withdraw", other, "--reason", "typed twice")
    (workspace / "more.csv").write_text(
        f"claim,status,on,reason\n{name},rejected,2021-04-01,Partner request\n", encoding="utf-8"
    )
    type_command("record", "--from", "more.csv")
    type_command("revert", records(workspace)[-1]["run"], "--reason", "a test")

    found = records(workspace)

    assert [record["command"] for record in found] == ["ingest", "record", "withdraw", "record", "revert"]
    assert all(record["counts"] and record["exit_code"] == 0 for record in found)


def test_a_reconciliation_whose_report_cannot_be_written_leaves_its_record(
    workspace: Path, type_command: Type
) -> None:
    with (workspace / "export.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(GOOD_LINE))
        writer.writeheader()
        writer.writerow(GOOD_LINE)
    (workspace / "out" / "reports").write_text("no folder", encoding="utf-8")

    said = type_command("reconcile", "export.csv", "--format", "xlsx")

    (record,) = records(workspace)
    assert said.code == record["exit_code"] == 5
    assert record["counts"]["drift"] == 1


def test_a_run_that_breaks_off_says_that_the_mistake_is_ours(
    workspace: Path, type_command: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("cpor_batch.pipeline.run.read_status", break_off)

    said = type_command("run", "inbox/claims.xlsx")

    (record,) = records(workspace)
    assert said.code == record["exit_code"] == 70
