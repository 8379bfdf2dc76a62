"""Conflicts: two claims collide. Reported side by side; never decided here, because Microsoft decides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cpor_batch.domain.claim import Level
from cpor_batch.domain.ids import ClaimReference, MpnId, SubscriptionId, TenantId
from cpor_batch.domain.issue import Severity


class ConflictKind(StrEnum):
    """How two claims collide."""

    OWN_DUPLICATE = "own-duplicate"
    SAME_ORGANISATION = "same-organisation"
    CONTESTED_IN_BATCH = "contested-in-batch"
    HELD_BY_OTHER_PARTNER = "held-by-other-partner"
    POSSIBLE_OVERLAP = "possible-overlap"
    LOOKALIKE_CUSTOMER = "lookalike-customer"

    @property
    def severity(self) -> Severity:
        """ERROR refuses the later claim, CONFLICT holds the claims concerned, WARNING only tells."""
        match self:
            case ConflictKind.OWN_DUPLICATE:
                return Severity.ERROR
            case ConflictKind.LOOKALIKE_CUSTOMER:
                return Severity.WARNING
            case _:
                return Severity.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSide:
    """One claim of a conflict, with what a person needs in order to decide."""

    mpn_id: MpnId
    partner_name: str
    partner_organisation: str
    claim_name: str
    activity: str
    tenant_id: TenantId
    customer_name: str
    product: str
    subscription_id: SubscriptionId | None
    status: str
    """The ledger's status; of a claim of this run, the status that it would get."""
    reference: ClaimReference | None = None
    """None for a claim that the ledger does not know yet."""
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    is_of_this_run: bool = False
    """Whether this run brings the claim (again); False for a claim that only the ledger knows."""
    since: date | None = None
    """When the claim was first known: its submission, else its first recording; None in this run."""
    poe_signed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two or more claim lines on one key."""

    kind: ConflictKind
    level: Level
    tenant_id: TenantId
    product: str
    subscription_id: SubscriptionId | None
    claims: tuple[ConflictSide, ...]
    """Holder first where the ledger knows one, then in sheet order."""
    rule: str
    is_among_holders: bool = False
    """Whether all sides hold the key already, by Microsoft's word; nobody's claim is held for it."""

    @property
    def severity(self) -> Severity:
        """The severity of the kind."""
        return self.kind.severity

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two reports of a conflict the same one: kind, key and the claims on it."""
        sides = sorted(side_of(side.mpn_id, side.claim_name) for side in self.claims)
        return (self.kind, self.tenant_id, self.product, self.subscription_id or "", *sides)


def side_of(mpn_id: str, claim_name: str) -> str:
    """Return how the identity of a conflict names one of its claims."""
    return f"{mpn_id}/{claim_name.casefold()}"
