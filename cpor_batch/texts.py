"""Words by language: gettext catalogues of templates/translations, dates by locale.

English is the text of the templates themselves; en.po is there to reword it. A language is supported when its
catalogue is present.
"""

import gettext
import io
from datetime import date
from functools import lru_cache
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.errors import TemplateError

FOLDER: Final = "translations"
SOURCE_LANGUAGE: Final = "en"


def supported_languages(assets: Assets) -> tuple[str, ...]:
    """Return the languages that documents can be written in, such as ("de", "en", "sv"), sorted."""
    names = (name.rsplit("/", maxsplit=1)[-1] for name in assets.list_templates(FOLDER))
    return tuple(
        sorted({SOURCE_LANGUAGE, *(name.removesuffix(".po") for name in names if name.endswith(".po"))})
    )


@lru_cache(maxsize=32)
def read_translations(assets: Assets, language: str) -> gettext.NullTranslations:
    """Return the catalogue of `language`; raises TemplateError where the file is none or holds an error.

    The texts are read from the .po file itself, so that rewording needs no other tool than an editor.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    name = f"{FOLDER}/{language}.po"
    try:
        catalogue = read_po(
            io.BytesIO(assets.read_template(name)), locale=language, domain="messages", abort_invalid=True
        )
    except (PoFileError, UnicodeDecodeError, ValueError) as exc:
        raise TemplateError(
            f"this is no gettext catalogue: {exc}.", hint="Mend the file or take it away.", where=name
        ) from exc
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def format_day(day: date, language: str) -> str:
    """Return the day as a letter writes it: "1 April 2021", "1. April 2021", "2021年4月1日"."""
    from babel.dates import format_date

    # "en" alone is the American order, which the rest of the world stumbles over.
    text = format_date(day, format="long", locale="en_GB" if language == SOURCE_LANGUAGE else language)
    # French counts the first day of a month as the first; the locale data does not.
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text
