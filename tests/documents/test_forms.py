import io

import pikepdf
import pytest

from tests import builders
from tests.documents.orders import claim, opened, poe, print_pdf, text_of

NAMES = ["customer_signature", "customer_date", "customer_name", "customer_title"]


def fields_of(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    return {str(field.T): field for field in pdf.Root.AcroForm.Fields}


def test_a_proof_can_be_filled_in_and_signed() -> None:
    with opened(print_pdf(poe())) as pdf:
        fields = fields_of(pdf)

        assert list(fields) == NAMES
        assert [str(field.FT) for field in fields.values()] == ["/Sig", "/Tx", "/Tx", "/Tx"]
        assert pikepdf.Name.V not in fields["customer_signature"]
        assert all(str(fields[name].V) == "" for name in NAMES[1:])


def test_a_proof_without_a_description_asks_for_one_in_several_lines() -> None:
    order = poe(of=claim(lines=(builders.line(engagement_description=None),)))

    with opened(print_pdf(order)) as pdf:
        field = fields_of(pdf)["engagement_description"]

        assert str(field.FT) == "/Tx"
        assert int(field.Ff) & 1 << 12


def test_every_field_has_a_name_for_people_a_place_in_the_tags_and_an_appearance() -> None:
    with opened(print_pdf(poe("de"))) as pdf:
        fields = fields_of(pdf)

        assert str(fields["customer_signature"].TU) == "Unterschrift"
        for field in fields.values():
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            assert right - left > 100
            assert top - bottom > 15
            assert pikepdf.Name.StructParent in field
            assert pikepdf.Name.N in field.AP


def test_what_is_typed_into_a_field_can_be_read_back() -> None:
    with opened(print_pdf(poe())) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            if str(field.T) == "customer_name":
                field.V = pikepdf.String("Åsa 山田")
        filled = io.BytesIO()
        pdf.save(filled)

    with opened(filled.getvalue()) as pdf:
        assert str(fields_of(pdf)["customer_name"].V) == "Åsa 山田"


def test_the_whole_font_of_the_fields_is_not_embedded() -> None:
    assert len(print_pdf(poe())) < 60_000


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_reference_stands_on_the_proof_as_text(language: str) -> None:
    assert "CB-7K3M9Q2T" in text_of(print_pdf(poe(language)))
