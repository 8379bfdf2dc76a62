"""Orders for documents, and the text and facts of the PDF files that come of them."""

import io
import subprocess
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pikepdf
from PIL import Image

from cpor_batch.assets import Assets
from cpor_batch.documents.printing import open_printer
from cpor_batch.domain.claim import Claim, ClaimLine
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.domain.ids import ClaimReference, SubscriptionId
from cpor_batch.domain.known import PartnerEntry
from tests import builders

LANGUAGES: Final = ("de", "en", "es", "fr", "ja", "sv")
REFERENCE: Final = ClaimReference("CB-7K3M9Q2T")
BRAND: Final = PartnerEntry(
    mpn_id="4711001",
    name="Fabrikam Consulting",
    address=("Storgatan 1", "111 22 Stockholm"),
    sender="partners@fabrikam.example",
    footer="Fabrikam Consulting AB, Stockholm",
)


def claim(**changes: Any) -> Claim:  # Any: the fields of a value by name
    good = builders.claim(
        customer_name="Contoso Manufacturing AB",
        customer_address=("Hamngatan 12", "411 14 Göteborg"),
        partner_name="Fabrikam Consulting AB",
    )
    return replace(good, **changes)


def letter(language: str = "en", *, of: Claim | None = None, **changes: Any) -> DocumentOrder:
    good = DocumentOrder(
        kind=DocumentKind.LETTER,
        reference=REFERENCE,
        claim=of or claim(),
        language=language,
        partner=BRAND,
        dated_on=date(2021, 4, 1),
    )
    return replace(good, **changes)


def poe(language: str = "en", *, of: Claim | None = None, **changes: Any) -> DocumentOrder:
    return letter(language, of=of, kind=DocumentKind.POE, **changes)


def subscription_lines(count: int) -> tuple[ClaimLine, ...]:
    return tuple(
        builders.subscription_line(
            product=f"Dynamics 365 Product {number}",
            subscription_id=SubscriptionId(f"{number:08x}-4b5a-4697-8877-66554433aabb"),
        )
        for number in range(1, count + 1)
    )


def print_pdf(order: DocumentOrder, assets: Assets | None = None) -> bytes:
    return open_printer(assets or Assets()).print_order(order).pdf


def text_of(pdf: bytes) -> str:
    """Return the text as people read it, every run of white space as one space."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of every page, laid out as on paper."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def drawn(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    """Return the pages as a printer or a scanner shows them, in grey."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-", f"{folder}/page"], input=pdf, check=True)
        return [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(Path(folder).iterdir())]


def fonts_of(pdf: bytes, folder: Path) -> list[list[str]]:
    """Return what pdffonts says: name, type, encoding, embedded, subset, unicode, object."""
    path = folder / "fonts.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdffonts", path], capture_output=True, check=True, text=True)
    return [line.replace("CID TrueType", "CID-TrueType").split() for line in done.stdout.splitlines()[2:]]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))
