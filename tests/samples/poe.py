"""A Proof of Execution, as a customer sends it back: a small form in PDF, written by hand.

Once filled in and signed in ink, once with the place of the signature and of its date left empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

POE_PATH: Final = "poe/exchange-and-teams-signed.pdf"
UNSIGNED_POE_PATH: Final = "poe/exchange-and-teams-unsigned.pdf"
POE_CLAIM: Final = "Exchange and Teams"
"""The theme of the claim that both belong to."""

Box = tuple[int, int, int, int]

_LEADING: Final = 16
_TOP: Final = 780
_LEFT: Final = 60
_PLACES: Final[Mapping[str, tuple[str, Box]]] = {
    "customer_signature": ("Signature", (0, 48, 300, 84)),
    "customer_date": ("Date of signature", (320, 48, 475, 84)),
    "customer_name": ("Printed name", (0, 0, 300, 20)),
    "customer_title": ("Job title", (320, 0, 475, 20)),
}
"""Name of the field -> its label, and its place above the lower left corner of the signing block."""
_BLOCK: Final = 112
"""How high the signing block is, labels included."""
_INK: Final = "8 6 m 30 40 34 2 46 16 c 54 28 60 10 72 18 c 84 28 88 6 104 16 c 130 26 150 8 186 14 c S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on the page."""

    title: str
    before: Sequence[str]
    """The lines above the block with the signature."""
    after: Sequence[str]
    values: Mapping[str, str] = field(default_factory=dict)
    """What is filled into the fields."""
    is_signed: bool = False
    """Whether somebody signed in ink."""


def poe_bytes(paper: Paper) -> bytes:
    """Return a PDF of one A4 page that can be filled in and signed."""
    bottom = _TOP - 30 - len(paper.before) * _LEADING - _BLOCK
    places = {name: _moved(box, bottom) for name, (_, box) in _PLACES.items()}
    content = "\n".join(_drawn(paper, bottom)).encode("cp1252")
    numbers = {name: 6 + 2 * index for index, name in enumerate(places)}
    annotations = [*numbers.values(), *([6 + 2 * len(places)] if paper.is_signed else [])]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) "
        b"/AcroForm << /Fields [%s] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 10 Tf 0 g) >> >>"
        % _references(numbers.values()),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [%s] "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % _references(annotations),
        _stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for name, box in places.items():
        objects += _field(name, box, paper.values.get(name, ""), appearance=numbers[name] + 1)
    if paper.is_signed:
        objects += _ink(places["customer_signature"], appearance=annotations[-1] + 1)
    return _assemble(objects)


def _drawn(paper: Paper, bottom: int) -> list[str]:
    """Return the page's content: text, labels, and a line below each field."""
    drawn = [f"BT /F1 16 Tf {_LEFT} {_TOP} Td {_literal(paper.title)} Tj ET"]
    for index, line in enumerate(paper.before):
        drawn.append(_text(line, _TOP - 30 - index * _LEADING))
    for label, box in _PLACES.values():
        left, low, right, high = _moved(box, bottom)
        drawn.append(f"BT /F1 7 Tf {left} {high + 4} Td {_literal(label)} Tj ET")
        drawn.append(f"0.5 w {left} {low} m {right} {low} l S")
    for index, line in enumerate(paper.after):
        drawn.append(_text(line, bottom - 30 - index * _LEADING))
    return drawn


def _text(line: str, height: int) -> str:
    return f"BT /F1 10 Tf {_LEFT} {height} Td {_literal(line)} Tj ET"


def _field(name: str, box: Box, value: str, *, appearance: int) -> list[bytes]:
    """Return the field and how it looks; a signature field stays empty."""
    kind, given = ("Sig", "") if name == "customer_signature" else ("Tx", f"/V {_unicode(value)}")
    body = (
        f"<< /Type /Annot /Subtype /Widget /FT /{kind} /T ({name}) /TU ({_PLACES[name][0]}) /F 4 /P 3 0 R "
        f"/DA (/F1 10 Tf 0 g) /Rect [{_numbers(box)}] {given} /AP << /N {appearance} 0 R >> >>"
    )
    shown = f"/Tx BMC BT /F1 10 Tf 2 6 Td {_literal(value)} Tj ET EMC" if value else "/Tx BMC EMC"
    return [body.encode(), _appearance(box, shown)]


def _ink(box: Box, *, appearance: int) -> list[bytes]:
    stroke = f"{box[0] + 8} {box[1] + 6} {box[0] + 186} {box[1] + 14}"
    body = (
        f"<< /Type /Annot /Subtype /Ink /F 4 /P 3 0 R /Rect [{_numbers(box)}] "
        f"/InkList [[{stroke}]] /AP << /N {appearance} 0 R >> >>"
    )
    return [body.encode(), _appearance(box, f"0.1 0.2 0.6 RG 1.4 w {_INK}")]


def _appearance(box: Box, shown: str) -> bytes:
    size = f"{box[2] - box[0]} {box[3] - box[1]}".encode()
    facts = b"/Type /XObject /Subtype /Form /BBox [0 0 %s] /Resources << /Font << /F1 5 0 R >> >>" % size
    return _stream(shown.encode("cp1252"), facts)


def _stream(content: bytes, facts: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), facts, content)


def _moved(box: Box, bottom: int) -> Box:
    left, low, right, high = box
    return _LEFT + left, bottom + low, _LEFT + right, bottom + high


def _numbers(box: Box) -> str:
    return " ".join(map(str, box))


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _literal(text: str) -> str:
    return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"


def _unicode(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


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
