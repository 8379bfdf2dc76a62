"""Open conflicts for a terminal and as JSON: each side with its PoE, and what the rules would favour."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from cpor_batch.domain.arbitration import age_in_months, find_favoured
from cpor_batch.domain.conflict import Conflict, ConflictSide
from cpor_batch.domain.decision import conflict_id, find_choices, ordinal
from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.verdict_json import conflict_json
from cpor_batch.reports.words import capitalized, count, name_kind


def render_conflicts_text(conflicts: Iterable[Conflict], *, today: date) -> str:
    """Return the conflicts, one block each, the sides numbered as decisions name them."""
    return "\n\n".join(_block(conflict, today) for conflict in conflicts)


def name_conflict(conflict: Conflict) -> str:
    """Return the conflict in a few words: "Exchange Online at Contoso AB"."""
    item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
    return printable(f"{item} at {conflict.claims[0].customer_name}")


def _block(conflict: Conflict, today: date) -> str:
    words = name_kind(conflict)
    head = f"{words}: {name_conflict(conflict)} ({conflict.tenant_id}) [{conflict.kind}]"
    sides = (
        f"  {capitalized(ordinal(number))}: {_side(side, today)}"
        for number, side in enumerate(conflict.claims, start=1)
    )
    favour = find_favoured(conflict)
    favoured = favour.reason
    if favour.side is not None:
        favoured = f"the {ordinal(favour.side + 1)} side, {favour.reason}"
    return "\n".join((head, *sides, printable(f"  The rules would favour {favoured}.")))


def _side(side: ConflictSide, today: date) -> str:
    place = f"{side.file}, row {side.row}" if side.file and side.row is not None else "the ledger"
    who = f'{side.partner_name or "partner"} (MPN ID {side.mpn_id}), "{side.claim_name}"'
    known = [side.reference or "", side.status, f"since {side.since.isoformat()}" if side.since else ""]
    return printable(f"{who}: {place}; {', '.join(filter(None, known))}; {_poe(side, today)}")


def _poe(side: ConflictSide, today: date) -> str:
    if side.poe_signed_on is None:
        return "no PoE date"
    age = count(age_in_months(side.poe_signed_on, today), "month")
    return f"PoE of {side.poe_signed_on} ({age} old)"


def open_conflict_json(conflict: Conflict, *, today: date) -> dict[str, Any]:  # Any: what JSON can say
    """Return one open conflict: as in a verdict, and what somebody needs in order to decide."""
    document = conflict_json(conflict)
    favour = find_favoured(conflict)
    document["id"] = conflict_id(conflict)
    document["favour"] = favour.reason
    document["decisions"] = [choice.words for choice in find_choices(conflict)]
    for index, (side, shown) in enumerate(zip(conflict.claims, document["claims"], strict=True)):
        signed = side.poe_signed_on
        shown["partner_name"] = side.partner_name
        shown["partner_organisation"] = side.partner_organisation
        shown["since"] = side.since.isoformat() if side.since else None
        shown["poe_signed_on"] = signed.isoformat() if signed else None
        shown["poe_age_months"] = age_in_months(signed, today) if signed else None
        shown["favoured"] = None if favour.side is None else index == favour.side
    return document
