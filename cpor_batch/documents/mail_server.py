"""Hand messages to a mail server (SMTP), and say of each what is known of its fate.

A message counts as handed over from the command DATA on. What fails before that is certainly not sent; an
answer after it decides; and where none comes nobody can know, so that is what is said.
"""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from cpor_batch.documents.emails import Mail
from cpor_batch.documents.mail_connection import connect
from cpor_batch.domain.mail import mask_addresses
from cpor_batch.settings import Smtp

_DONE: Final = 250
_FORWARDED: Final = 251
_GO_ON: Final = 354
_CLOSING: Final = 421
_TOO_LARGE: Final = 552
_TEMPORARY: Final = range(400, 500)
_PERMANENT: Final = range(500, 600)
_LONGEST_REPLY: Final = 300


class Fate(StrEnum):
    """What is known of a message."""

    ACCEPTED = "accepted"
    LATER = "later"
    """Not sent; trying again may help."""
    UNREACHABLE = "unreachable"
    """Not sent, and neither would the next one be: there is no server to talk to."""
    REFUSED = "refused"
    """Not sent; the server will not take it for this recipient."""
    SENDER_REFUSED = "sender-refused"
    """Not sent; the server will not take it from this sender."""
    UNKNOWN = "unknown"
    """Handed over, but no answer came."""
    TAKEN = "taken"
    """Not sent here: another run has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of one try."""

    fate: Fate
    text: str
    """The server's answer in one line, addresses masked, or what went wrong."""


class MailServer:
    """A connection that is opened when it is needed, and again when it broke."""

    def __init__(self, smtp: Smtp, *, password: str | None) -> None:
        """Keep what is needed to connect; nothing is connected yet."""
        self._smtp = smtp
        self._password = password
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye, if there is anybody to say it to."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
        self._drop()

    def deliver(self, mail: Mail, *, begin: Callable[[], bool]) -> Reply:
        """Hand over one message to its one recipient.

        `begin` is called right before: it notes down that the message may be out from now on, and says
        whether it is ours to send. ConfigurationError where settings are wrong, so that none can be sent.
        """
        try:
            connection = self._ready_connection()
        except (OSError, smtplib.SMTPException) as exc:
            return Reply(fate=Fate.UNREACHABLE, text=self._explain(exc))
        try:
            refused = _offer(connection, mail)
        except (OSError, smtplib.SMTPException) as exc:
            self._drop()
            return Reply(fate=Fate.LATER, text=self._explain(exc))
        if refused is not None or not begin():
            self._start_over()
            return refused or Reply(fate=Fate.TAKEN, text="another run has it")
        return self._hand_over(connection, mail.content)

    def _hand_over(self, connection: smtplib.SMTP, content: bytes) -> Reply:
        try:
            code, text = connection.docmd("DATA")
        except (OSError, smtplib.SMTPException) as exc:
            # Not a byte of the message has left.
            self._drop()
            return Reply(fate=Fate.LATER, text=self._explain(exc))
        if code != _GO_ON:
            self._start_over()
            return Reply(fate=_fate_of(code, otherwise=Fate.LATER), text=_line(code, text))
        try:
            connection.send(_stuffed(content))
            code, text = connection.getreply()
        except (OSError, smtplib.SMTPException) as exc:
            self._drop()
            return Reply(fate=Fate.UNKNOWN, text=f"no answer after the message: {self._explain(exc)}")
        if code == _CLOSING:
            self._drop()
        if code == _DONE:
            return Reply(fate=Fate.ACCEPTED, text=_line(code, text))
        return Reply(fate=_fate_of(code, otherwise=Fate.UNKNOWN), text=_line(code, text))

    def _ready_connection(self) -> smtplib.SMTP:
        if self._connection is not None:
            # A server may have hung up while we waited for our turn.
            with suppress(OSError, smtplib.SMTPException):
                if self._connection.noop()[0] == _DONE:
                    return self._connection
            self._drop()
        self._connection = connect(self._smtp, password=self._password)
        return self._connection

    def _start_over(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _explain(self, exc: Exception) -> str:
        if isinstance(exc, smtplib.SMTPResponseException):
            return _line(exc.smtp_code, exc.smtp_error)
        # smtplib takes silence for a hang-up; what it saw itself is the error before.
        if isinstance(exc, TimeoutError) or isinstance(exc.__context__, TimeoutError):
            return f"{self._smtp.host} did not answer within {self._smtp.timeout_seconds} s"
        if isinstance(exc, smtplib.SMTPServerDisconnected | ConnectionResetError | BrokenPipeError):
            return f"{self._smtp.host} hung up"
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else type(exc).__name__
        return f"{self._smtp.host}, port {self._smtp.port}: {reason}"


def _offer(connection: smtplib.SMTP, mail: Mail) -> Reply | None:
    """Name sender and recipient; return why the server will not take the message, or None."""
    options = [f"SIZE={len(mail.content)}"] if connection.has_extn("size") else []
    if mail.needs_utf8:
        if not connection.has_extn("smtputf8"):
            return Reply(fate=Fate.REFUSED, text="the server takes only addresses in ASCII (no SMTPUTF8)")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, text = connection.mail(mail.sender, options)
    if code != _DONE:
        fate = _fate_of(code, otherwise=Fate.LATER)
        is_of_sender = fate is Fate.REFUSED and code != _TOO_LARGE
        return Reply(fate=Fate.SENDER_REFUSED if is_of_sender else fate, text=_line(code, text))
    code, text = connection.rcpt(mail.recipient)
    if code in {_DONE, _FORWARDED}:
        return None
    return Reply(fate=_fate_of(code, otherwise=Fate.LATER), text=_line(code, text))


def _fate_of(code: int, *, otherwise: Fate) -> Fate:
    if code in _TEMPORARY:
        return Fate.LATER
    return Fate.REFUSED if code in _PERMANENT else otherwise


def _line(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    plain = "".join(letter if letter.isprintable() else " " for letter in said)
    return mask_addresses(f"{code} {' '.join(plain.split())}".strip())[:_LONGEST_REPLY]


def _stuffed(content: bytes) -> bytes:
    """Return the content as DATA wants it: a dot before each line that begins with one, a dot at the end."""
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    return b"".join(b"%b%b\r\n" % (b"." if line.startswith(b".") else b"", line) for line in lines) + b".\r\n"
