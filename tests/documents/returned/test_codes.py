from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from cpor_batch.documents.returned import EvidenceReader
from cpor_batch.domain.evidence import Evidence
from cpor_batch.domain.limits import Limits
from tests.documents.orders import LANGUAGES, REFERENCE, claim, drawn, poe, print_pdf, subscription_lines
from tests.documents.returned import papers


@pytest.fixture(scope="module")
def reader() -> Iterator[EvidenceReader]:
    with EvidenceReader(Limits(seconds=30)) as opened:
        yield opened


def seen(reader: EvidenceReader, content: bytes, folder: Path) -> Evidence:
    path = folder / "returned.pdf"
    path.write_bytes(content)
    found = reader.read(path)
    assert isinstance(found, Evidence), found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_code_says_the_reference(language: str) -> None:
    first, *_ = drawn(print_pdf(poe(language)), dpi=150)

    (code,) = zxingcpp.read_barcodes(first)

    assert code.format == zxingcpp.BarcodeFormat.QRCode
    assert code.text == REFERENCE


@pytest.mark.parametrize(
    ("dpi", "turned", "packing"),
    [
        (100, 0, "jpeg"),
        (200, 0, "black and white"),
        (150, 2.5, "flate"),
        (150, 180, "jpeg"),
        (300, 90, "jpeg"),
    ],
)
def test_a_scan_tells_its_claim_by_its_code(
    dpi: int, turned: float, packing: str, reader: EvidenceReader, tmp_path: Path
) -> None:
    scan = papers.photographed(papers.form(), dpi=dpi, turned=turned, packing=packing)

    found = seen(reader, scan, tmp_path)

    assert found.code_references == (REFERENCE,)
    assert found.picture_pages == (1,)
    assert found.text.strip() == ""


def test_a_code_is_found_on_any_page(reader: EvidenceReader, tmp_path: Path) -> None:
    long = print_pdf(poe(of=claim(solution_area="Business Applications", lines=subscription_lines(40))))
    scan = papers.photographed(long)

    found = seen(reader, papers.joined(papers.scanned(), scan), tmp_path)

    assert found.code_references == (REFERENCE,)
    assert found.pages == 3


def test_a_scan_without_a_code_tells_nothing(reader: EvidenceReader, tmp_path: Path) -> None:
    scan = papers.photographed(papers.written("Statement of work"))

    assert seen(reader, scan, tmp_path).code_references == ()


def test_a_code_that_says_something_else_is_no_reference(reader: EvidenceReader, tmp_path: Path) -> None:
    code = zxingcpp.create_barcode("https://www.example.com/CB-7K3M9Q2T", zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=8))

    found = seen(reader, papers.as_scan(picture), tmp_path)

    assert found.code_references == ()


def test_a_picture_that_unpacks_to_very_much_hurts_nobody(reader: EvidenceReader, tmp_path: Path) -> None:
    found = seen(reader, papers.picture_bomb(3000), tmp_path)

    assert found.code_references == ()
    assert found.picture_pages == (1,)


def test_a_picture_that_is_none_is_passed_over(reader: EvidenceReader, tmp_path: Path) -> None:
    broken = papers.photographed(papers.form()).replace(b"\xff\xd8\xff", b"\x00\x00\x00")

    assert seen(reader, broken, tmp_path).code_references == ()
