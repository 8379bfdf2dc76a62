"""Messages to customers: which letter goes to whom, and what became of it."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.document import DocumentOrder, DocumentRecord
from cpor_batch.domain.ids import ClaimReference


class MailState(StrEnum):
    """What became of one notification."""

    DRAFTED = "drafted"
    """Written as a draft; whether somebody sent it by hand is not known here."""
    QUEUED = "queued"
    """To be sent: never tried, or put off by the server."""
    SENDING = "sending"
    """Kept before the first byte of the message leaves: whoever finds it later knows that it may be out."""
    SENT = "sent"
    """The server took it."""
    FAILED = "failed"
    """The server refused it for good."""
    UNKNOWN = "unknown"
    """Handed over, but no answer came: perhaps sent. Never tried again unless somebody asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One claim's letter on its way to the customer's contact."""

    fingerprint: str
    """SHA-256 (hex) of what the customer is told and of the address; a letter's new look leaves it alone."""
    order: DocumentOrder
    """The letter's."""
    letter: DocumentRecord
    poe: DocumentRecord | None = None
    """The form to be signed, where one is owed and made."""

    @property
    def reference(self) -> ClaimReference:
        """The claim's."""
        return self.order.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A notification as the ledger knows it; holds no address and no name."""

    fingerprint: str
    reference: ClaimReference
    state: MailState
    sendings: int = 1
    """How many times it was asked to be sent; above 1 only where somebody asked again after it was sent."""
    attempts: int = 0
    """How often it was handed to a server."""
    message_id: str | None = None
    reply: str | None = None
    """The server's last answer, addresses masked."""
    sent_on: date | None = None
    """The day on which it was handed over last."""
    is_told: bool = False
    """Whether the claim's history tells that it was sent."""


_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")


def mask_address(address: str) -> str:
    """Return an address as lists may show it: "c…@c….example" of casey@contoso.example."""
    local, _, domain = address.rpartition("@")
    first, dot, rest = domain.partition(".")
    ending = rest.rpartition(".")[2]
    return f"{local[:1]}…@{first[:1]}…{dot}{ending}"


def mask_addresses(text: str) -> str:
    """Return `text` with every address in it masked."""
    return _ADDRESS.sub(lambda match: mask_address(match.group()), text)
