"""A notification becomes a message: the letter on its way to the customer's contact.

The same notification gives the same bytes, but for the date of a message that is sent. Nothing that a
workbook says can add a header or a recipient: whatever could is refused, and what was written is read back.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import HeaderParser
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path, PurePosixPath
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.addresses import (
    Mailbox,
    MailError,
    answers_to,
    author_of,
    recipient_of,
    require_plain,
)
from cpor_batch.documents.mail_text import render_mail_text
from cpor_batch.domain.document import DocumentOrder, DocumentRecord
from cpor_batch.domain.mail import Notification
from cpor_batch.errors import ConfigurationError

# Seven bits pass every server, whatever it says that it can do.
_POLICY: Final = policy.SMTP.clone(cte_type="7bit")
_POLICY_UTF8: Final = policy.SMTPUTF8.clone(cte_type="7bit")
_HEADERS: Final = frozenset(
    {
        *("from", "to", "reply-to", "sender", "subject", "date", "message-id", "x-unsent"),
        *("content-language", "content-type", "mime-version"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A finished message with its envelope."""

    content: bytes
    sender: str
    """The envelope's sender, where a server's complaints go."""
    recipient: str
    message_id: str
    needs_utf8: bool
    """Whether an address has letters before the @ that only a server with SMTPUTF8 can take."""


def fingerprint_notification(order: DocumentOrder) -> str:
    """Return the SHA-256 (hex) of what the letter of `order` tells, and to whom.

    That is who asks to be recorded for what. Brand, titles, Microsoft's day and the template are left out: a
    letter with a new look is no reason to write to the customer once more.
    """
    claim = order.claim
    told = (
        *(order.reference, (claim.customer_contact_email or "").casefold()),
        *(claim.mpn_id, claim.partner_name, claim.tenant_id, claim.solution_area, claim.activity),
        sorted(line.identity for line in claim.lines),
    )
    text = json.dumps(told, separators=(",", ":"))
    return hashlib.sha256(f"notification 1\n{text}".encode()).hexdigest()


def draft_name(notification: Notification) -> str:
    """Return the file name of a draft: that of the letter, "CB-7K3M9Q2T-contoso.eml"."""
    return PurePosixPath(notification.letter.path).with_suffix(".eml").name


def build_draft(notification: Notification, *, out: Path, assets: Assets) -> bytes:
    """Return a message that a mail program opens ready to be sent; MailError where it cannot be made."""
    message = _compose(notification, out=out, assets=assets)
    # Outlook and its kin show a message with this header in the window for writing.
    message["X-Unsent"] = "1"
    return _write(message, notification)


def build_mail(
    notification: Notification,
    *,
    out: Path,
    assets: Assets,
    envelope_sender: str | None,
    sendings: int,
    at: datetime,
) -> Mail:
    """Return a message ready for a server; MailError where it cannot be made.

    Its ID follows from the notification and from how often it was asked to be sent, so that a message that
    went out twice all the same can be told to be one.
    """
    message = _compose(notification, out=out, assets=assets)
    claim, brand = notification.order.claim, notification.order.partner
    author, recipient = author_of(claim, brand), recipient_of(claim)
    message_id = f"<{notification.fingerprint[:40]}.{sendings}@{author.address.rpartition('@')[2]}>"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    sender = envelope_sender or author.address
    if sender.casefold() != author.address.casefold():
        message["Sender"] = sender
    return Mail(
        content=_write(message, notification),
        sender=sender,
        recipient=recipient.address,
        message_id=message_id,
        needs_utf8=not (recipient.is_ascii and author.is_ascii and sender.isascii()),
    )


def _compose(notification: Notification, *, out: Path, assets: Assets) -> EmailMessage:
    order = notification.order
    author, recipient = author_of(order.claim, order.partner), recipient_of(order.claim)
    answers = answers_to(order.claim, order.partner, author)
    _require_plain_names(order)
    subject, body = render_mail_text(order, assets, has_poe=notification.poe is not None)
    message = EmailMessage(policy=_policy_for(author, recipient, answers))
    message["From"] = author.header
    if answers is not None:
        message["Reply-To"] = answers.header
    message["To"] = recipient.header
    message["Subject"] = require_plain(subject, "subject")
    message.set_content(body)
    _attach(message, notification.letter, out)
    if notification.poe is not None:
        _attach(message, notification.poe, out)
    # Set last: what belongs to the content moves into its first part when something is attached.
    message["Content-Language"] = order.language
    message.set_boundary(f"=_{notification.fingerprint[:40]}")
    return message


def _policy_for(*boxes: Mailbox | None) -> "EmailPolicy[EmailMessage]":
    return _POLICY if all(box is None or box.is_ascii for box in boxes) else _POLICY_UTF8


def _require_plain_names(order: DocumentOrder) -> None:
    """Refuse names with a line break, which would end the subject early."""
    require_plain(order.partner.name or order.claim.partner_name, "partner's name")
    require_plain(order.claim.customer_name, "customer's name")


def _attach(message: EmailMessage, document: DocumentRecord, out: Path) -> None:
    path = PurePosixPath(document.path)
    try:
        content = (out / path).read_bytes()
    except OSError as exc:
        raise MailError(
            f"{document.path} cannot be read ({exc.strerror}).", hint="Run cpor-batch documents."
        ) from exc
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise MailError(
            f"{document.path} is not the document that was made.", hint="Run cpor-batch documents --all."
        )
    name = f"{path.stem}-{document.kind.value}{path.suffix}"
    message.add_attachment(content, maintype="application", subtype="pdf", filename=name)


def _write(message: EmailMessage, notification: Notification) -> bytes:
    """Return the message's bytes, read back and compared: what a reader sees is what was meant."""
    content = message.as_bytes()
    claim, brand = notification.order.claim, notification.order.partner
    author = author_of(claim, brand)
    meant = {"From": author, "Reply-To": answers_to(claim, brand, author), "To": recipient_of(claim)}
    # As text: the parser of bytes does not know that headers may be in UTF-8 (RFC 6532).
    read = HeaderParser(policy=policy.SMTPUTF8).parsestr(content.decode())
    names = [name.lower() for name, _ in read.items()]
    if len(names) != len(set(names)) or not _HEADERS.issuperset(names):
        raise MailError("the message has headers that nobody asked for.", hint="Correct the names in it.")
    for header, box in meant.items():
        found = read[header].addresses if header in read else ()
        if [one.addr_spec for one in found] != ([] if box is None else [box.address]):
            raise MailError(
                f"the name beside the address in {header} cannot be written.", hint="Correct the name."
            )
    return content


def check_envelope_sender(address: str | None) -> None:
    """Raise ConfigurationError where the sender in [smtp] is no bare address."""
    if address is not None and not re.fullmatch(r"[^\s<>,;:\"()@]+@[^\s<>,;:\"()@]+", address):
        raise ConfigurationError(
            f'smtp.sender: "{address}" is not an address.',
            hint='Write it without a name: "partners@fabrikam.example".',
            where="cpor-batch.toml",
        )
