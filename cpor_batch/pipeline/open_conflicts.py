"""The open conflicts of the ledger, found anew from the claims that are held and those that share a key."""

from collections.abc import Mapping
from dataclasses import dataclass

from cpor_batch.conflicts import find_conflicts, references_of
from cpor_batch.domain.claim import claim_key
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.issue import Severity
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.standing import HELD, ClaimState
from cpor_batch.domain.verdict import JudgedClaim, RowPlace
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.shared_keys import find_shared
from cpor_batch.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflicts:
    """What waits for a decision, and the claims that wait."""

    asked: tuple[Conflict, ...]
    """What the held claims and changes meet."""
    shared: tuple[Conflict, ...]
    """Keys that several claims hold; nobody is held for them."""
    states: Mapping[ClaimReference, ClaimState]
    """Every claim that waits or is a side of a conflict, as it stands."""

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """All of them."""
        return (*self.asked, *self.shared)

    @property
    def held(self) -> tuple[ClaimState, ...]:
        """The claims that are held."""
        return tuple(state for state in self.states.values() if state.status == HELD)

    @property
    def changes(self) -> tuple[ClaimState, ...]:
        """The claims that Microsoft has, of which a change is held."""
        return tuple(state for state in self.states.values() if state.held_change is not None)

    @property
    def free(self) -> tuple[ClaimState, ...]:
        """The held claims and changes that nothing stands against any more."""
        waiting = {reference for conflict in self.asked for reference in references_of(conflict)}
        return tuple(state for state in (*self.held, *self.changes) if state.reference not in waiting)


def find_open(ledger: Ledger, workspace: Workspace) -> OpenConflicts:
    """Return the conflicts of the held claims and changes, as if they asked again today.

    What one partner asks for twice is among them where a held claim has become the second.
    """
    edition, today = workspace.rulebook.edition, workspace.today
    held = list(ledger.read_states(is_waiting=True))
    asking = [_ask_again(state) for state in held]
    lines = [(one.claim, line) for one in asking if one.claim is not None for line in one.claim.lines]
    keys = frozenset(
        claim_key(claim, line, activity_in_key=edition.settings.activity_in_key) for claim, line in lines
    )
    products = frozenset((claim.tenant_id, line.product) for claim, line in lines)
    known = ledger.read_known(Wanted(keys=keys, products=products), today=today)
    editions = workspace.rulebook.editions
    found, _ = find_conflicts(asking, known, edition=edition, others=editions, today=today)
    asked = tuple(conflict for conflict in found if conflict.severity is not Severity.WARNING)
    sharing = tuple(ledger.read_sharing())
    shared = find_shared(sharing, workspace)
    sides = {reference for conflict in (*asked, *shared) for reference in references_of(conflict)}
    others = {state.reference: state for state in (*known.claims, *sharing) if state.reference in sides}
    states = {**others, **{state.reference: state for state in held}}
    return OpenConflicts(asked=asked, shared=shared, states=states)


def _ask_again(state: ClaimState) -> JudgedClaim:
    claim = state.held_change or state.claim
    sources = [line.source for line in claim.lines if line.source]
    return JudgedClaim(
        name=claim.claim_name,
        mpn_id=claim.mpn_id,
        rows=tuple(RowPlace(source.file, source.sheet or "", source.row) for source in sources),
        claim=claim,
        known=state,
        is_unchanged=state.held_change is None,
    )
