"""The beginning of an XML part: how it is encoded, and whether it declares anything before its root element.

No spreadsheet needs a DOCTYPE. Declared entities are how XML makes a parser fetch files or fill the memory.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.intake.refusal import RefusedError, corrupt

# By byte order mark, or by the zeros beside the first "<".
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_CELLS: Final = re.compile(
    r"worksheets[/\\]|sharedStrings\.xml|styles\.xml|workbook\.xml|content\.xml", re.IGNORECASE
)
_BEFORE_ROOT: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def checked_pieces(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the pieces of the part; RefusedError where it declares a document type.

    What is no XML passes as it is.
    """
    first = next(pieces, b"")
    encoding = next((encoding for start, encoding in _WIDE if first.startswith(start)), None)
    start = first if encoding is None else first.decode(encoding, errors="ignore").encode()
    _refuse_declarations(start.removeprefix(codecs.BOM_UTF8), name)
    if encoding is not None and _CELLS.search(name):
        # calamine finds nothing in such a part and does not say so.
        raise corrupt(f'Its part "{name[:80]}" is written in {encoding.upper()}, which cannot be read.')
    yield first
    yield from pieces


def _refuse_declarations(start: bytes, name: str) -> None:
    before = _BEFORE_ROOT.match(start)
    rest = start[before.end() if before else 0 :]
    if _DECLARATION.match(rest):
        raise RefusedError(
            IssueCode.FILE_XML_DTD,
            f'Its part "{name[:80]}" declares a document type (DTD), which no spreadsheet program writes.',
            "Do not open the file elsewhere either; ask the sender for a workbook saved by Excel.",
        )
    if rest.startswith((b"<?", b"<!--")):
        raise corrupt(f'Its part "{name[:80]}" has no beginning.')
