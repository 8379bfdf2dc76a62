"""Read the wording of one cell: what is trimmed, what is composed, and what is never silently removed.

Every change of a text is told to the user. Invisible characters are refused rather than removed, because a
name that changes when nobody sees it is how one customer is passed off as another.
"""

import math
import re
import unicodedata
from datetime import date, time, timedelta
from typing import Final, TypeGuard

from cpor_batch.domain.ids import (
    MAX_NUMBER_DIGITS,
    parse_claim_reference,
    parse_mpn_id,
    parse_subscription_id,
    parse_tenant_id,
)
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell, CellFault, FaultKind
from cpor_batch.validation.reading import BLANK, Fault, Reading, Typed, read_as, refuse, shown

# C0 and C1 with DEL, bidi controls, zero-width spaces, halves of characters.
_INVISIBLE: Final = "\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff"
_CONTROL: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_INVISIBLE}]")
_CONTROL_IN_LINES: Final = re.compile(f"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f{_INVISIBLE}]")
_LINE_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_HARD_SPACES: Final = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " "))
_SCIENTIFIC: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")

_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "a TRUE or FALSE"),
    (date, "a date"),
    (time, "a time"),
    (timedelta, "a duration"),
    (int, "a number"),
    (float, "a number"),
)


def find_control(text: str, *, line_breaks: bool = False) -> Fault | None:
    """Return the fault of a text with control characters, bidi controls or zero-width spaces, or None."""
    if text.isascii() and text.isprintable():
        return None
    found = (_CONTROL_IN_LINES if line_breaks else _CONTROL).search(text)
    if found is None:
        return None
    character = found[0]
    name = (
        "a line break" if _LINE_BREAK.match(character) else f"the invisible character U+{ord(character):04X}"
    )
    message = f"The text {shown(text)} holds {name} at position {found.start() + 1}."
    return Fault(IssueCode.TEXT_CONTROL_CHARACTERS, message, "Clear the cell and type its text anew.")


def clean_text(text: str) -> str:
    """Return the text trimmed, with plain spaces for hard ones and composed characters (NFC)."""
    return (
        text.strip() if text.isascii() else unicodedata.normalize("NFC", text).translate(_HARD_SPACES).strip()
    )


def clean_code(text: str) -> str:
    """Return an identifier, date or choice trimmed, with plain characters for full-width ones (NFKC)."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def kind_of(cell: Cell) -> str:
    """Return what kind of value a cell holds, in words."""
    return next((name for kind, name in _KINDS if isinstance(cell, kind)), "a text")


def read_fault(fault: CellFault) -> Reading:
    """Return the reading of an Excel error or of a formula that was never calculated."""
    if fault.kind is FaultKind.ERROR_VALUE:
        message = f"The cell shows the error {fault.text or '#ERROR'}, so it has no value."
        return refuse(
            IssueCode.CELL_ERROR_VALUE, message, "Mend the formula, or type the value in its place."
        )
    formula = f" {shown(fault.text)}" if fault.text else ""
    message = f"The formula{formula} was saved without its result."
    hint = "Open the file in Excel, let it calculate, save it and send it again; or type the value."
    return refuse(IssueCode.CELL_FORMULA_UNCALCULATED, message, hint)


def read_number(number: float) -> Reading | str:
    """Return the digits of a numeric cell, or the reading of one that cannot be read as text."""
    if not math.isfinite(number):
        return refuse(
            IssueCode.CELL_TYPE, "The cell holds a number without a value.", "Type the value as text."
        )
    if abs(number) >= 10**MAX_NUMBER_DIGITS:
        message = (
            f"The number {number:.15g} has more than 15 digits, and Excel has lost those after the 15th."
        )
        return refuse(
            IssueCode.DIGITS_LOST, message, "Format the cell as Text and type the whole number again."
        )
    return str(int(number)) if number == int(number) else repr(number)


def read_string(cell: Cell, *, line_breaks: bool = False) -> Reading | str:
    """Return the cell's raw text, or its reading where that is settled already (blank, fault, no text)."""
    match cell:
        case None:
            return BLANK
        case str():
            fault = find_control(cell, line_breaks=line_breaks)
            if fault is not None:
                return Reading(fault=fault)
            return cell if clean_code(cell) else BLANK
        case CellFault():
            return read_fault(cell)
        case bool():
            pass
        case int() | float():
            return read_number(cell)
        case _:
            pass
    message = f"The cell holds {kind_of(cell)} ({cell}) where a text belongs."
    return refuse(IssueCode.CELL_TYPE, message, "Format the cell as Text and type the text again.")


