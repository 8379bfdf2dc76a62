"""`cpor-batch reconcile --inbox`: for a scheduler, so with a log that machines read and no questions."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpor_batch import clock
from cpor_batch.cli.printing import print_json, print_note, print_text
from cpor_batch.errors import CporError

if TYPE_CHECKING:
    from cpor_batch.pipeline.inbox import Log
    from cpor_batch.pipeline.workspace import Workspace

_LEVELS = {"failed": "error", "today-is-fixed": "warning"}
"""What is more than information, and told with --quiet too."""


def run_inbox(inbox: Path, workspace: "Workspace", options: Any) -> int:  # Any: the command's options
    """Reconcile what lies in the inbox and return the exit code."""
    from cpor_batch.pipeline.reconcile_inbox import reconcile_inbox

    log = _open_log(options)
    if workspace.fixed_day:
        log("today-is-fixed", as_of=str(workspace.today), by=workspace.fixed_day)
    try:
        outcome = reconcile_inbox(
            inbox,
            workspace,
            log=log,
            keep=options["keep"],
            mail_to=options["mail_to"],
            is_dry_run=options["dry_run"],
        )
    except CporError as error:
        if options["log_format"] != "json":
            raise
        log("failed", error=str(error), exit_code=int(error.exit_code))
        return int(error.exit_code)
    if outcome.reconciled is not None:
        _print(outcome.reconciled, options)
    log("ended", exit_code=int(outcome.exit_code))
    return int(outcome.exit_code)


def _print(reconciled: Any, options: Any) -> None:  # Any: see above
    from cpor_batch.pipeline.tell_reconciliation import json_of
    from cpor_batch.reports.reconciliation import lead

    if options["form"] == "json":
        print_json(json_of(reconciled))
    else:
        print_text(lead(reconciled.result))


def _open_log(options: Any) -> "Log":  # Any: see above
    def log(event: str, **facts: object) -> None:
        if options["log_format"] == "json":
            at = clock.now().isoformat(timespec="milliseconds")
            level = _LEVELS.get(event, "info")
            line = {"at": at, "level": level, "event": event, **facts}
            click.echo(json.dumps(line, ensure_ascii=False), err=True)
        else:
            words = ", ".join(f"{name}: {_plain(value)}" for name, value in facts.items() if value)
            print_note(
                f"{event.replace('-', ' ').capitalize()}. {words}".rstrip(". "), is_quiet=_quiets(event)
            )

    def _quiets(event: str) -> bool:
        return bool(options["quiet"]) and event not in _LEVELS

    return log


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
