"""Kinds of files: what the name promises, what the first bytes are, and what to say where they differ."""

import re
from enum import Enum
from typing import Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.intake.refusal import RefusedError, corrupt

SNIFF_BYTES: Final = 4096
ZIP_START: Final = b"PK"
OLE_START: Final = bytes.fromhex("d0cf11e0a1b11ae1")


class Kind(Enum):
    """What is read, by the file's content."""

    OPEN_XML = "an Excel workbook (.xlsx or .xlsm)"
    BINARY = "a binary Excel workbook (.xlsb)"
    OLD_EXCEL = "an Excel 97-2003 workbook (.xls)"
    OPEN_DOCUMENT = "an OpenDocument spreadsheet (.ods)"
    DELIMITED = "a CSV file"


class Container(Enum):
    """What the first bytes say."""

    ZIP = "zip"
    OLE = "ole"
    OTHER = "other"


BY_SUFFIX: Final = {
    ".xlsx": Kind.OPEN_XML,
    ".xlsm": Kind.OPEN_XML,
    ".xlsb": Kind.BINARY,
    ".xls": Kind.OLD_EXCEL,
    ".ods": Kind.OPEN_DOCUMENT,
    ".csv": Kind.DELIMITED,
}
SUFFIXES: Final = ", ".join(BY_SUFFIX)
_CONTAINERS: Final = {
    Kind.OPEN_XML: Container.ZIP,
    Kind.BINARY: Container.ZIP,
    Kind.OPEN_DOCUMENT: Container.ZIP,
    Kind.OLD_EXCEL: Container.OLE,
    Kind.DELIMITED: Container.OTHER,
}
_KNOWN_STARTS: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"MZ", "a program"),
    (b"\x09\x00", "a workbook of Excel 2"),
    (b"\x09\x02", "a workbook of Excel 3"),
    (b"\x09\x04", "a workbook of Excel 4"),
)
_MARKUP: Final = re.compile(rb"^[\xef\xbb\xbf\s]*<", re.DOTALL)
_HTML: Final = re.compile(rb"<!doctype html|<html|<table|<head|<meta|<body|<div", re.IGNORECASE)
_XML_SPREADSHEET: Final = b"urn:schemas-microsoft-com:office:spreadsheet"


def promised_kind(suffix: str) -> Kind:
    """Return the kind that the file's extension promises; RefusedError where it is none that is read."""
    kind = BY_SUFFIX.get(suffix.lower())
    if kind is None:
        said = f'The extension "{suffix}"' if suffix else "A name without an extension"
        raise RefusedError(
            IssueCode.FILE_TYPE,
            f"{said} is none of the accepted ones: {SUFFIXES}.",
            "Open the file in Excel and save it as .xlsx.",
        )
    return kind


def check_start(start: bytes, promised: Kind) -> None:
    """Raise RefusedError unless the first bytes fit the promised kind."""
    if not start:
        raise corrupt("The file is empty (0 bytes).")
    found = container_of(start)
    if found is _CONTAINERS[promised] and not (found is Container.OTHER and _foreign_name(start)):
        return
    raise wrong_kind(_name_of(start, found), promised)


def container_of(start: bytes) -> Container:
    """Return what the first bytes say."""
    if start.startswith(ZIP_START) and start[2:4] in {b"\x03\x04", b"\x05\x06", b"\x07\x08"}:
        return Container.ZIP
    if start.startswith(OLE_START):
        return Container.OLE
    return Container.OTHER


def wrong_kind(found: str, promised: Kind) -> RefusedError:
    """Return the refusal of a file that is something else than its name promises."""
    return RefusedError(
        IssueCode.FILE_TYPE,
        f"The name promises {promised.value}, but the file is {found}.",
        "Open it in the program that it belongs to and save it as .xlsx; "
        "changing the extension alone does not change the file.",
    )


def _name_of(start: bytes, container: Container) -> str:
    match container:
        case Container.ZIP:
            return "a zip archive, such as an .xlsx workbook"
        case Container.OLE:
            return "an older Office document, such as an .xls workbook"
        case Container.OTHER:
            return _foreign_name(start) or ("binary data" if b"\x00" in start else "plain text, such as CSV")


def _foreign_name(start: bytes) -> str | None:
    """Return the name of a kind that is never read, or None for text and what nobody knows."""
    if _XML_SPREADSHEET in start:
        return "an XML Spreadsheet 2003"
    if _MARKUP.match(start):
        return "a web page (HTML)" if _HTML.search(start) else "an XML document"
    known = next((name for magic, name in _KNOWN_STARTS if start.startswith(magic)), None)
    # Two letters may as well begin a text.
    if known is not None and start[:2] in {b"BM", b"MZ"} and b"\x00" not in start:
        return None
    return known
