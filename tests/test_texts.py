import re
from collections import Counter
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from cpor_batch.assets import Assets, builtin_folder
from cpor_batch.errors import TemplateError
from cpor_batch.texts import format_day, read_translations, supported_languages

FOLDERS: Final = ("documents", "emails")
TRANSLATED: Final = ("de", "es", "fr", "ja", "sv")
Message = tuple[str | None, str]


def messages_of_templates() -> set[Message]:
    found = extract_from_dir(
        builtin_folder("templates"),
        method_map=[(f"{folder}/**.j2", "jinja2.ext:babel_extract") for folder in FOLDERS],
        options_map={f"{folder}/**.j2": {"trimmed": "true", "silent": "false"} for folder in FOLDERS},
    )
    return {(context, str(text)) for _file, _line, text, _comments, context in found}


def catalogue_of(language: str) -> Catalog:
    return read_po(BytesIO(Assets().read_template(f"translations/{language}.po")), abort_invalid=True)


def marks_in(text: str) -> Counter[str]:
    return Counter(re.findall(r"%\(\w+\)s|<[^>]+>", text))


def test_the_six_languages_are_supported() -> None:
    assert supported_languages(Assets()) == ("de", "en", "es", "fr", "ja", "sv")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_translates_every_text_of_the_templates_and_nothing_else(language: str) -> None:
    catalogue = catalogue_of(language)

    translated = {
        (message.context, str(message.id)) for message in catalogue if message.id and message.string
    }
    assert translated == messages_of_templates()
    assert not any(message.fuzzy for message in catalogue if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_every_placeholder_and_every_mark(language: str) -> None:
    wrong = [
        message.id
        for message in catalogue_of(language)
        if message.id and marks_in(str(message.id)) != marks_in(str(message.string))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_not_the_english_text_left_standing(language: str) -> None:
    same = [
        str(message.id)
        for message in catalogue_of(language)
        if message.id == message.string and len(str(message.id)) > len("%(name)s<br>%(title)s")
    ]

    assert same == []


def test_english_is_the_text_of_the_templates() -> None:
    assert read_translations(Assets(), "en").gettext("What you can do") == "What you can do"


def test_a_catalogue_of_ones_own_rewords_a_text(tmp_path: Path) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "en.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Yours sincerely"\nmsgstr "Kind regards"\n'
    )

    translations = read_translations(Assets(templates_dir=tmp_path), "en")

    assert translations.gettext("Yours sincerely") == "Kind regards"


def own_catalogue(folder: Path, language: str, content: str) -> Assets:
    (folder / "translations").mkdir()
    (folder / "translations" / f"{language}.po").write_text(content, encoding="utf-8")
    return Assets(templates_dir=folder)


def test_a_catalogue_of_ones_own_holds_only_what_differs(tmp_path: Path) -> None:
    assets = own_catalogue(tmp_path, "sv", 'msgid "Yours sincerely"\nmsgstr "Hälsningar"\n')

    translations = read_translations(assets, "sv")

    assert translations.gettext("Yours sincerely") == "Hälsningar"
    assert translations.gettext("What you can do") == "Vad ni kan göra"


def test_a_new_language_is_supported_with_its_catalogue(tmp_path: Path) -> None:
    whole = (
        Assets().read_template("translations/sv.po").decode().replace("Vad ni kan göra", "Wat u kunt doen")
    )

    assets = own_catalogue(tmp_path, "nl", whole.replace("Language: sv", "Language: nl"))

    assert "nl" in supported_languages(assets)
    assert read_translations(assets, "nl").gettext("What you can do") == "Wat u kunt doen"
    assert format_day(date(2021, 4, 1), "nl") == "1 april 2021"


def test_a_new_language_with_gaps_is_refused(tmp_path: Path) -> None:
    assets = own_catalogue(tmp_path, "nl", 'msgid "What you can do"\nmsgstr "Wat u kunt doen"\n')

    with pytest.raises(TemplateError, match=r"translations/nl\.po: \d+ of \d+ texts are not translated"):
        read_translations(assets, "nl")


def test_a_language_that_is_none_is_refused(tmp_path: Path) -> None:
    assets = own_catalogue(tmp_path, "qq", 'msgid "What you can do"\nmsgstr "?"\n')

    with pytest.raises(TemplateError, match='"qq" is no language'):
        read_translations(assets, "qq")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"plain text", b'msgid "a"\nmsgid "b"'])
def test_a_file_that_is_no_catalogue_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "sv.po").write_bytes(content)

    with pytest.raises(TemplateError, match=r"translations/sv\.po: "):
        read_translations(Assets(templates_dir=tmp_path), "sv")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1 April 2021"),
        ("sv", "1 april 2021"),
        ("de", "1. April 2021"),
        ("fr", "1er avril 2021"),
        ("es", "1 de abril de 2021"),
        ("ja", "2021年4月1日"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(language: str, expected: str) -> None:
    assert format_day(date(2021, 4, 1), language) == expected


def test_french_counts_only_the_first_day_as_the_first() -> None:
    assert format_day(date(2021, 4, 11), "fr") == "11 avril 2021"
    assert format_day(date(2021, 4, 21), "fr") == "21 avril 2021"


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "US", "January 1, 2021"),
        ("en", "GB", "1 January 2021"),
        ("en", "SE", "1 January 2021"),
        ("en", "NO", "1 January 2021"),
        ("en", None, "1 January 2021"),
        ("de", "AT", "1. Jänner 2021"),
        ("de", "US", "1. Januar 2021"),
        ("fr", "CA", "1er janvier 2021"),
        ("es", "MX", "1 de enero de 2021"),
        ("es", "US", "1 de enero de 2021"),
    ],
)
def test_a_day_is_written_as_the_country_writes_it(language: str, country: str | None, expected: str) -> None:
    assert format_day(date(2021, 1, 1), language, country=country) == expected
