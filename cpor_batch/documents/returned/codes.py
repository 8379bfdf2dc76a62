"""Our references in QR codes on the pictures that came back: on a scan, nothing else tells its claim."""

import time
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Name

from cpor_batch.documents.returned.marks import pictures_of
from cpor_batch.domain.ids import ClaimReference, parse_claim_reference

MAX_PICTURES: Final = 100
MAX_PIXELS: Final = 80_000_000
"""A sheet of A3 scanned at 600 dots per inch has 70 million."""
SECONDS: Final = 10.0
"""How long the pictures of one document may take together; a page takes a tenth of a second."""
_MIN_EDGE: Final = 42
"""Pixels; a code has 21 modules a side, and each needs two."""


def read_codes(document: pikepdf.Pdf) -> tuple[ClaimReference, ...]:
    """Return our references in the QR codes, each once; what cannot be decoded is passed over."""
    found: dict[ClaimReference, None] = {}
    began = time.monotonic()
    for number, picture in enumerate(_pictures_in(document)):
        if number >= MAX_PICTURES or time.monotonic() - began > SECONDS:
            break
        try:
            found.update(dict.fromkeys(_references_on(picture)))
        except Exception:  # noqa: BLE001, S112 - a picture that makes no sense raises anything, too large a one MemoryError
            continue
    return tuple(found)


def _pictures_in(document: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    seen: set[tuple[int, int]] = set()
    for page in document.pages:
        for picture in pictures_of(page):
            if picture.objgen not in seen and _is_of_use(picture):
                seen.add(picture.objgen)
                yield picture


def _is_of_use(picture: pikepdf.Object) -> bool:
    edges: list[Any] = [picture.get(Name.Width), picture.get(Name.Height)]  # Any: whatever stands there
    if not all(isinstance(edge, int) and edge >= _MIN_EDGE for edge in edges):
        return False
    return bool(edges[0] * edges[1] <= MAX_PIXELS)


def _references_on(picture: pikepdf.Stream) -> Iterator[ClaimReference]:
    # Only for documents with pictures: importing both takes a while.
    import zxingcpp
    from pikepdf.models import PdfImage

    with PdfImage(picture).as_pil_image() as image:
        grey = image.convert("L")
    for code in zxingcpp.read_barcodes(grey, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        reference = parse_claim_reference(code.text)
        if reference is not None:
            yield reference
