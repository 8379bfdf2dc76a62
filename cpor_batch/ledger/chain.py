"""The hash chain: every event's hash covers its canonical bytes and the hash of the event before it."""

import hashlib
from typing import Final

GENESIS: Final = "0" * 64
"""What stands for the hash before the first event."""

_DOMAIN: Final = b"cpor-batch event 1\n"


def chain_hash(previous: str, body: str) -> str:
    """Return the hash of the event with these canonical bytes (ASCII) after `previous`, in hex."""
    return hashlib.sha256(_DOMAIN + previous.encode() + b"\n" + body.encode()).hexdigest()


def seal(salt: str, body: str) -> str:
    """Return the salted hash by which an event refers to contact data that may be purged later."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()
