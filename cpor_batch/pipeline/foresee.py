"""What a dry run would leave: the claims once the verdict were recorded, and the documents due then."""

from collections.abc import Iterator

from cpor_batch.documents import template_fingerprint
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.ids import ClaimReference, claim_reference_for
from cpor_batch.domain.recording import Occasion, build_events
from cpor_batch.domain.standing import ClaimState, apply_event
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.documents import read_registered
from cpor_batch.pipeline.documents_made import DocumentsMade
from cpor_batch.pipeline.due import find_due
from cpor_batch.pipeline.judge import Judgement
from cpor_batch.pipeline.workspace import Workspace


def foresee_documents(
    judgement: Judgement, ledger: Ledger, workspace: Workspace, *, run: str
) -> DocumentsMade:
    """Return what would be due once the verdict were recorded."""
    due = find_due(
        foresee_states(judgement, ledger, workspace, run=run),
        read_registered(ledger),
        workspace,
        template_fingerprint=template_fingerprint(workspace.assets),
    )
    return DocumentsMade(owed=tuple(due), is_dry_run=True)


def foresee_states(
    judgement: Judgement, ledger: Ledger, workspace: Workspace, *, run: str
) -> Iterator[ClaimState]:
    """Yield every claim as the ledger would have it once the verdict were recorded."""
    known = {
        judged.known.reference: judged.known
        for judged in judgement.verdict.claims
        if judged.known is not None
    }
    changed: dict[ClaimReference, ClaimState] = {}
    for event in build_events(
        judgement.verdict.claims,
        judgement.verdict.conflicts,
        occasion=Occasion(run=run, actor=workspace.actor, today=workspace.today),
        edition=workspace.rulebook.edition,
        editions=workspace.rulebook.editions,
        new_reference=_likely_reference,
    ):
        if event.claim is not None:
            before = changed.get(event.claim) or known.get(event.claim)
            after = apply_event(before, event)
            if after is not None:
                changed[event.claim] = after
    for state in ledger.read_states():
        yield changed.pop(state.reference, state)
    yield from changed.values()


def _likely_reference(claim: Claim) -> ClaimReference:
    """Return the reference that the claim gets unless another claim has it already."""
    return claim.claim_reference or claim_reference_for(claim.natural_identity)
