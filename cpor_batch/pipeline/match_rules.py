"""What decides between several claims of the ledger that an export may mean."""

from dataclasses import dataclass

from cpor_batch.domain.standing import ClaimState, holds_key
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import ExportClaim
from cpor_batch.rulebook import find_activity


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRules:
    """Answers by the edition under which each claim was accepted."""

    workspace: Workspace

    def may_be(self, claim: ExportClaim, state: ClaimState) -> bool:
        """Whether the activity that the export names, if it names a known one, is the claim's."""
        text = claim.first(lambda line: line.activity)
        if text is None:
            return True
        edition = self.workspace.edition_of(state)
        named = find_activity(edition, text, solution_area=state.claim.solution_area)
        return named is None or named.name == state.claim.activity or not state.claim.activity

    def is_alive(self, state: ClaimState) -> bool:
        """Whether the claim still holds or asks for something."""
        return holds_key(state, self.workspace.edition_of(state))
