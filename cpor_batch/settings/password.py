"""The mail server's password: read when it is needed, kept in no setting, printed nowhere."""

import os
from pathlib import Path
from typing import Final

from cpor_batch.errors import ConfigurationError
from cpor_batch.settings.values import Smtp

VARIABLE: Final = "CPOR_SMTP_PASSWORD"
FILE_VARIABLE: Final = "CPOR_SMTP_PASSWORD_FILE"


def read_smtp_password(smtp: Smtp) -> str | None:
    """Return the password for `smtp.user`, or None where no user is set; ConfigurationError without one.

    CPOR_SMTP_PASSWORD weighs more than the file that CPOR_SMTP_PASSWORD_FILE names, that more than
    smtp.password_file.
    """
    if smtp.user is None:
        return None
    if password := os.environ.get(VARIABLE):
        return password
    named = os.environ.get(FILE_VARIABLE)
    path = Path(named) if named else smtp.password_file
    if path is None:
        raise ConfigurationError(
            f'there is no password for the user "{smtp.user}" of {smtp.host}.',
            hint=f"Set {VARIABLE}, or name a file that holds it: {FILE_VARIABLE} or smtp.password_file.",
        )
    return _read_file(path)


def _read_file(path: Path) -> str:
    try:
        password = path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is no text in UTF-8"
        # `from None`: what was read of the file is not carried along.
        raise ConfigurationError(
            f"the password cannot be read: {reason}.", hint="Check the path and the rights.", where=str(path)
        ) from None
    if not password or "\n" in password:
        raise ConfigurationError(
            "the file does not hold one line with the password.", hint="Write it there.", where=str(path)
        )
    return password