def _is_plain(cell: Cell) -> TypeGuard[str]:
    """Whether the cell is a text that cannot need a second look, as most are."""
    if not isinstance(cell, str) or not cell.isascii() or not cell.isprintable():
        return False
    return cell != "" and cell[0] != " " and cell[-1] != " "


def read_text(cell: Cell) -> Reading:
    """Read a one-line text: a name, a title, a number of somebody else's."""
    if _is_plain(cell):
        return Reading(cell)
    text = read_string(cell)
    if isinstance(text, Reading):
        return text
    clean = clean_text(text)
    return read_as(clean, before=text, after=clean)


def read_lines(cell: Cell) -> Reading:
    """Read a text that may have several lines; how the lines are broken does not count as a change."""
    if _is_plain(cell):
        return Reading(cell)
    text = read_string(cell, line_breaks=True)
    if isinstance(text, Reading):
        return text
    lines = _LINE_BREAK.sub("\n", text)
    clean = clean_text(lines)
    return read_as(clean, before=lines, after=clean)


def read_address(cell: Cell) -> Reading:
    """Read the lines of an address, parted by line breaks or semicolons."""
    reading = read_lines(cell)
    if not isinstance(reading.value, str):
        return reading
    lines = [line.strip() for line in reading.value.replace("\n", ";").split(";")]
    value: Typed = tuple([line for line in lines if line])
    return Reading(value or None, before=reading.before, after=reading.after)


def read_mpn_id(cell: Cell) -> Reading:
    """Read an MPN ID: digits only; a whole number in the cell is read as digits."""
    text = read_string(cell)
    if isinstance(text, Reading):
        is_number = text.fault is None or text.fault.code is not IssueCode.CELL_TYPE
        return text if is_number else _not_numeric(str(cell))
    clean = clean_code(text)
    mpn_id = parse_mpn_id(clean)
    if mpn_id is not None:
        return read_as(mpn_id, before=text, after=mpn_id)
    if _SCIENTIFIC.fullmatch(clean):
        message = f"{shown(text)} is a rounded number; Excel has lost digits of it."
        return refuse(
            IssueCode.DIGITS_LOST, message, "Format the column as Text, type the number again, save anew."
        )
    return _not_numeric(text)


def _not_numeric(text: str) -> Reading:
    message = f"{shown(text)} is not an MPN ID, which consists of digits only."
    hint = "Copy the location's number from Partner Center, Account settings, Identifiers."
    return refuse(IssueCode.MPN_ID_NOT_NUMERIC, message, hint)


def read_tenant_id(cell: Cell) -> Reading:
    """Read a tenant ID; braces, capitals and missing hyphens are corrected."""
    text = _read_guid_text(cell)
    if isinstance(text, Reading):
        return text
    guid = parse_tenant_id(clean_code(text))
    if guid is not None:
        return read_as(guid, before=text, after=guid)
    message = f"{shown(text)} is not a tenant ID."
    hint = "Copy the customer's Directory ID (a GUID) from the Entra admin center, Overview."
    return refuse(IssueCode.TENANT_ID_NOT_A_GUID, message, hint)


def read_subscription_id(cell: Cell) -> Reading:
    """Read a subscription ID; braces, capitals and missing hyphens are corrected."""
    text = _read_guid_text(cell)
    if isinstance(text, Reading):
        return text
    guid = parse_subscription_id(clean_code(text))
    if guid is not None:
        return read_as(guid, before=text, after=guid)
    message = f"{shown(text)} is not a subscription ID."
    hint = (
        "Copy the subscription's GUID from the customer's Microsoft 365 admin center, Billing, Your products."
    )
    return refuse(IssueCode.SUBSCRIPTION_ID_NOT_A_GUID, message, hint)


def _read_guid_text(cell: Cell) -> Reading | str:
    # Excel takes a GUID of nothing but digits for a number, and loses all of them but fifteen.
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return read_number(cell)
    # Any other value is no GUID: the column's own code says it best.
    if isinstance(cell, bool | date | time | timedelta):
        return str(cell)
    return read_string(cell)


def read_claim_reference(cell: Cell) -> Reading:
    """Read our own reference, `CB-` and 8 characters; capitals are corrected."""
    text = read_string(cell)
    if isinstance(text, Reading):
        return text
    reference = parse_claim_reference(clean_code(text))
    if reference is not None:
        return read_as(reference, before=text, after=reference)
    message = f"{shown(text)} is not a claim reference such as CB-7K3M9Q2T."
    hint = "Leave the cell blank for a new claim, or copy the reference from a report."
    return refuse(IssueCode.CELL_TYPE, message, hint)
