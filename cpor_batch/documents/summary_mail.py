"""A short message in plain text to one of our own: the summary of a scheduled run."""

import hashlib
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from cpor_batch.documents.addresses import parse_mailbox, require_plain
from cpor_batch.documents.emails import Mail, check_envelope_sender
from cpor_batch.errors import ConfigurationError, UsageError
from cpor_batch.settings import Smtp


def build_summary_mail(
    subject: str, text: str, *, smtp: Smtp, recipient: str, run: str, at: datetime
) -> Mail:
    """Return the message; ConfigurationError where no sender is set, UsageError for an address that is none.

    The ID follows from run and recipient, so that a message that went out twice can be told to be one.
    """
    check_envelope_sender(smtp.sender)
    sender = smtp.sender or (smtp.user if smtp.user and "@" in smtp.user else None)
    if sender is None:
        raise ConfigurationError(
            "the summary has no sender.", hint="Write sender below [smtp].", where="cpor-batch.toml"
        )
    if "@" not in recipient:
        raise UsageError(f'--mail-to: "{recipient}" is no address.', hint="Such as desk@fabrikam.example.")
    author, target = parse_mailbox(sender, "cpor-batch", "sender"), parse_mailbox(recipient, "", "recipient")
    is_ascii = author.is_ascii and target.is_ascii
    rules = (policy.SMTP if is_ascii else policy.SMTPUTF8).clone(cte_type="7bit")
    message = EmailMessage(policy=rules)
    mark = hashlib.sha256(f"{run}\n{target.address}".encode()).hexdigest()[:40]
    message["From"] = author.header
    message["To"] = target.header
    message["Subject"] = require_plain(subject, "subject")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mark}@{author.address.rpartition('@')[2]}>"
    # Whoever answers machines must not answer this one.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return Mail(
        content=message.as_bytes(),
        sender=author.address,
        recipient=target.address,
        message_id=str(message["Message-ID"]),
        needs_utf8=not is_ascii,
    )
