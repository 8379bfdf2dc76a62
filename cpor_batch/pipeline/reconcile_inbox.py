"""Reconcile what lies in an inbox: for a scheduler, without questions, safe to be run twice and too late."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpor_batch.errors import CporError, ExitCode, most_severe
from cpor_batch.files import write_atomically
from cpor_batch.pipeline.inbox import (
    Intake,
    Log,
    describe,
    locked_inbox,
    look_into_inbox,
    move_to_done,
    require_unchanged,
)
from cpor_batch.pipeline.kept_reports import FORMS, drop_old_reports, point_to_latest, report_path
from cpor_batch.pipeline.mail_summary import check_mail, mail_summary
from cpor_batch.pipeline.reconcile import Reconciled, counts_of, reconcile
from cpor_batch.pipeline.render import write_report
from cpor_batch.pipeline.tell_reconciliation import build_report, json_of, leave_record
from cpor_batch.pipeline.workspace import Workspace

SETTLE_SECONDS: Final = 2.0
"""A file that does not change for so long counts as complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxOutcome:
    """What a run did."""

    exit_code: ExitCode
    reconciled: Reconciled | None = None
    """None where there was nothing to do."""
    reports: tuple[Path, ...] = ()


def reconcile_inbox(
    inbox: Path,
    workspace: Workspace,
    *,
    log: Log,
    keep: int = 12,
    mail_to: str | None = None,
    is_dry_run: bool = False,
    settle_seconds: float = SETTLE_SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> InboxOutcome:
    """Reconcile the newest complete exports of the inbox, keep the reports, and put the files away.

    LedgerBusyError where another run is at it; InputRefusedError, with nothing moved, where a file cannot be
    read. Where no export lies there nothing is done and nothing is written.
    """
    if mail_to is not None:
        check_mail(workspace, mail_to)
    with locked_inbox(inbox):
        intake = look_into_inbox(inbox, workspace, settle_seconds=settle_seconds, pause=pause)
        _log_intake(intake, log)
        if not intake.exports:
            log("nothing-to-do", inbox=str(inbox), waiting=len(intake.earnings))
            return InboxOutcome(exit_code=ExitCode.DONE)
        reconciled = reconcile(
            [item.path for item in intake.exports],
            workspace,
            earnings=[item.path for item in intake.earnings],
            is_dry_run=is_dry_run,
            check=lambda: require_unchanged(intake),
        )
        log("reconciled", run=reconciled.result.run, **counts_of(reconciled.result))
        if is_dry_run:
            return InboxOutcome(exit_code=reconciled.exit_code, reconciled=reconciled)
        with reconciled.record.kept_with(reconciled.ledger_head):
            reports = _write_reports(reconciled, workspace, keep=keep, log=log)
        codes = [reconciled.exit_code]
        codes += _put_away(intake, inbox, reconciled, log)
        if mail_to is not None:
            codes += _mail(reconciled, workspace, mail_to, reports, log)
    return InboxOutcome(exit_code=most_severe(*codes), reconciled=reconciled, reports=reports)


def _log_intake(intake: Intake, log: Log) -> None:
    for name, why in sorted(intake.left.items()):
        log("left", file=name, why=why)
    for item in intake.superseded:
        log("superseded", file=item.path.name, kind=describe(item))
    for item in (*intake.exports, *intake.earnings):
        log("taken", file=item.path.name, kind=describe(item), bytes=item.state[0])


def _write_reports(reconciled: Reconciled, workspace: Workspace, *, keep: int, log: Log) -> tuple[Path, ...]:
    folder = workspace.out / "reports"
    report = build_report(reconciled)
    written = []
    for form in FORMS:
        path = report_path(folder, reconciled.result.run, form)
        if form == "json":
            body = json.dumps(json_of(reconciled), ensure_ascii=False, indent=1)
            write_atomically(path, f"{body}\n".encode())
        else:
            write_report(report, workspace, path, form=form)
        written.append(path)
    latest = point_to_latest(folder, written)
    leave_record(reconciled, workspace, report, outputs=written)
    removed = drop_old_reports(folder, keep=keep)
    log("reports", written=[path.name for path in written], removed=[path.name for path in removed])
    return (*written, *latest)


def _put_away(intake: Intake, inbox: Path, reconciled: Reconciled, log: Log) -> list[ExitCode]:
    """Move the files that are done; one that cannot be moved does not undo what is done."""
    try:
        moved = move_to_done(intake, inbox, run=reconciled.result.run)
    except CporError as error:
        log("failed", error=str(error), exit_code=int(error.exit_code))
        return [error.exit_code]
    log("moved", files=[path.name for path in moved], to=str(moved[0].parent))
    return []


def _mail(
    reconciled: Reconciled, workspace: Workspace, mail_to: str, reports: tuple[Path, ...], log: Log
) -> list[ExitCode]:
    try:
        reply = mail_summary(reconciled.result, workspace, recipient=mail_to, reports=reports)
    except CporError as error:
        log("failed", error=str(error), exit_code=int(error.exit_code))
        return [error.exit_code]
    log("mailed", answer=reply.text)
    return []
