"""The inbox of a scheduled reconciliation: what is taken, what is left, and what remains of a run."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from cpor_batch.errors import ConfigurationError, ExitCode, InputRefusedError, LedgerBusyError
from cpor_batch.pipeline.inbox import LOCK
from cpor_batch.pipeline.reconcile_inbox import InboxOutcome, reconcile_inbox
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import load_settings
from tests.lifecycle.office import GOOD_LINE, GOOD_ROW, Office
from tests.mail_servers import HOST, Mailroom, serving

DAY = "2021-04-20"


class Desk:
    """An office with an inbox, and the log of its runs."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.office = Office.open(folder, settings=f'as_of = "{DAY}"\n{settings}')
        self.inbox = folder / "inbox"
        self.log: list[tuple[str, dict[str, object]]] = []
        self.office.ingest([{"submitted_on": "2021-03-30"}], day="2021-03-30")

    def put(self, name: str, *lines: Mapping[str, str], age: int = 0) -> Path:
        path = self.inbox / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(GOOD_LINE))
            writer.writeheader()
            writer.writerows({**GOOD_LINE, **line} for line in lines or ({},))
        when = time.time() - age
        os.utime(path, (when, when))
        return path

    def run(
        self, *, pause: Callable[[float], None] = lambda _: None, keep: int = 12, mail_to: str | None = None
    ) -> InboxOutcome:
        def log(event: str, **facts: object) -> None:
            self.log.append((event, facts))

        workspace = Workspace(load_settings(self.office.folder))
        return reconcile_inbox(self.inbox, workspace, log=log, keep=keep, mail_to=mail_to, pause=pause)

    def logged(self, event: str) -> dict[object, dict[str, object]]:
        return {facts.get("file"): facts for name, facts in self.log if name == event}

    @property
    def reports(self) -> list[str]:
        folder = self.office.folder / "out" / "reports"
        return sorted(path.name for path in folder.glob("reconciliation-*"))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return Desk(tmp_path)


def test_the_export_is_taken_reported_and_put_away(desk: Desk) -> None:
    desk.put("customer-claims.csv")

    outcome = desk.run()

    assert outcome.exit_code is ExitCode.NEEDS_YOU
    assert outcome.reconciled is not None
    run = outcome.reconciled.result.run
    assert [path.name for path in (desk.inbox / "done" / run).iterdir()] == ["customer-claims.csv"]
    assert not list(desk.inbox.glob("*.csv"))
    assert desk.reports == sorted(
        f"reconciliation-{name}.{form}" for name in (run, "latest") for form in ("xlsx", "html", "json")
    )
    record = json.loads((desk.office.folder / "out" / "runs" / run / "run.json").read_text(encoding="utf-8"))
    assert (record["command"], record["exit_code"], record["inputs"][0]["rows"]) == ("reconcile", 1, 1)
    assert len(record["outputs"]) == 4


def test_nothing_is_moved_while_it_is_compared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("customer-claims.csv")
    seen = []

    def look(_intake: object) -> None:
        seen.append(sorted(path.name for path in desk.inbox.glob("*.csv")))

    monkeypatch.setattr("cpor_batch.pipeline.reconcile_inbox.require_unchanged", look)
    desk.run()

    assert seen == [["customer-claims.csv"]]


def test_a_run_without_exports_does_nothing(desk: Desk) -> None:
    runs = list((desk.office.folder / "out" / "runs").iterdir())

    outcome = desk.run()

    assert (outcome.exit_code, outcome.reconciled) == (ExitCode.DONE, None)
    assert [name for name, _ in desk.log] == ["nothing-to-do"]
    assert list((desk.office.folder / "out" / "runs").iterdir()) == runs


def test_after_missed_runs_the_newest_of_each_series_counts(desk: Desk) -> None:
    desk.put("claims-2021-04-05.csv", {"Status": "Submitted"}, age=20)
    desk.put("claims-2021-04-12.csv", {"Status": "Under review"}, age=10)
    desk.put("claims-2021-04-19 (1).csv", age=5)
    desk.put("north.csv", {"Claim ID": "CA-2", "Claim name": "Other"}, age=30)

    outcome = desk.run()

    assert outcome.reconciled is not None
    assert {file.name for file in outcome.reconciled.result.files} == {
        "claims-2021-04-19 (1).csv",
        "north.csv",
    }
    assert set(desk.logged("superseded")) == {"claims-2021-04-05.csv", "claims-2021-04-12.csv"}
    assert not list(desk.inbox.glob("*.csv"))


