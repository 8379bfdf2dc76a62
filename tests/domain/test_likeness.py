"""Names and domains that may be taken for one another."""

import pytest

from cpor_batch.domain.likeness import fold_name, skeleton


@pytest.mark.parametrize(
    "name",
    [
        "Contoso",
        "CONTOSO",
        "Contoso AB",
        "AB Contoso",
        "Contoso, Ltd.",
        "Contoso S.A.",
        "Cóntoso GmbH & Co. KG",
        "Con-toso",
    ],
)
def test_case_accents_punctuation_and_legal_form_make_no_other_name(name: str) -> None:
    assert fold_name(name) == "contoso"


@pytest.mark.parametrize("name", ["Contosa", "Contoso Toys", "Contoso 2", "Кontoso"])
def test_other_letters_do(name: str) -> None:
    assert fold_name(name) != "contoso"


def test_a_name_of_a_legal_form_alone_keeps_it() -> None:
    assert fold_name("AB") == "ab"
    assert fold_name("—") == ""


def test_japanese_legal_forms_go_and_voiced_syllables_stay() -> None:
    assert fold_name("株式会社コントソ") == fold_name("コントソ㈱") == fold_name("コントソ")
    assert fold_name("ガス") != fold_name("カス")


@pytest.mark.parametrize(
    "domain", ["contoso.example", "CONTOSO.example", "c0ntoso.example", "cоntoso.example", "contοso.example."]
)
def test_a_quick_eye_reads_the_same_domain(domain: str) -> None:
    assert skeleton(domain) == skeleton("contoso.example")


@pytest.mark.parametrize(
    "domain", ["contosa.example", "cóntoso.example", "contoso.test", "toys.contoso.example"]
)
def test_a_quick_eye_reads_another_domain(domain: str) -> None:
    assert skeleton(domain) != skeleton("contoso.example")


def test_two_letters_may_pass_for_one() -> None:
    assert skeleton("rnunson.example") == skeleton("munson.example")
