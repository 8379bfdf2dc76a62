"""Who a message is from and for. Pure: what cannot stand in a header is refused, never cut or corrected."""

import re
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Final

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.known import PartnerEntry
from cpor_batch.errors import CporError, ExitCode

# Quoted local parts are legal and unheard of; what looks like one is an attempt at something else.
_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+")
_NAMED: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
# Control characters, line and paragraph separators, halves of characters.
_BREAKING: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
# They turn the order of what is read, so that one name looks like another.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class MailError(CporError):
    """One message cannot be made; the others are not concerned."""

    exit_code = ExitCode.SOME_FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address and the name before it."""

    address: str
    """The domain in ASCII; a name before the @ that is not needs a server with SMTPUTF8."""
    name: str = ""

    @property
    def header(self) -> Address:
        """The value for a header, encoded when the message is written."""
        local, _, domain = self.address.rpartition("@")
        return Address(display_name=self.name, username=local, domain=domain)

    @property
    def is_ascii(self) -> bool:
        """Whether every server can take the address."""
        return self.address.isascii()


def require_plain(text: str, what: str) -> str:
    """Return the text; MailError where a character of it could break a header or turn its direction."""
    for character in text:
        if unicodedata.category(character) in _BREAKING or character in _TURNING:
            raise MailError(
                f"the {what} holds the character U+{ord(character):04X}.",
                hint="Correct it in the workbook or in cpor-batch.toml.",
            )
    return text


def parse_mailbox(address: str | None, name: str | None, what: str) -> Mailbox:
    """Return the mailbox; MailError where there is no address or one that mail cannot go to."""
    if not address or not address.strip():
        raise MailError(
            f"the claim has no e-mail address of the {what}.", hint="Add it in the workbook and ingest it."
        )
    text = require_plain(address.strip(), f"address of the {what}")
    if not _ADDRESS.fullmatch(text):
        raise MailError(f"the address of the {what} is none.", hint="Correct it in the workbook.")
    local, _, domain = text.rpartition("@")
    plain_name = require_plain(" ".join((name or "").split(" ")), f"name of the {what}").strip()
    return Mailbox(address=f"{local}@{_ascii_domain(domain, what)}", name=plain_name)


def _ascii_domain(domain: str, what: str) -> str:
    import idna

    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as exc:
        raise MailError(f"the domain of the {what} is none.", hint="Correct it in the workbook.") from exc


def recipient_of(claim: Claim) -> Mailbox:
    """Return the customer's contact."""
    return parse_mailbox(claim.customer_contact_email, claim.customer_contact_name, "customer contact")


def author_of(claim: Claim, brand: PartnerEntry) -> Mailbox:
    """Return whom the message is from: the brand's sender where that is an address, else the claim's contact.

    A sender may be an address, "Name <address>" or, for letters, a name alone.
    """
    if brand.sender and "@" in brand.sender:
        name, address = _take_apart(brand.sender)
        return parse_mailbox(address, name or brand.name or claim.partner_name, "sender")
    if claim.partner_contact_email:
        return _contact_of(claim)
    _, address = _take_apart(brand.reply_to or "")
    return parse_mailbox(address, brand.name or claim.partner_name, "partner contact")


def answers_to(claim: Claim, brand: PartnerEntry, author: Mailbox) -> Mailbox | None:
    """Return where answers go, or None where they go to the author anyway."""
    if brand.reply_to:
        name, address = _take_apart(brand.reply_to)
        answers = parse_mailbox(address, name, "reply address")
    elif claim.partner_contact_email:
        answers = _contact_of(claim)
    else:
        return None
    return None if answers.address.casefold() == author.address.casefold() else answers


def _contact_of(claim: Claim) -> Mailbox:
    return parse_mailbox(claim.partner_contact_email, claim.partner_contact_name, "partner contact")


def _take_apart(text: str) -> tuple[str, str]:
    """Return name and address of "Name <address>", or of an address alone."""
    match = _NAMED.fullmatch(text.strip())
    return (match["name"].strip(' "'), match["address"]) if match else ("", text)
