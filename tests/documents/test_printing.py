import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents import fingerprint_of, template_fingerprint
from cpor_batch.documents.printing import open_printer
from cpor_batch.documents.rendering import render_html
from cpor_batch.documents.result import DocumentError
from cpor_batch.domain.document import OWED_KINDS, DocumentKind, DocumentOrder
from tests import builders
from tests.documents.orders import (
    BRAND,
    LANGUAGES,
    REFERENCE,
    claim,
    fonts_of,
    letter,
    opened,
    pages_of,
    poe,
    print_pdf,
    subscription_lines,
    text_of,
)

GOLDEN = Path(__file__).parent / "golden"
KINDS = {"letter": letter, "poe": poe}


def usual_order(kind: str, language: str) -> DocumentOrder:
    return KINDS[kind](language, of=claim(lines=(builders.line(), builders.line(product="Microsoft Teams"))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_usual_document_reads_as_agreed_and_fills_one_page(kind: str, language: str) -> None:
    printed = open_printer(Assets()).print_order(usual_order(kind, language))

    expected = (GOLDEN / f"{kind}-{language}.txt").read_text(encoding="utf-8")
    # Where a line breaks depends on the fonts of the machine, and Japanese has no spaces at the breaks.
    assert "".join(text_of(printed.pdf).split()) == "".join(expected.split())
    assert printed.pages == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_character_has_a_glyph_and_every_font_is_embedded(
    kind: str, language: str, tmp_path: Path
) -> None:
    printed = open_printer(Assets()).print_order(usual_order(kind, language))

    fonts = fonts_of(printed.pdf, tmp_path)
    assert printed.missing_characters == ""
    assert fonts
    assert all(font[3:6] == ["yes", "yes", "yes"] for font in fonts)


def test_a_character_without_a_glyph_is_told() -> None:
    unassigned = "\U0010fffd"

    printed = open_printer(Assets()).print_order(letter(of=claim(customer_name=f"Contoso {unassigned}")))

    assert printed.missing_characters == unassigned


def test_a_letter_is_tagged_and_archivable() -> None:
    with opened(print_pdf(letter("sv"))) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "sv"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pikepdf.Name.StructTreeRoot in pdf.Root
        assert pikepdf.Name.AcroForm not in pdf.Root


def test_a_proof_is_tagged_for_accessibility() -> None:
    with opened(print_pdf(poe("fr"))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_in_its_properties_which_claim_and_data_it_is_of(kind: str) -> None:
    order = KINDS[kind]()

    with opened(print_pdf(order)) as pdf:
        information = {key: str(value) for key, value in pdf.docinfo.items()}

    assert information["/cporbatchclaim"] == REFERENCE
    assert information["/cporbatchfingerprint"] == fingerprint_of(
        order, template_fingerprint=template_fingerprint(Assets())
    )
    assert information["/CreationDate"] == "D:20210401"
    assert information["/Author"] == "Fabrikam Consulting"


@pytest.mark.parametrize("kind", KINDS)
def test_forty_products_break_over_pages_with_their_heads(kind: str) -> None:
    order = KINDS[kind](of=claim(solution_area="Business Applications", lines=subscription_lines(40)))

    printed = open_printer(Assets()).print_order(order)

    text = text_of(printed.pdf)
    assert printed.pages == 2
    assert text.count("Product or workload") == 2
    assert [int(number) for number in re.findall(r"Dynamics 365 Product (\d+) ", text)] == list(range(1, 41))
    assert text.count("CB-7K3M9Q2T Page") == 2
    assert "Page 2 of 2" in text


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_no_signature_stands_alone_on_a_page(language: str) -> None:
    orders = [
        letter(language, of=claim(solution_area="Business Applications", lines=subscription_lines(count)))
        for count in range(5, 16)
    ]

    printed = [open_printer(Assets()).print_order(order) for order in orders]

    assert {one.pages for one in printed} == {1, 2}
    for one in printed:
        *_, last = pages_of(one.pdf)
        assert "pat@fabrikam.example" in last
        assert "Microsoft" in last


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_row_of_the_products_stands_alone_on_a_page(language: str) -> None:
    orders = [
        poe(language, of=claim(solution_area="Business Applications", lines=subscription_lines(count)))
        for count in range(9, 19)
    ]

    rows = [[page.count("Dynamics 365 Product ") for page in pages_of(print_pdf(order))] for order in orders]

    assert {len(counts) for counts in rows} == {1, 2}
    assert [sum(counts) for counts in rows] == list(range(9, 19))
    assert all(count >= 3 for counts in rows for count in counts)


def test_an_identifier_is_never_broken() -> None:
    text = text_of(print_pdf(poe(of=claim(lines=subscription_lines(3)))))

    assert f"Customer tenant ID {builders.TENANT}" in text
    assert "00000003-4b5a-4697-8877-66554433aabb" in text


def test_a_claim_with_nothing_but_long_texts_is_printed_whole() -> None:
    name = " ".join(["Woodgrove Beteiligungsgesellschaft"] * 8)
    unbroken = "x" * 300

    text = text_of(print_pdf(letter(of=claim(customer_name=name, customer_contact_title=unbroken))))

    assert name in text
    assert unbroken in text.replace(" ", "")


def test_american_customers_get_their_own_paper() -> None:
    with (
        opened(print_pdf(letter(of=claim(customer_country="US")))) as letter_paper,
        opened(print_pdf(letter())) as a4,
    ):
        assert [round(float(edge)) for edge in letter_paper.pages[0].MediaBox[2:]] == [612, 792]
        assert [round(float(edge)) for edge in a4.pages[0].MediaBox[2:]] == [595, 842]


@pytest.mark.parametrize("kind", OWED_KINDS)
def test_the_letter_never_poses_as_microsoft(kind: DocumentKind) -> None:
    page = render_html(replace(letter(), kind=kind), Assets())

    assert "not Microsoft’s notice" in page or "not a Microsoft document" in page
    assert f'<meta name="author" content="{BRAND.name}">' in page


def test_a_damaged_logo_fails_the_letter_with_a_short_message(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100_000))

    with pytest.raises(DocumentError) as caught:
        print_pdf(letter(partner=replace(BRAND, logo=str(logo))))

    assert "the logo?" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_raster_logo_is_printed(tmp_path: Path) -> None:
    from PIL import Image

    logo = tmp_path / "logo.png"
    Image.new("RGBA", (300, 80), (10, 90, 160, 255)).save(logo)

    with opened(print_pdf(letter(partner=replace(BRAND, logo=str(logo))))) as pdf:
        assert len(pdf.pages[0].get_images()) == 1
