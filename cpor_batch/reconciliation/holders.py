"""Who holds what by the export: the workloads and subscriptions of each claim that has not ended."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation.export import ExportClaim
from cpor_batch.reconciliation.matching import plain_digits

Place = tuple[str, str]
"""Tenant, and subscription or product: what only one partner may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """The export's claims that hold something, by place."""

    by_place: Mapping[Place, tuple[ExportClaim, ...]] = field(default_factory=dict)

    def find_rivals(self, state: ClaimState) -> tuple[ExportClaim, ...]:
        """Return the claims of other MPN IDs on what the ledger's claim holds."""
        own_id, own = state.claim.partner_center_claim_id, plain_digits(state.claim.mpn_id)
        found: dict[int, ExportClaim] = {}
        for line in state.claim.lines:
            for item in (line.subscription_id or line.product,):
                for claim in self.by_place.get((state.claim.tenant_id, item), ()):
                    mpn_id = claim.first(lambda one: one.mpn_id)
                    is_own = own_id is not None and claim.claim_id == own_id
                    if mpn_id is not None and plain_digits(mpn_id) != own and not is_own:
                        found[id(claim)] = claim
        return tuple(found.values())


def find_holders(claims: Iterable[ExportClaim], *, has_ended: Callable[[ExportClaim], bool]) -> Holders:
    """Return who holds what among `claims`; one that has ended holds nothing."""
    places: dict[Place, list[ExportClaim]] = defaultdict(list)
    for claim in claims:
        if has_ended(claim):
            continue
        for product, line in claim.products():
            if line.tenant_id is not None:
                places[line.tenant_id, line.subscription_id or product.name].append(claim)
    return Holders(by_place={place: tuple(found) for place, found in places.items()})
