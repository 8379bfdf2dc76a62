"""Make the ledger's table of claims anew from its events, and leave run.json."""

from cpor_batch.errors import ExitCode
from cpor_batch.ledger import rebuild_ledger
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace


def rebuild(workspace: Workspace, *, is_dry_run: bool = False) -> int:
    """Return how many claims were made anew; LedgerDamagedError where an event is not what was written."""
    workspace.folder  # noqa: B018 - raises where there is none
    record = RunRecord(workspace=workspace, command="ledger rebuild")
    with record.timed("rebuild"):
        count = rebuild_ledger(workspace.settings.ledger_url, is_dry_run=is_dry_run)
    if not is_dry_run:
        record.counts.update(claims=count)
        with open_ledger_of(workspace) as ledger:
            record.write(ExitCode.DONE, ledger_head=head_of(ledger))
    return count
