"""Archived documents are PDF/A-3a, forms PDF/UA-1: judged as a whole, and what people meet by itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import page
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentOrder
from tests import builders
from tests.documents.orders import (
    BRAND,
    LANGUAGES,
    claim,
    letter,
    opened,
    poe,
    print_pdf,
    subscription_lines,
)
from tests.documents.returned import papers

# ISO 19005-3 has no such clauses: PDF/A-1 alone forbids to pack the metadata, and the length is counted
# wrongly where a packed stream happens to end in a line break.
FALSE_ALARMS: Final = frozenset({"PDFA3A-METADATA-FILTER-001", "PDFA3A-STREAM-LENGTH-001"})
LOGOS: Final = {"colours": "RGB", "translucent": "RGBA", "grey": "L", "palette": "P"}


def faults(pdf: bytes, profile: page.ValidationProfile) -> list[str]:
    report = page.validate_pdf_bytes(pdf, profile=profile)
    return [
        f"{fault.rule_id}: {fault.message}" for fault in report.failures if fault.rule_id not in FALSE_ALARMS
    ]


def archived(pdf: bytes) -> list[str]:
    return faults(pdf, page.ValidationProfile.PDF_A_3A)


def accessible(pdf: bytes) -> list[str]:
    return faults(pdf, page.ValidationProfile.PDF_UA_1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_fit_for_the_archive(language: str) -> None:
    assert archived(print_pdf(letter(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_is_fit_for_everybody(language: str) -> None:
    assert accessible(print_pdf(poe(language))) == []
    assert accessible(papers.blank_form(language)) == []


@pytest.mark.parametrize(
    "of",
    [
        claim(lines=subscription_lines(40)),
        claim(lines=(builders.line(engagement_description=None),)),
        claim(customer_country="US"),
        claim(customer_name="شركة المثال שלום 한국 🙂 \U0010fffd"),
    ],
    ids=["forty products", "nothing described", "American paper", "letters without a font"],
)
def test_so_are_unusual_ones(of: Claim) -> None:
    assert archived(print_pdf(letter(of=of))) == []
    assert accessible(print_pdf(poe(of=of, has_public_sector_disclosure=True))) == []


@pytest.mark.parametrize("mode", [*LOGOS.values(), "CMYK"])
def test_so_are_those_with_a_logo(mode: str, tmp_path: Path) -> None:
    logo = tmp_path / "logo"
    Image.new("RGBA", (300, 80), (10, 90, 160, 128)).convert(mode).save(
        logo, "jpeg" if mode == "CMYK" else "png"
    )
    brand = replace(BRAND, logo=str(logo))

    assert archived(print_pdf(letter(partner=brand))) == []
    assert accessible(print_pdf(poe(partner=brand))) == []


def without_tabs(document: pikepdf.Pdf) -> None:
    del document.pages[0].obj[Name.Tabs]


def without_names_of_fields(document: pikepdf.Pdf) -> None:
    for field in document.Root.AcroForm.Fields:
        del field[Name.TU]


def without_place_in_the_tree(document: pikepdf.Pdf) -> None:
    for annotation in document.pages[0].obj.Annots:
        del annotation[Name.StructParent]


def without_title(document: pikepdf.Pdf) -> None:
    document.Root.ViewerPreferences.DisplayDocTitle = False


def without_language(document: pikepdf.Pdf) -> None:
    del document.Root[Name.Lang]


@pytest.mark.parametrize(
    "spoil",
    [without_tabs, without_names_of_fields, without_place_in_the_tree, without_title, without_language],
)
def test_the_judge_sees_what_is_spoilt(spoil: Callable[[pikepdf.Pdf], None]) -> None:
    with opened(papers.form()) as document:
        spoil(document)
        spoilt = papers.saved(document)

    assert accessible(spoilt) != []


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Yield every element of the structure, in reading order."""
    kids = node.get(Name.K)
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from elements(kid)


def named(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Object]:
    return [one for one in elements(document.Root.StructTreeRoot) if str(one.S) == kind]


