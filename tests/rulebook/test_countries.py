import pytest

from cpor_batch.rulebook.countries import Countries
from tests.builders import rulebook


def countries() -> Countries:
    return rulebook().countries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SE", "SE"),
        (" se ", "SE"),
        ("no", "NO"),
        ("UK", "GB"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("Sweden", "SE"),
        ("Sverige", "SE"),
        ("Schweden", "SE"),
        ("Suède", "SE"),
        ("Suecia", "SE"),
        ("スウェーデン", "SE"),
        ("Czech Republic", "CZ"),
        ("DEU", "DE"),
        ("Förenade Arabemiraten", "AE"),
    ],
)
def test_countries_are_found_by_code_and_by_name_in_all_languages(text: str, code: str) -> None:
    assert countries().find(text) == code


@pytest.mark.parametrize("text", ["", "SW", "EU", "ZZ", "European Union", "Contoso", "XA"])
def test_what_is_no_country_is_not_found(text: str) -> None:
    assert countries().find(text) is None


@pytest.mark.parametrize(
    ("country", "language"),
    [
        ("SE", "sv"),
        ("DE", "de"),
        ("AT", "de"),
        ("CH", "de"),
        ("FR", "fr"),
        ("ES", "es"),
        ("MX", "es"),
        ("JP", "ja"),
        ("GB", "en"),
        ("US", "en"),
        ("FI", None),
        (None, None),
    ],
)
def test_letters_are_written_in_the_language_of_the_country(
    country: str | None, language: str | None
) -> None:
    assert countries().language_of(country) == language


def test_the_weekend_is_that_of_the_country() -> None:
    assert countries().weekend_of("SE") == {5, 6}
    assert countries().weekend_of("SA") == {4, 5}
    assert countries().weekend_of("AE") == {5, 6}


def test_language_and_weekend_speak_of_codes_that_exist() -> None:
    found = countries()

    assert set(found._languages) <= found.codes
    assert set(found._weekends) <= found.codes
    assert set(found._spellings.values()) <= found.codes
