"""Words by language: gettext catalogues of templates/translations, dates by locale.

English is the text of the templates themselves; en.po is there to reword it. A language is supported when its
catalogue is present.
"""

import gettext
import io
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cpor_batch.assets import Assets
from cpor_batch.errors import TemplateError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

FOLDER: Final = "translations"
SOURCE_LANGUAGE: Final = "en"
_COMPLETE: Final = "sv"
"""Any language of ours but English: its catalogue holds every text."""


def supported_languages(assets: Assets) -> tuple[str, ...]:
    """Return the languages that documents can be written in, such as ("de", "en", "sv"), sorted."""
    names = (name.rsplit("/", maxsplit=1)[-1] for name in assets.list_templates(FOLDER))
    return tuple(
        sorted({SOURCE_LANGUAGE, *(name.removesuffix(".po") for name in names if name.endswith(".po"))})
    )


@lru_cache(maxsize=32)
def read_translations(assets: Assets, language: str) -> gettext.NullTranslations:
    """Return the catalogue of `language`; raises TemplateError where the file is none or holds an error.

    The texts are read from the .po file itself, so that rewording needs no other tool than an editor. A
    catalogue of the user's needs to hold no more than what differs, but one of a new language holds all.
    """
    from babel.messages.mofile import write_mo

    name = f"{FOLDER}/{language}.po"
    own = _read_catalogue(assets.read_template(name), language)
    builtin = Assets()
    if name in builtin.list_templates(FOLDER):
        catalogue = _read_catalogue(builtin.read_template(name), language)
        _overlay(catalogue, own)
    else:
        catalogue = own
        _require_complete(own, language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _read_catalogue(content: bytes, language: str) -> "Catalog":
    from babel.messages.pofile import PoFileError, read_po

    name = f"{FOLDER}/{language}.po"
    try:
        return read_po(io.BytesIO(content), locale=language, domain="messages", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as exc:
        raise TemplateError(
            f"this is no gettext catalogue: {exc}.", hint="Mend the file or take it away.", where=name
        ) from exc


def _overlay(catalogue: "Catalog", own: "Catalog") -> None:
    for message in own:
        if message.id and message.string and not message.fuzzy:
            catalogue.delete(message.id, context=message.context)
            catalogue.add(message.id, message.string, context=message.context)


def _require_complete(own: "Catalog", language: str) -> None:
    """Refuse a new language with gaps: a letter half in English is worse than one in English."""
    from babel.core import Locale, UnknownLocaleError

    name = f"{FOLDER}/{language}.po"
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError) as exc:
        raise TemplateError(
            f'"{language}" is no language.', hint="Name the file such as nl.po.", where=name
        ) from exc
    whole = _read_catalogue(Assets().read_template(f"{FOLDER}/{_COMPLETE}.po"), _COMPLETE)
    wanted = [(message.id, message.context) for message in whole if message.id]
    missing = [
        text
        for text, context in wanted
        if (found := own.get(text, context=context)) is None or not found.string or found.fuzzy
    ]
    if missing:
        raise TemplateError(
            f'{len(missing)} of {len(wanted)} texts are not translated, such as "{missing[0]}".',
            hint=f"A new language needs all texts: begin with a copy of translations/{_COMPLETE}.po.",
            where=name,
        )


def format_day(day: date, language: str, *, country: str | None = None) -> str:
    """Return the day as a letter writes it: "1 April 2021", "1. April 2021", "2021年4月1日".

    `country`, two letters, decides where its people write it otherwise: "April 1, 2021" in the US.
    """
    from babel.dates import format_date

    text = format_date(day, format="long", locale=_locale_of(language, country))
    # French counts the first day of a month as the first; the locale data does not.
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text


def _locale_of(language: str, country: str | None) -> str:
    from babel.localedata import exists

    if country and exists(f"{language}_{country}"):
        return f"{language}_{country}"
    # "en" alone is the American order, which the rest of the world stumbles over.
    return "en_GB" if language == SOURCE_LANGUAGE else language
