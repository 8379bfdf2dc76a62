"""Delete what is known of a person; the chain of events still verifies."""

from cpor_batch.domain.ids import ClaimReference
from cpor_batch.errors import ExitCode
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace


def purge_contact(
    workspace: Workspace, person: str, *, reason: str, is_dry_run: bool = False
) -> tuple[ClaimReference, ...]:
    """Return the claims from which the person was deleted; an event on each says when, by whom and why."""
    run = RunRecord(workspace=workspace, command="ledger purge-contact")
    with open_ledger_of(workspace) as ledger, run.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with ledger.write(run.as_run) as writing:
            purged = writing.purge_contact(person, reason=reason)
            if is_dry_run:
                writing.rollback()
        if purged and not is_dry_run:
            run.counts.update(claims=len(purged))
            run.write(ExitCode.DONE, ledger_head=head_of(ledger))
    return purged
