"""Drift: what the ledger and Partner Center do not agree about, in words."""

from dataclasses import dataclass
from enum import StrEnum

from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation.export import ExportClaim


class DriftKind(StrEnum):
    """How the two sides differ."""

    UNKNOWN = "unknown"
    """Partner Center has a claim that the ledger does not."""
    AMBIGUOUS = "ambiguous"
    """Several claims of the ledger may be meant."""
    STATUS = "status"
    """The ledger knows better, or has to be asked first, so its status stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that somebody should look at."""

    kind: DriftKind
    message: str
    """What differs, one sentence."""
    hint: str
    """What to do, one sentence."""
    claim: ExportClaim | None = None
    """None where Partner Center has nothing."""
    states: tuple[ClaimState, ...] = ()
    """The claims of the ledger that it concerns."""
