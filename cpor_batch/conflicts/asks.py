"""Who asks for a claim key in this run, and who holds it already.

A claim of the run that the ledger knows as holding a key does not ask for it again: it is the holder. One
that the run moves to another partner, tenant or activity asks anew. A refused claim asks as well, but only
to be told what stands in its way: it holds up nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cpor_batch.domain.claim import Claim, ClaimKey, ClaimLine, Level, claim_key
from cpor_batch.domain.conflict import ConflictSide
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.known import Known
from cpor_batch.domain.standing import HELD, ClaimState, holds_key, is_line_lapsed
from cpor_batch.domain.verdict import JudgedClaim, Outcome

Spot = tuple[str, str]
"""A tenant and a product or subscription there: lines that share none of these cannot collide."""


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
    is_refused: bool = False
    """Whether its claim is refused, so that nobody else has to reckon with it."""

    @property
    def organisation(self) -> str:
        """The partner organisation, folded for comparison."""
        return " ".join((self.claim.partner_organisation or self.claim.partner_name).casefold().split())

    @property
    def is_of_this_run(self) -> bool:
        """Whether the run brings the claim."""
        return self.order >= 0


def are_one_claim(first: Party, second: Party) -> bool:
    """Whether both are lines of one claim, as the run has it or as the ledger does."""
    if first.order >= 0 and first.order == second.order:
        return True
    one, other = first.state, second.state
    return one is not None and other is not None and one.reference == other.reference


def find_parties(
    claims: Sequence[JudgedClaim], known: Known, *, edition: Edition, today: date
) -> tuple[Party, ...]:
    """Return the claim lines that meet another one: the ledger's own first, then in sheet order.

    A line whose product and subscription nobody else names at its tenant can collide with nothing. In most
    batches that is nearly every line, so those are left out before anything is built of them.
    """
    in_run = {judged.known.reference for judged in claims if judged.known and _takes_part(judged)}
    of_ledger = [state for state in known.claims if state.reference not in in_run]
    crowded = _find_crowded(claims, of_ledger)
    if not crowded:
        return ()
    parties = (*_parties_of_ledger(of_ledger, edition, today), *_parties_of_run(claims, edition, today))
    return tuple(party for party in parties if not crowded.isdisjoint(_spots(party.claim, party.line)))


def _find_crowded(claims: Iterable[JudgedClaim], of_ledger: Iterable[ClaimState]) -> set[Spot]:
    """Return the spots that more than one line names; lines that ask for nothing are counted, too."""
    seen: set[Spot] = set()
    crowded: set[Spot] = set()
    for claim, line in _lines_of(claims, of_ledger):
        for spot in _spots(claim, line):
            (crowded if spot in seen else seen).add(spot)
    return crowded


def _lines_of(
    claims: Iterable[JudgedClaim], of_ledger: Iterable[ClaimState]
) -> Iterator[tuple[Claim, ClaimLine]]:
    for judged in claims:
        claim = judged.claim
        if claim is None:
            continue
        yield from ((claim, line) for line in claim.lines)
        if judged.known is not None and _takes_part(judged):
            kept = _kept(claim, judged.known)
            before = judged.known.claim
            yield from ((before, line) for line in before.lines if line.identity not in kept)
    for state in of_ledger:
        yield from ((state.claim, line) for line in state.claim.lines)


def _spots(claim: Claim, line: ClaimLine) -> tuple[Spot, ...]:
    product = (claim.tenant_id, line.product)
    if line.subscription_id is None or line.level is not Level.SUBSCRIPTION:
        return (product,)
    return (product, (claim.tenant_id, line.subscription_id))


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
        if claim is None:
            continue
        is_holder = state is not None and holds_key(state, edition)
        if state is not None and not is_holder and state.status != HELD:
            continue  # rejected, withdrawn: an unchanged row of it asks for nothing
        held = _held_identities(claim, state, today) if state is not None and is_holder else frozenset()
        lapsed = _lapsed_identities(claim, state, today) if state is not None and is_holder else frozenset()
        for line in claim.lines:
            if line.identity in lapsed:
                continue
            asks = line.identity not in held
            party = _party(claim, line, edition, state=state, order=order, is_asking=asks)
            yield party if _takes_part(judged) else replace(party, is_refused=True)
        is_early = state is None or state.status == edition.settings.first_status
        if state is not None and is_holder and not is_early and _takes_part(judged):
            yield from _dropped_lines(claim, state, edition, order, today)


def _dropped_lines(
    claim: Claim, state: ClaimState, edition: Edition, order: int, today: date
) -> Iterator[Party]:
    """Yield the lines that a claim with Microsoft would give up: its change may yet be held."""
    kept = _kept(claim, state)
    for line in state.claim.lines:
        if line.identity not in kept and not is_line_lapsed(line, today=today):
            yield _party(state.claim, line, edition, state=state, order=order, is_asking=False)


def _kept(claim: Claim, state: ClaimState) -> frozenset[tuple[str, str]]:
    """Return the lines that the claim has as it had them, if it is still the same partner's there."""
    if _is_moved(claim, state.claim):
        return frozenset()
    return frozenset(line.identity for line in claim.lines)


def _held_identities(claim: Claim, state: ClaimState, today: date) -> frozenset[tuple[str, str]]:
    if _is_moved(claim, state.claim):
        return frozenset()
    return frozenset(line.identity for line in state.claim.lines if not is_line_lapsed(line, today=today))


def _lapsed_identities(claim: Claim, state: ClaimState, today: date) -> frozenset[tuple[str, str]]:
    """Return the lines whose subscription has ended before and after: they ask for nothing again."""
    if _is_moved(claim, state.claim):
        return frozenset()
    before = frozenset(line.identity for line in state.claim.lines if is_line_lapsed(line, today=today))
    return frozenset(line.identity for line in claim.lines if is_line_lapsed(line, today=today)) & before


def _is_moved(claim: Claim, before: Claim) -> bool:
    """Whether a reference makes the row a revision of what was another partner's, tenant's or activity's."""
    return (claim.mpn_id, claim.tenant_id, claim.solution_area, claim.activity) != (
        before.mpn_id,
        before.tenant_id,
        before.solution_area,
        before.activity,
    )


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
