"""The keys that several claims hold: of the whole ledger, and of what a run has just recorded."""

from collections.abc import Iterable, Sequence

from cpor_batch.conflicts import find_shared_keys
from cpor_batch.domain.claim import claim_key
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.standing import ClaimState
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.workspace import Workspace


def find_shared(states: Iterable[ClaimState], workspace: Workspace) -> tuple[Conflict, ...]:
    """Return the keys that several of these claims hold without a decision that they may."""
    rulebook = workspace.rulebook
    return find_shared_keys(
        states, edition=rulebook.edition, editions=rulebook.editions, today=workspace.today
    )


def warn_of_other_holders(
    ledger: Ledger, changed: Sequence[ClaimState], workspace: Workspace
) -> tuple[str, ...]:
    """Return a line for each claim that holds a key of a changed one too; `changed` are as they are now."""
    in_key = workspace.rulebook.edition.settings.activity_in_key
    keys = {
        claim_key(state.claim, line, activity_in_key=in_key)
        for state in changed
        for line in state.claim.lines
    }
    if not keys:
        return ()
    known = ledger.read_known(Wanted(keys=frozenset(keys)), today=workspace.today)
    now = {state.reference: state for state in (*known.claims, *changed)}
    names = {state.reference for state in changed}
    # By who is told of whom: a claim with several workloads is one line.
    items: dict[tuple[ClaimReference, ClaimReference], dict[str, None]] = {}
    for conflict in find_shared(now.values(), workspace):
        item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
        references = [side.reference for side in conflict.claims if side.reference is not None]
        for mine in (reference for reference in references if reference in names):
            for other in references:
                is_told = other == mine or (other, mine) in items
                if not is_told:
                    items.setdefault((mine, other), {})[item] = None
    return tuple(_warning(now[mine], now[other], items[mine, other]) for mine, other in items)


def _warning(mine: ClaimState, other: ClaimState, items: Iterable[str]) -> str:
    return (
        f"Warning: {other.claim.partner_name} holds {', '.join(items)} at {mine.claim.customer_name} too: "
        f'{other.reference} "{other.claim.claim_name}" ({other.status}), beside {mine.reference}. '
        "Only one can keep it. Next: cpor-batch conflicts"
    )
