"""A page becomes a PDF. Needs WeasyPrint and so Pango: imported only where a PDF is made."""

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from cpor_batch.assets import Assets
from cpor_batch.documents.fetching import BASE_URL, AssetFetcher
from cpor_batch.documents.forms import finish_form
from cpor_batch.documents.rendering import STYLESHEET, render_page
from cpor_batch.documents.result import DocumentError, Printed
from cpor_batch.documents.time_limit import TooSlowError, time_limit
from cpor_batch.domain.document import DocumentKind, DocumentOrder

SECONDS: Final = 60
"""How long one document may take; a usual one takes a tenth of a second."""


_EMBEDDED: Final = re.compile(r"'?data:[^']*'?")
"""A data: URI, as long as the image that it holds."""


class Printer:
    """Prints documents one after another; fonts and stylesheet are read once."""

    def __init__(self, assets: Assets) -> None:
        """Read the stylesheet of `assets`."""
        self.assets = assets
        self.fetcher = AssetFetcher(assets)
        self.fonts = FontConfiguration()
        self.stylesheet = weasyprint.CSS(
            string=assets.read_template(STYLESHEET).decode(),
            base_url=BASE_URL + STYLESHEET,
            url_fetcher=self.fetcher,
            font_config=self.fonts,
        )

    def print_order(self, order: DocumentOrder) -> Printed:
        """Return the document; raises CporError where it cannot be made as it must be."""
        page = render_page(order, self.assets, stylesheet=None)
        return self.print_page(page, where=order.reference, is_form=order.kind is DocumentKind.POE)

    def print_page(self, page: str, *, where: str, is_form: bool) -> Printed:
        """Return the finished page as a PDF; a form is PDF/UA, all else PDF/A. Raises CporError as above."""
        try:
            with _complaints() as complaints, time_limit(SECONDS):
                made = self._set(page, is_form=is_form)
        except FatalURLFetchingError as exc:
            raise DocumentError(f"{exc}.", hint="Correct the template or the logo.", where=where) from exc
        except TooSlowError as exc:
            raise DocumentError(
                f"it was not done after {SECONDS} seconds.",
                hint="Simplify the template.",
                where=where,
            ) from exc
        if complaints:
            raise DocumentError(f"{complaints[0]}.", hint="Correct the template or the logo.", where=where)
        return made

    def _set(self, page: str, *, is_form: bool) -> Printed:
        # A form cannot be PDF/A: what is filled in later would change an archived document.
        variant = "pdf/ua-1" if is_form else "pdf/a-3a"
        printed = self._print(page, variant, is_form=is_form)
        if printed.missing_characters:
            # A box in place of a letter is no glyph of any font, which neither PDF/A nor PDF/UA allows.
            stand_ins = {ord(lost): _stand_in(lost) for lost in printed.missing_characters}
            again = self._print(page.translate(stand_ins), variant, is_form=is_form)
            return replace(again, missing_characters=printed.missing_characters)
        return printed

    def _print(self, page: str, variant: str, *, is_form: bool) -> Printed:
        source = weasyprint.HTML(string=page, base_url=BASE_URL, url_fetcher=self.fetcher)
        document = source.render(
            font_config=self.fonts,
            stylesheets=[self.stylesheet],
            pdf_variant=variant,
            pdf_forms=is_form,
        )
        with warnings.catch_warnings():
            # WeasyPrint 70 leaves the file of the colour profile to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            pdf = document.write_pdf(pdf_variant=variant, pdf_forms=is_form, custom_metadata=True)
        return Printed(
            pdf=finish_form(pdf) if is_form else pdf,
            pages=len(document.pages),
            missing_characters=_missing_in(document),
        )


def _stand_in(lost: str) -> str:
    """Return what is printed for a character without a glyph; what shows nothing is left out."""
    return "" if unicodedata.category(lost) in {"Cf", "Mn"} else "?"


@lru_cache(maxsize=1)
def open_printer(assets: Assets) -> Printer:
    """Return the one printer of this process."""
    return Printer(assets)


def _missing_in(document: Any) -> str:
    # Any: WeasyPrint has no type information. A font notes the code points that no font could show.
    missing = {codepoint for font in document.fonts.values() for codepoint in font.missing}
    return "".join(chr(codepoint) for codepoint in sorted(missing))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(
            _EMBEDDED.sub("an image in the page (the logo?)", record.getMessage())[:300].rstrip(".: ")
        )


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what WeasyPrint only logs, such as an image that cannot be decoded."""
    logger = logging.getLogger("weasyprint")
    collector = _Collector()
    logger.addHandler(collector)
    try:
        yield collector.messages
    finally:
        logger.removeHandler(collector)
