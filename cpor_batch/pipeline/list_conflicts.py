"""What needs a decision: the open conflicts of the ledger, found anew from the claims that are held."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.claim import claim_key
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.issue import Severity
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.standing import HELD, ClaimState
from cpor_batch.domain.verdict import JudgedClaim, RowPlace
from cpor_batch.errors import ExitCode
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import open_ledger_of
from cpor_batch.pipeline.workspace import Workspace

SCHEMA = "cpor-batch.conflicts/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflicts:
    """The conflicts that wait for a decision."""

    conflicts: tuple[Conflict, ...]
    held: int
    """Claims that are held."""

    @property
    def exit_code(self) -> ExitCode:
        """1 while anything is open."""
        return ExitCode.NEEDS_YOU if self.conflicts or self.held else ExitCode.DONE

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        from cpor_batch.reports.verdict_json import conflict_json

        return {
            "schema": SCHEMA,
            "held_claims": self.held,
            "conflicts": [conflict_json(conflict) for conflict in self.conflicts],
        }

    @property
    def text(self) -> str:
        """The conflicts side by side, and what to do next."""
        from cpor_batch.reports.verdict_text import render_conflicts_text

        if not self.held:
            return "No conflict is open."
        closing = (
            "What is held holds no key and gets no documents. Agree with the other partner, take the line "
            "out of the batch that is to give way, and ingest that batch again."
        )
        return "\n\n".join((render_conflicts_text(self.conflicts), closing))


def list_conflicts(workspace: Workspace) -> OpenConflicts:
    """Return the open conflicts of the workspace's ledger."""
    with open_ledger_of(workspace) as ledger:
        held = [state for state in ledger.read_states() if state.status == HELD]
        conflicts = find_open(ledger, held, workspace)
    return OpenConflicts(conflicts=conflicts, held=len(held))


def find_open(ledger: Ledger, held: list[ClaimState], workspace: Workspace) -> tuple[Conflict, ...]:
    """Return the conflicts of the held claims, as if they asked again today."""
    edition = workspace.rulebook.edition
    keys = frozenset(
        claim_key(state.claim, line, activity_in_key=edition.settings.activity_in_key)
        for state in held
        for line in state.claim.lines
    )
    products = frozenset(
        (state.claim.tenant_id, line.product) for state in held for line in state.claim.lines
    )
    known = ledger.read_known(Wanted(keys=keys, products=products), today=workspace.today)
    asking = [_ask_again(state) for state in held]
    conflicts, _ = find_conflicts(asking, known, edition=edition, today=workspace.today)
    return tuple(conflict for conflict in conflicts if conflict.severity is Severity.CONFLICT)


def _ask_again(state: ClaimState) -> JudgedClaim:
    sources = [line.source for line in state.claim.lines if line.source]
    return JudgedClaim(
        name=state.claim.claim_name,
        mpn_id=state.claim.mpn_id,
        rows=tuple(RowPlace(source.file, source.sheet or "", source.row) for source in sources),
        claim=state.claim,
        known=state,
        is_unchanged=True,
    )