def test_what_is_no_complete_export_stays_where_it_is(desk: Desk) -> None:
    good = desk.put("claims.csv")
    (desk.inbox / "linked.csv").symlink_to(good)
    (desk.inbox / "~$claims.xlsx").write_bytes(b"lock")
    (desk.inbox / ".hidden.csv").write_text("x", encoding="utf-8")
    (desk.inbox / "claims.csv.crdownload").write_text("x", encoding="utf-8")
    (desk.inbox / "empty.csv").touch()
    (desk.inbox / "notes.txt").write_text("Call Casey,\n", encoding="utf-8")
    (desk.inbox / "folder.csv").mkdir()
    os.mkfifo(desk.inbox / "pipe.csv")
    with (desk.inbox / "batch.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(GOOD_ROW))
        writer.writeheader()
        writer.writerow(GOOD_ROW)

    desk.run()

    left = desk.logged("left")
    assert {str(name): str(facts["why"]) for name, facts in left.items()} == {
        "linked.csv": "it is a link",
        "~$claims.xlsx": "it is the mark of a program that has a file open",
        ".hidden.csv": "it is the mark of a program that has a file open",
        "claims.csv.crdownload": "it is still being downloaded",
        "empty.csv": "it is empty",
        "notes.txt": "it is no export by its header",
        "pipe.csv": "it is no ordinary file",
        "batch.csv": "this is a batch workbook; use cpor-batch ingest",
    }
    assert all((desk.inbox / str(name)).is_symlink() or (desk.inbox / str(name)).exists() for name in left)
    assert (desk.inbox / "folder.csv").is_dir()


def test_a_growing_file_waits_for_the_next_run(desk: Desk) -> None:
    path = desk.put("claims.csv")

    def grow(_seconds: float) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("CA-3,More\n")

    first = desk.run(pause=grow)
    second = desk.run()

    assert first.reconciled is None
    assert desk.logged("left")["claims.csv"]["why"] == "it is still being written"
    assert second.reconciled is not None


def test_a_file_that_changes_while_it_is_read_is_refused_and_nothing_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.put("claims.csv")
    before = desk.office.events(DAY)
    real = "cpor_batch.pipeline.reconcile.read_last_reconciliation"

    def grow(*_: object, **__: object) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("CA-3,More\n")

    monkeypatch.setattr(real, grow)

    with pytest.raises(InputRefusedError, match="changed while it was read"):
        desk.run()
    assert path.is_file()
    assert desk.office.events(DAY) == before


def test_a_damaged_export_stops_the_run_and_stays(desk: Desk) -> None:
    path = desk.put("claims.csv", *({"Claim ID": f"CA-{number}"} for number in range(60)))
    with path.open("a", encoding="utf-8") as file:
        file.write('CA-99,"never closed\n')

    with pytest.raises(InputRefusedError, match="quotation mark"):
        desk.run()
    assert path.is_file()
    assert desk.reports == []


def test_earnings_wait_for_an_export_and_are_then_all_taken(desk: Desk) -> None:
    for month in ("05", "06"):
        (desk.inbox / f"earnings-2021-{month}.csv").write_text(
            f"earningId,participantId,claimId,earningAmount,earningCurrencyCode\nE-{month},4711001,CA-1,5,EUR\n",
            encoding="utf-8",
        )
    first = desk.run()
    desk.put("claims.csv")

    second = desk.run()

    assert first.reconciled is None
    assert second.reconciled is not None
    assert [str(total.amount) for total in second.reconciled.result.earnings] == ["10"]
    assert not list(desk.inbox.glob("*.csv"))


def test_only_the_last_reports_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = desk.office.folder / "out" / "reports" / "reconciliation-of-my-own.xlsx"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.touch()
    runs = []
    for number in range(4):
        monkeypatch.setattr(
            "cpor_batch.pipeline.run_record.new_run_id",
            lambda number=number: f"2021042{number}T000000Z-aaaaaa",
        )
        desk.put("claims.csv")
        outcome = desk.run(keep=2)
        assert outcome.reconciled is not None
        runs.append(outcome.reconciled.result.run)

    kept = {name for name in desk.reports if "latest" not in name}
    assert other.name in kept
    assert len(kept) == 7
    latest = json.loads((other.parent / "reconciliation-latest.json").read_text(encoding="utf-8"))
    assert latest["run"] == runs[-1]


def test_two_at_once_do_not_meet(desk: Desk) -> None:
    desk.put("claims.csv")

    with FileLock(desk.inbox / LOCK), pytest.raises(LedgerBusyError, match="another run"):
        desk.run()

    assert desk.run().reconciled is not None


def test_two_processes_at_once_reconcile_once(desk: Desk) -> None:
    desk.put("claims.csv")
    words = [
        sys.executable,
        "-m",
        "cpor_batch",
        "reconcile",
        "--inbox",
        str(desk.inbox),
        "--log-format",
        "json",
    ]
    words += ["--workspace", str(desk.office.folder)]

    both = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]

    # Whoever comes second finds the inbox held, or empty where the first was done before.
    codes = sorted(process.returncode for process in both)
    assert codes in ([1, 6], [0, 1])
    events = [event for event in desk.office.events(DAY) if event["kind"] == "reconciled"]
    assert len(events) == 1
    for _, log in said:
        assert all(json.loads(line)["event"] for line in log.splitlines())


