"""A signed Proof of Execution, as a customer sends it back: a small PDF, written by hand."""

from collections.abc import Sequence
from typing import Final

POE_PATH: Final = "poe/exchange-and-teams-signed.pdf"
POE_CLAIM: Final = "Exchange and Teams"
"""The theme of the claim that it belongs to."""

_LEADING: Final = 18
_FONTS: Final = b"/Resources << /Font << /F1 5 0 R >> >>"


def poe_bytes(lines: Sequence[str]) -> bytes:
    """Return a PDF of one A4 page with these lines of text, the first one in a larger size."""
    shown = [f"BT /F1 16 Tf 60 780 Td {_literal(lines[0])} Tj ET"]
    for index, line in enumerate(lines[1:]):
        shown.append(f"BT /F1 10 Tf 60 {750 - index * _LEADING} Td {_literal(line)} Tj ET")
    content = "\n".join(shown).encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % _FONTS,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assemble(objects)


def _literal(text: str) -> str:
    return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"


def _assemble(objects: Sequence[bytes]) -> bytes:
    pdf = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(pdf)
