"""Real mail servers on loopback: one that takes everything, and others with a temper."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST: Final = "127.0.0.1"
USER: Final = "cpor"
PASSWORD: Final = "correct horse"
ACCEPTED: Final = "250 OK: taken"

Answer = Callable[[str], str | None]
"""What a server says to a recipient; None: it accepts."""


@dataclass
class Mailroom:
    """What reached a server, and how it answers."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    """Recipient -> answers to RCPT, one a try; then it accepts."""
    sender_answers: list[str] = field(default_factory=list)
    """Answers to MAIL, one a try; then it accepts."""
    data_answers: list[str] = field(default_factory=list)
    """Answers to whole messages, one a try; then it accepts."""
    drops_after_message: int = 0
    """So many times it takes the message and hangs up without a word."""
    drops_in_message: int = 0
    """So many times it hangs up while the message comes in."""
    holds_message: bool = False
    """Whether it takes the message and then says nothing."""
    seconds_a_message: float = 0
    """How long it takes to answer to a message."""
    received: list[tuple[str, bytes]] = field(default_factory=list)
    """(recipient, content) of every message that came whole, answered or not."""
    senders: list[str] = field(default_factory=list)
    tries: int = 0
    """How many recipients were offered."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.sender_answers:
            return self.sender_answers.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tries += 1
        waiting = self.answers.get(address)
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if self.data_answers:
            return self.data_answers.pop(0)
        self.received.extend((address, content) for address in envelope.rcpt_tos)
        self.senders.append(str(envelope.mail_from))
        if self.drops_after_message:
            self.drops_after_message -= 1
            abort(server)
        await asyncio.sleep(60 if self.holds_message else self.seconds_a_message)
        return ACCEPTED

    @property
    def recipients(self) -> list[str]:
        return [address for address, _ in self.received]

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.SMTP) for _, content in self.received]


def abort(server: SMTP) -> None:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


class _Server(SMTP):
    """Hangs up in the middle of a message where its mailroom says so."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd names it
        room = self.event_handler
        if isinstance(room, Mailroom) and room.drops_in_message:
            room.drops_in_message -= 1
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            abort(self)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that signed itself."""

    context: ssl.SSLContext
    path: Path
    """What a client has to trust."""


def make_certificate(folder: Path, *, host: str = HOST) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail-ca.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path = folder / "mail-key.pem"
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return Certificate(context=context, path=path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(room: Mailroom, **settings: Any) -> Iterator[int]:  # Any: aiosmtpd's settings
    """Run a server for the room and give its port."""
    controller = _Controller(room, **{"hostname": HOST, "port": free_port(), **settings})
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


def with_password(**settings: Any) -> dict[str, Any]:  # Any: aiosmtpd's settings
    """Return the settings of a server that wants USER and PASSWORD."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        # Any: what aiosmtpd's mechanisms bring.
        is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=is_right, handled=False)

    return {"authenticator": check, "auth_required": True, **settings}
