"""What Microsoft's rules would favour between competing claims: shown to people, never decided here."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from cpor_batch.domain.conflict import Conflict, ConflictKind

RULE: Final = (
    "Since July 2020 Microsoft reviews the most recent PoE when several partners claim the same thing "
    "(announcement CPOR PoE update; Partner Center docs, Customer association issues)."
)

# In these nobody competes: one partner asks twice, or perhaps one customer has two tenants.
_NO_CONTEST: Final = frozenset({ConflictKind.OWN_DUPLICATE, ConflictKind.LOOKALIKE_CUSTOMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Favour:
    """The side that has the most recent PoE, or why no side can be named."""

    side: int | None
    """Index of the side, from 0; None for nobody."""
    reason: str


def find_favoured(conflict: Conflict) -> Favour:
    """Return the side with the most recent PoE; nobody where a date is missing or two are equal."""
    sides = conflict.claims
    if conflict.kind in _NO_CONTEST:
        return Favour(side=None, reason="nobody: the partners do not compete")
    signed = [side.poe_signed_on for side in sides]
    known = [day for day in signed if day is not None]
    if len(known) < len(sides):
        return Favour(side=None, reason="nobody: no PoE date" if not known else _missing(conflict))
    latest = max(known)
    if signed.count(latest) > 1:
        return Favour(side=None, reason=f"nobody: PoE of the same day, {latest}")
    return Favour(side=signed.index(latest), reason=f"the most recent PoE, signed on {latest}")


def _missing(conflict: Conflict) -> str:
    without = [side.partner_name for side in conflict.claims if side.poe_signed_on is None]
    return f"nobody: no PoE date of {', '.join(dict.fromkeys(without))}".rstrip(".")


def age_in_months(signed_on: date, today: date) -> int:
    """Return how many whole months have passed since the signature; 0 for one that lies in the future."""
    months = (today.year - signed_on.year) * 12 + today.month - signed_on.month
    return max(months - (today.day < signed_on.day), 0)