def test_the_command_logs_json_lines_and_prints_the_result_alone(desk: Desk) -> None:
    desk.put("claims.csv")

    said = desk.office.type(
        "reconcile", "--inbox", str(desk.inbox), "--log-format", "json", "--format", "json"
    )

    lines = [json.loads(line) for line in said.err.splitlines()]
    assert (said.code, said.json["schema"]) == (1, "cpor-batch.reconcile/1")
    # The desk's day is fixed, which is worth a warning.
    events = ["today-is-fixed", "taken", "reconciled", "reports", "moved", "ended"]
    assert [line["event"] for line in lines] == events
    assert [line["level"] for line in lines] == ["warning", *["info"] * 5]


def test_an_inbox_that_is_not_there_is_a_configuration_error(desk: Desk) -> None:
    desk.inbox = desk.inbox / "gone"

    with pytest.raises(ConfigurationError, match="no such folder"):
        desk.run()


def test_the_summary_goes_out_by_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    room = Mailroom()
    with serving(room) as port:
        smtp = (
            f'[smtp]\nhost = "{HOST}"\nport = {port}\nsecurity = "none"\nsender = "cpor@fabrikam.example"\n'
        )
        desk = Desk(tmp_path, smtp)
        desk.put("claims.csv")
        outcome = desk.run(mail_to="desk@fabrikam.example")

    assert outcome.exit_code is ExitCode.NEEDS_YOU
    ((recipient, content),) = room.received
    text = content.decode()
    assert recipient == "desk@fabrikam.example"
    assert "Subject: Ledger and Partner Center, 2021-04-20: 1 to look at" in text
    assert "Auto-Submitted: auto-generated" in text
    assert "Contoso Exchange" in text
    assert "reconciliation-latest.html" in text


def test_a_summary_that_is_refused_undoes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    room = Mailroom(data_answers=["554 5.7.1 no"])
    with serving(room) as port:
        smtp = (
            f'[smtp]\nhost = "{HOST}"\nport = {port}\nsecurity = "none"\nsender = "cpor@fabrikam.example"\n'
        )
        desk = Desk(tmp_path, smtp)
        desk.put("claims.csv")
        outcome = desk.run(mail_to="desk@fabrikam.example")

    assert outcome.exit_code is ExitCode.SOME_FAILED
    assert not list(desk.inbox.glob("*.csv"))
    assert "554" in str(desk.logged("failed")[None]["error"])


def test_mail_without_a_server_is_refused_before_anything_is_done(desk: Desk) -> None:
    path = desk.put("claims.csv")

    with pytest.raises(ConfigurationError, match="no mail server"):
        desk.run(mail_to="desk@fabrikam.example")
    assert path.is_file()
