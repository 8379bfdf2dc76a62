"""Who asks for a claim key in this run, and who holds it already.

A claim of the run that the ledger knows as holding a key does not ask for it again: it is the holder.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cpor_batch.domain.claim import Claim, ClaimKey, ClaimLine, claim_key
from cpor_batch.domain.conflict import ConflictSide
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.known import Known
from cpor_batch.domain.standing import HELD, ClaimState, holds_key, is_line_lapsed
from cpor_batch.domain.verdict import JudgedClaim, Outcome


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Party:
    """One claim line on a key: of the run, of the ledger, or of both."""

    claim: Claim
    line: ClaimLine
    key: ClaimKey
    state: ClaimState | None
    """The ledger's claim; None for a claim that it does not know."""
    order: int
    """Place of the claim in the run; -1 for a claim that only the ledger knows."""
    is_asking: bool
    """Whether the run asks for the key; False for who holds it already."""

    @property
    def organisation(self) -> str:
        """The partner organisation, folded for comparison."""
        return " ".join((self.claim.partner_organisation or self.claim.partner_name).casefold().split())

    @property
    def is_of_this_run(self) -> bool:
        """Whether the run brings the claim."""
        return self.order >= 0


def find_parties(
    claims: Sequence[JudgedClaim], known: Known, *, edition: Edition, today: date
) -> tuple[Party, ...]:
    """Return every claim line that asks for or holds a key: the ledger's own first, then in sheet order."""
    in_run = {judged.known.reference for judged in claims if judged.known and _takes_part(judged)}
    of_ledger = (state for state in known.claims if state.reference not in in_run)
    return (*_parties_of_ledger(of_ledger, edition, today), *_parties_of_run(claims, edition, today))


def _takes_part(judged: JudgedClaim) -> bool:
    return judged.claim is not None and judged.outcome is not Outcome.REFUSED


def _parties_of_ledger(states: Iterable[ClaimState], edition: Edition, today: date) -> Iterator[Party]:
    for state in states:
        if not holds_key(state, edition) and state.status != HELD:
            continue
        for line in state.claim.lines:
            if not is_line_lapsed(line, today=today):
                yield _party(state.claim, line, edition, state=state, order=-1, is_asking=False)


def _parties_of_run(claims: Sequence[JudgedClaim], edition: Edition, today: date) -> Iterator[Party]:
    for order, judged in enumerate(claims):
        claim, state = judged.claim, judged.known
        if claim is None or not _takes_part(judged):
            continue
        is_holder = state is not None and holds_key(state, edition)
        if state is not None and not is_holder and state.status != HELD:
            continue  # rejected, withdrawn, lapsed: an unchanged row of it asks for nothing
        held = _held_identities(state, today) if state is not None and is_holder else frozenset()
        for line in claim.lines:
            asks = line.identity not in held
            yield _party(claim, line, edition, state=state, order=order, is_asking=asks)
        if state is not None and is_holder and state.status != edition.settings.first_status:
            yield from _dropped_lines(claim, state, edition, order, today)


def _dropped_lines(
    claim: Claim, state: ClaimState, edition: Edition, order: int, today: date
) -> Iterator[Party]:
    """Yield the lines that a claim with Microsoft would give up: its change may yet be held."""
    kept = {line.identity for line in claim.lines}
    for line in state.claim.lines:
        if line.identity not in kept and not is_line_lapsed(line, today=today):
            yield _party(state.claim, line, edition, state=state, order=order, is_asking=False)


def _held_identities(state: ClaimState, today: date) -> frozenset[tuple[str, str]]:
    return frozenset(line.identity for line in state.claim.lines if not is_line_lapsed(line, today=today))


def _party(
    claim: Claim, line: ClaimLine, edition: Edition, *, state: ClaimState | None, order: int, is_asking: bool
) -> Party:
    key = claim_key(claim, line, activity_in_key=edition.settings.activity_in_key)
    return Party(claim=claim, line=line, key=key, state=state, order=order, is_asking=is_asking)


def build_side(party: Party, *, edition: Edition) -> ConflictSide:
    """Return what a person needs to know of one party in order to decide."""
    claim, line, state = party.claim, party.line, party.state
    source = line.source
    first = "submitted" if claim.submitted_on else edition.settings.first_status
    return ConflictSide(
        mpn_id=claim.mpn_id,
        partner_name=claim.partner_name,
        partner_organisation=claim.partner_organisation,
        claim_name=claim.claim_name,
        activity=claim.activity,
        tenant_id=claim.tenant_id,
        customer_name=claim.customer_name,
        product=line.product,
        subscription_id=line.subscription_id,
        status=state.status if state else first,
        reference=state.reference if state else None,
        file=source.file if source else None,
        sheet=source.sheet if source else None,
        row=source.row if source else None,
        is_of_this_run=party.is_of_this_run and party.is_asking,
        since=state.since if state else None,
        poe_signed_on=claim.poe_signed_on,
    )