def listed_in(element: pikepdf.Object, key: pikepdf.Name) -> list[pikepdf.Object]:
    """Return the dictionaries at `key`, where one may stand alone."""
    found = element.get(key)
    one_by_one = list(found) if isinstance(found, Array) else [found]
    return [one for one in one_by_one if isinstance(one, Dictionary)]


@pytest.mark.parametrize("form", [papers.form, papers.undescribed_form, papers.blank_form])
def test_every_field_stands_in_the_structure_and_has_a_name_to_be_read_aloud(
    form: Callable[[], bytes],
) -> None:
    with opened(form()) as document:
        referred = {
            kid.Obj.objgen
            for element in named(document, "/Form")
            for kid in listed_in(element, Name.K)
            if kid.get(Name.Type) == Name.OBJR
        }
        fields = list(document.Root.AcroForm.Fields)

        assert {field.objgen for field in fields} == referred
        assert all(str(field.get(Name.TU, "")).strip() for field in fields)
        assert all(page.obj.get(Name.Tabs) == Name.S for page in document.pages if Name.Annots in page.obj)


@pytest.mark.parametrize("make", [letter, poe])
def test_headings_follow_each_other_without_a_gap(make: Callable[..., DocumentOrder]) -> None:
    with opened(print_pdf(make(has_public_sector_disclosure=True))) as document:
        levels = [
            int(str(one.S)[2:]) for one in elements(document.Root.StructTreeRoot) if str(one.S)[:2] == "/H"
        ]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("make", [letter, poe])
def test_every_cell_of_a_table_names_its_heads(make: Callable[..., DocumentOrder]) -> None:
    with opened(print_pdf(make(of=claim(lines=subscription_lines(40))))) as document:
        heads = {str(head.ID) for head in named(document, "/TH")}
        listed = [
            {str(head) for attribute in listed_in(cell, Name.A) for head in attribute.get(Name.Headers, [])}
            for cell in named(document, "/TD")
        ]

    assert len(listed) >= 80
    assert all(one and one <= heads for one in listed)


def test_every_picture_says_what_it_shows() -> None:
    with opened(papers.form()) as document:
        shown = [str(figure.get(Name.Alt, "")) for figure in named(document, "/Figure")]

    assert shown == ["QR code of the claim reference", "selected"]


@pytest.mark.parametrize("make", [letter, poe])
def test_a_document_does_nothing_by_itself(make: Callable[..., DocumentOrder]) -> None:
    with opened(print_pdf(make())) as document:
        assert not document.is_encrypted
        assert {Name.OpenAction, Name.AA, Name.URI}.isdisjoint(map(Name, document.Root.keys()))
        names = document.Root.get(Name.Names, Dictionary())
        assert {"/JavaScript", "/EmbeddedFiles"}.isdisjoint(names.keys())


@pytest.mark.parametrize("make", [letter, poe])
def test_properties_and_metadata_agree(make: Callable[..., DocumentOrder]) -> None:
    with opened(print_pdf(make("ja"))) as document, document.open_metadata() as metadata:
        information: Mapping[str, str] = {key: str(value) for key, value in document.docinfo.items()}

        assert information["/Title"] == metadata["dc:title"]
        assert information["/Author"] in metadata["dc:creator"]
        assert str(metadata["xmp:CreateDate"]).startswith("2021-04-01")
        assert Name.ID in document.trailer


def test_a_logo_in_the_colours_of_a_press_becomes_one_of_a_screen(tmp_path: Path) -> None:
    logo = tmp_path / "logo.jpg"
    Image.new("CMYK", (60, 20), (255, 0, 0, 0)).save(logo)

    with opened(print_pdf(letter(partner=replace(BRAND, logo=str(logo))))) as document:
        (picture,) = document.pages[0].get_images().values()
        assert isinstance(picture, pikepdf.Stream)
        shown = pikepdf.PdfImage(picture).as_pil_image().convert("RGB").resize((1, 1))

    red, green, blue = shown.tobytes()
    assert red < 60 < green
    assert blue > 200
