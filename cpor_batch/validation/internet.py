"""Read e-mail addresses and domains, and notice those that pass for another."""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.likeness import skeleton
from cpor_batch.domain.rows import Cell
from cpor_batch.validation.reading import Fault, Reading, read_as, refuse, shown
from cpor_batch.validation.wording import clean_code, read_string

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LEVEL: Final = "[a-z][a-z0-9-]{0,61}[a-z0-9]"
_LONGEST_LOCAL_PART: Final = 64
_LONGEST_DOMAIN: Final = 253
_SPECIAL_USE: Final = ("arpa", "invalid", "local", "localhost", "onion", "test")
_A_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+{_TOP_LEVEL}")
PLAIN_DOMAIN: Final = re.compile(rf"(?!.*--)(?=.{{1,{_LONGEST_DOMAIN}}}\Z){_A_DOMAIN.pattern}")
"""A domain that is read as it stands: lower case, and no part of it in the ASCII form of a foreign name."""
_LOCAL_PART: Final = r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
PLAIN_EMAIL: Final = re.compile(
    rf"(?!.*--)(?=[^@]{{1,{_LONGEST_LOCAL_PART}}}@.{{1,{_LONGEST_DOMAIN}}}\Z)"
    rf"{_LOCAL_PART}@(?:{_LABEL}\.)+[a-z]{{2,63}}" + "".join(f"(?<!{name})" for name in _SPECIAL_USE)
)
"""An address that is read as it stands: plain ASCII, no quotes, no special-use or foreign domain."""

_EMAIL_REMEDY: Final = "Write one address such as name@contoso.example."
_DOMAIN_REMEDY: Final = (
    "Write the customer's domain alone, such as contoso.example or contoso.onmicrosoft.com."
)


def read_email(cell: Cell) -> Reading:
    """Read one e-mail address; nobody is asked whether it exists."""
    text = read_string(cell)
    if isinstance(text, Reading):
        is_text = text.fault is None or text.fault.code is not IssueCode.CELL_TYPE
        return text if is_text else _refuse_email(str(cell), "It is no text")
    clean = clean_code(text)
    if clean.lower().startswith("mailto:"):
        clean = clean[len("mailto:") :]
    if PLAIN_EMAIL.fullmatch(clean):
        return read_as(clean, before=text, after=clean)
    return _read_unusual_email(text, clean)


def _read_unusual_email(text: str, clean: str) -> Reading:
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(clean, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        return _refuse_email(text, str(error).rstrip("."))
    reading = read_as(valid.normalized, before=text, after=valid.normalized)
    return _with_warning(reading, _find_lookalike(valid.domain))


def _refuse_email(text: str, why: str) -> Reading:
    message = f"{shown(text)} is not an e-mail address. {why}."
    return refuse(IssueCode.EMAIL_INVALID, message, _EMAIL_REMEDY)


def read_domain(cell: Cell) -> Reading:
    """Read a domain; capitals, a web address around it and the ASCII form of a foreign name are corrected."""
    text = read_string(cell)
    if isinstance(text, Reading):
        is_text = text.fault is None or text.fault.code is not IssueCode.CELL_TYPE
        return text if is_text else _refuse_domain(str(cell), _DOMAIN_REMEDY)
    clean = clean_code(text).lower().removesuffix(".")
    if clean.startswith(("http://", "https://")):
        clean = _host_of(clean)
    clean = clean.removeprefix("@")
    if "@" in clean:
        return _refuse_domain(text, f"Write only what stands after the @: {clean.rpartition('@')[2]}")
    name = _parse_domain(clean)
    if name is None:
        return _refuse_domain(text, _DOMAIN_REMEDY)
    return _with_warning(read_as(name, before=text, after=name), _find_lookalike(name))


def _refuse_domain(text: str, hint: str) -> Reading:
    return refuse(IssueCode.DOMAIN_INVALID, f"{shown(text)} is not a domain.", hint)


def _host_of(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _parse_domain(text: str) -> str | None:
    """Return the domain in its readable form, or None if it is none."""
    if PLAIN_DOMAIN.fullmatch(text):
        return text
    import idna

    try:
        encoded = idna.encode(text, uts46=True).decode("ascii")
        readable = idna.decode(encoded)
    except (idna.IDNAError, UnicodeError):
        return None
    is_domain = len(encoded) <= _LONGEST_DOMAIN and _A_DOMAIN.fullmatch(encoded) is not None
    return readable if is_domain else None


def _with_warning(reading: Reading, warning: Fault | None) -> Reading:
    if warning is None:
        return reading
    return Reading(reading.value, before=reading.before, after=reading.after, warning=warning)


def _find_lookalike(domain: str) -> Fault | None:
    if domain.isascii() or not any(_passes_for_latin(label) for label in domain.split(".")):
        return None
    import idna

    ascii_form = idna.encode(domain, uts46=True).decode("ascii")
    message = (
        f"The domain {shown(domain)} can be taken for {shown(skeleton(domain))}; in ASCII it is {ascii_form}."
    )
    hint = "Check with the customer that this is the domain, and not a letter of another alphabet in it."
    return Fault(IssueCode.DOMAIN_LOOKALIKE, message, hint)


@lru_cache(maxsize=4096)
def _passes_for_latin(label: str) -> bool:
    """Whether the label mixes Latin with letters that look Latin, or consists of nothing but such letters.

    A Russian or Greek name that holds a few look-alikes among other letters of its own is an honest name.
    """
    if label.isascii():
        return False
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(label, greedy=True, preferred_aliases=["latin"]) or []
    doubles = {entry["character"] for entry in found if _has_latin_double(entry["homoglyphs"])}
    letters = {character for character in label if character.isalpha()}
    return bool(doubles) and (letters <= doubles or any(_is_latin(letter) for letter in letters))


def _has_latin_double(others: list[dict[str, str]]) -> bool:
    return any(other["c"].isascii() and other["c"].isalpha() for other in others)


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")
