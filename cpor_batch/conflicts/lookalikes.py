"""Find customers that look like another tenant's: perhaps one customer under two tenant IDs.

A warning only. Names are equal after folding case, accents, punctuation and legal form, or domains share
a confusables skeleton; never by edit distance, which would call Contoso and Contosa one customer.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cpor_batch.conflicts.asks import Party, build_side
from cpor_batch.domain.claim import Claim, claim_key
from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.known import Known
from cpor_batch.domain.likeness import fold_name, skeleton
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.verdict import JudgedClaim, Outcome

_RULE = "Customers are told apart by tenant ID; names and domains that look alike deserve a look."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bearer:
    """The first claim that bears a customer's name."""

    claim: Claim
    state: ClaimState | None
    order: int


def find_lookalikes(claims: Sequence[JudgedClaim], known: Known, *, edition: Edition) -> Iterator[Conflict]:
    """Return a warning for each group of tenants whose customers look alike, in sheet order.

    A refused claim is warned about as well, but stands for its customer only where no other claim does.
    """
    groups: dict[str, dict[str, _Bearer]] = defaultdict(dict)
    for bearer in _bearers(claims, known):
        for likeness in _likenesses(bearer.claim):
            groups[likeness].setdefault(bearer.claim.tenant_id, bearer)
    seen: set[frozenset[str]] = set()
    for bearers in groups.values():
        tenants = frozenset(bearers)
        is_new = any(bearer.order >= 0 and bearer.state is None for bearer in bearers.values())
        # One domain of two tenants is wrong, and said to be: `tenant-domain-mismatch`.
        domains = {bearer.claim.customer_domain for bearer in bearers.values()}
        is_one_domain = len(domains) == 1 and None not in domains
        if len(tenants) > 1 and is_new and not is_one_domain and tenants not in seen:
            seen.add(tenants)
            yield _conflict(sorted(bearers.values(), key=lambda bearer: bearer.order), edition)


def _bearers(claims: Sequence[JudgedClaim], known: Known) -> Iterator[_Bearer]:
    ordered = sorted(enumerate(claims), key=lambda item: item[1].outcome is Outcome.REFUSED)
    for order, judged in ordered:
        if judged.claim is not None:
            yield _Bearer(claim=judged.claim, state=judged.known, order=order)
    for customer in known.customers:
        if customer.state is not None:
            yield _Bearer(claim=customer.state.claim, state=customer.state, order=-1)


def _likenesses(claim: Claim) -> Iterator[str]:
    name = fold_name(claim.customer_name)
    if name:
        yield f"name {name}"
    if claim.customer_domain:
        yield f"domain {skeleton(claim.customer_domain)}"


def _conflict(bearers: Sequence[_Bearer], edition: Edition) -> Conflict:
    parties = [
        Party(
            claim=bearer.claim,
            line=bearer.claim.lines[0],
            key=claim_key(bearer.claim, bearer.claim.lines[0], activity_in_key=False),
            state=bearer.state,
            order=bearer.order,
            is_asking=bearer.order >= 0,
        )
        for bearer in bearers
    ]
    first = next(party for party in parties if party.is_asking)
    return Conflict(
        kind=ConflictKind.LOOKALIKE_CUSTOMER,
        level=first.line.level,
        tenant_id=first.claim.tenant_id,
        product=first.line.product,
        subscription_id=first.line.subscription_id,
        claims=tuple(build_side(party, edition=edition) for party in parties),
        rule=_RULE,
    )
