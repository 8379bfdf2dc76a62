"""What a running text says of its signature: a date behind "Date:", a name behind "Signed:". Pure."""

import re
from datetime import date
from typing import Final

from cpor_batch.documents.returned.written_dates import read_days

_DATE_LABELS: Final = re.compile(
    r"^\W*(?:date(?: of signature| signed)?|signed on|signature date|"
    r"datum(?: för underskrift| der unterschrift)?|underskriftsdatum|undertecknad den|unterschriftsdatum|"
    r"unterzeichnet am|date de (?:la )?signature|signé le|fecha(?: de (?:la )?firma)?|firmado el|"
    r"署名日|日付)\s*[:\N{FULLWIDTH COLON}]?\s*(?P<rest>.{4,60})",
    re.IGNORECASE,
)
_SIGNED_LABELS: Final = re.compile(
    r"^\W*(?:signed(?: by)?|signature|/s/|undertecknat(?: av)?|underskrift|"
    r"unterzeichnet(?: von)?|unterschrift|signé(?: par)?|firmado(?: por)?|firma|署名)"
    r"\s*[:\N{FULLWIDTH COLON}]\s*(?P<rest>\S.{2,100})",
    re.IGNORECASE,
)
_MAX_FOUND: Final = 20
_MAX_LINE: Final = 400


def find_labelled_dates(text: str, *, language: str | None) -> tuple[date, ...]:
    """Return the dates behind a word for the date of a signature, in the order of the text."""
    found: list[date] = []
    for line in text.splitlines():
        match = _DATE_LABELS.match(line[:_MAX_LINE].strip())
        days = read_days(match["rest"], language=language) if match else ()
        if len(days) == 1:
            found.append(days[0])
        if len(found) >= _MAX_FOUND:
            break
    return tuple(found)


def find_typed_signature(text: str) -> str:
    """Return the first line such as "Signed: Casey Customer, CIO", or an empty text."""
    for line in text.splitlines():
        stripped = " ".join(line[:_MAX_LINE].split())
        if _SIGNED_LABELS.match(stripped):
            return stripped[:120]
    return ""
