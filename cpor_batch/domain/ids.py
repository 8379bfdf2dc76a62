"""Identifiers and how they are read from text.

Only the parse functions of this module make these types, so a value that bears one is well formed.
"""

import hashlib
import re
from typing import Final, NewType

TenantId = NewType("TenantId", str)
SubscriptionId = NewType("SubscriptionId", str)
MpnId = NewType("MpnId", str)
ClaimReference = NewType("ClaimReference", str)

_HEX_DIGITS: Final = re.compile(r"[0-9a-f]{32}")
_DIGITS: Final = re.compile(r"[0-9]+")
_REFERENCE: Final = re.compile(r"CB-[0-9A-HJKMNP-TV-Z]{8}")

# Crockford's base 32: no I, L, O, U, so a reference survives being read aloud or typed from paper.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Two characters at a time: a batch of 100,000 lines asks for tens of thousands of references.
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)

# Excel keeps 15 significant digits of a number; what stood after them is gone.
MAX_NUMBER_DIGITS: Final = 15


def _parse_guid(text: str) -> str | None:
    bare = text.strip().lower()
    if bare.startswith("{") and bare.endswith("}"):
        bare = bare[1:-1].strip()
    digits = bare.replace("-", "")
    if not _HEX_DIGITS.fullmatch(digits):
        return None
    if "-" in bare and [len(part) for part in bare.split("-")] != [8, 4, 4, 4, 12]:
        return None
    # The nil GUID and all-F are placeholders that forms and exports leave behind, never a tenant.
    if digits in {"0" * 32, "f" * 32}:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def parse_tenant_id(text: str) -> TenantId | None:
    """Return the tenant ID as 8-4-4-4-12 lower-case hex, or None if `text` is no usable GUID.

    Braces, capitals and a GUID written without any hyphen are accepted.
    """
    guid = _parse_guid(text)
    return None if guid is None else TenantId(guid)


def parse_subscription_id(text: str) -> SubscriptionId | None:
    """Return the subscription ID as 8-4-4-4-12 lower-case hex, or None if `text` is no usable GUID."""
    guid = _parse_guid(text)
    return None if guid is None else SubscriptionId(guid)


def parse_mpn_id(text: str) -> MpnId | None:
    """Return the MPN ID (also PartnerID) with its leading zeros, or None unless it is ASCII digits only."""
    digits = text.strip()
    return MpnId(digits) if _DIGITS.fullmatch(digits) else None


def parse_claim_reference(text: str) -> ClaimReference | None:
    """Return our own reference, `CB-` and 8 characters, or None if `text` is not one."""
    reference = text.strip().upper()
    return ClaimReference(reference) if _REFERENCE.fullmatch(reference) else None


def claim_reference_for(identity: tuple[str, ...], *, attempt: int = 0) -> ClaimReference:
    """Return the reference of the claim with this identity; a higher `attempt` gives another one.

    Made from the identity, so the same batch gets the same references in every workspace. The ledger
    raises `attempt` when two identities meet in the same 40 bits.
    """
    digest = hashlib.sha256("\x1f".join((*identity, str(attempt))).encode()).digest()
    number = int.from_bytes(digest[:5], "big")
    pairs = [_PAIRS[(number >> shift) & 1023] for shift in (30, 20, 10, 0)]
    return ClaimReference("CB-" + "".join(pairs))
