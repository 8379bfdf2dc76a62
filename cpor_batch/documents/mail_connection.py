"""Connect to a mail server: encrypted, its certificate verified, logged in, or not at all."""

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cpor_batch.errors import ConfigurationError
from cpor_batch.settings import Smtp

WHERE: Final = "[smtp] in cpor-batch.toml"
_PERMANENT: Final = 500


def connect(smtp: Smtp, *, password: str | None) -> smtplib.SMTP:
    """Return a connection that is ready for messages.

    Raises ConfigurationError where the settings or the password are wrong, OSError or SMTPException where the
    server cannot be reached or will not have us now.
    """
    _refuse_open_password(smtp)
    context = None if smtp.security == "none" else _trust(smtp)
    with _explained_certificate(smtp):
        connection = _open(smtp, context)
    try:
        connection.ehlo_or_helo_if_needed()
        if smtp.security == "starttls" and context is not None:
            _start_tls(connection, smtp, context)
        if smtp.user is not None and password is not None:
            _log_in(connection, smtp.user, password)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_open_password(smtp: Smtp) -> None:
    """Refuse to send a password in the clear to another machine."""
    if smtp.security == "none" and smtp.user is not None and not _is_this_machine(smtp.host):
        raise ConfigurationError(
            f'smtp.security = "none" would send the password to {smtp.host} in the clear.',
            hint='Use "starttls" or "tls", or take smtp.user away.',
            where=WHERE,
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trust(smtp: Smtp) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=smtp.ca_file)
    except (OSError, ssl.SSLError) as exc:
        raise ConfigurationError(
            f"smtp.ca_file: no certificates can be read from it ({exc.strerror or exc}).",
            hint="Name a file with certificates in PEM.",
            where=str(smtp.ca_file),
        ) from exc


def _open(smtp: Smtp, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=smtp.timeout_seconds, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout_seconds)


def _start_tls(connection: smtplib.SMTP, smtp: Smtp, context: ssl.SSLContext) -> None:
    with _explained_certificate(smtp):
        try:
            connection.starttls(context=context)
        except smtplib.SMTPNotSupportedError as exc:
            raise ConfigurationError(
                f"{smtp.host} offers no STARTTLS on port {smtp.port}; nothing was sent.",
                hint='Try smtp.security = "tls" with port 465, or ask whoever runs the server.',
                where=WHERE,
            ) from exc
    connection.ehlo_or_helo_if_needed()


@contextmanager
def _explained_certificate(smtp: Smtp) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as exc:
        raise ConfigurationError(
            f"the certificate of {smtp.host} cannot be trusted: {exc.verify_message}.",
            hint="Check smtp.host; for a private authority name its certificates as smtp.ca_file.",
            where=WHERE,
        ) from exc
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise  # hung up in between: that may pass
    except ssl.SSLError as exc:
        raise ConfigurationError(
            f"{smtp.host} does not speak TLS as expected on port {smtp.port} ({exc.reason}).",
            hint='smtp.security = "tls" goes with port 465, "starttls" with port 587.',
            where=WHERE,
        ) from exc


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; no error carries the password along, hence `from None`."""
    try:
        connection.login(user, password)
    except smtplib.SMTPAuthenticationError as exc:
        if exc.smtp_code < _PERMANENT:
            raise
        raise ConfigurationError(
            f'the server does not accept the password of "{user}"; nothing was sent.',
            hint="Check smtp.user and CPOR_SMTP_PASSWORD.",
            where=WHERE,
        ) from None
    except UnicodeEncodeError:
        raise ConfigurationError(
            "user or password hold letters outside ASCII, which the login cannot carry.",
            hint="Change the password.",
            where=WHERE,
        ) from None
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException:
        raise ConfigurationError(
            "the server offers no login that is known here; nothing was sent.",
            hint="Take smtp.user away if it needs none, or ask whoever runs the server.",
            where=WHERE,
        ) from None
