"""An order becomes HTML: the page before it is set. Needs jinja2 and segno, not WeasyPrint."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.branding import accent_of, read_logo
from cpor_batch.documents.content import content_of, fingerprint_of
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.texts import FOLDER as TRANSLATIONS

FOLDER: Final = "documents"
STYLESHEET: Final = f"{FOLDER}/documents.css"
LETTER_PAPER: Final = frozenset({"US", "PR", "CA", "MX"})
"""Countries that print on US Letter; all others on A4."""

_TICK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">'
    '<rect x=".6" y=".6" width="10.8" height="10.8" fill="none" stroke="#1d2328" stroke-width="1"/>'
    '<path d="M2.8 6.2 5 8.6 9.3 3.3" fill="none" stroke="#1d2328" stroke-width="1.5"/></svg>'
)


@lru_cache(maxsize=8)
def template_fingerprint(assets: Assets) -> str:
    """Return the SHA-256 (hex) of all templates, stylesheets and catalogues that documents are made from."""
    digest = hashlib.sha256()
    for name in sorted({*assets.list_templates(FOLDER), *assets.list_templates(TRANSLATIONS)}):
        content = assets.read_template(name)
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def render_html(order: DocumentOrder, assets: Assets) -> str:
    """Return the document as one HTML page that needs no other file.

    Raises TemplateError for a mistake in a template and ConfigurationError for a logo or colour that is none.
    """
    return render_page(order, assets, stylesheet=assets.read_template(STYLESHEET).decode())


def render_page(order: DocumentOrder, assets: Assets, *, stylesheet: str | None) -> str:
    """Return the page, with the stylesheet in it or, where that is None, to be set with one given apart."""
    values = _values_of(order, assets)
    if order.kind is DocumentKind.POE:
        values |= {"code": _code_of(order.reference), "tick": _image(_TICK.encode())}
    return _render(order.kind.value, values, assets, stylesheet=stylesheet)


def render_cover(
    order: DocumentOrder, attachment: Mapping[str, object], assets: Assets, *, signed_on: date | None
) -> str:
    """Return the page before a claim's own PoE document; `attachment` has name, size, pages and sha256."""
    values = _values_of(order, assets)
    values |= {"code": _code_of(order.reference), "attachment": attachment, "signed_on": signed_on}
    return _render("cover", values, assets, stylesheet=None)


def render_blank_form(language: str, assets: Assets, *, identifier_label: str) -> str:
    """Return the page of a PoE form that belongs to no claim yet."""
    values: dict[str, object] = {
        "kind": DocumentKind.POE.value,
        "language": language,
        "identifier_label": identifier_label,
        "reference": "",
        "dated_on": None,
        "fingerprint": template_fingerprint(assets),
        "partner": {"name": "", "footer": ""},
        "has_public_sector_disclosure": True,
        "paper": "a4",
        "accent": accent_of(None),
        "logo": None,
    }
    return _render("poe-form", values, assets, stylesheet=None)


def _values_of(order: DocumentOrder, assets: Assets) -> dict[str, object]:
    return {
        **content_of(order),
        "dated_on": order.dated_on,
        "fingerprint": fingerprint_of(order, template_fingerprint=template_fingerprint(assets)),
        "country": order.claim.customer_country,
        "paper": "us-letter" if order.claim.customer_country in LETTER_PAPER else "a4",
        "accent": accent_of(order.partner.colour),
        "logo": read_logo(order.partner.logo),
    }


def _render(name: str, values: dict[str, object], assets: Assets, *, stylesheet: str | None) -> str:
    from markupsafe import Markup

    from cpor_batch.documents.environment import open_environment, render_template

    values |= {
        # Our own stylesheet and empty elements: the only values that are not escaped.
        "stylesheet": None if stylesheet is None else Markup(stylesheet),  # noqa: S704
        "page_number": Markup('<span class="page-number"></span>'),
        "page_count": Markup('<span class="page-count"></span>'),
    }
    country = values.get("country")
    environment = open_environment(assets, str(values["language"]), str(country) if country else None)
    return render_template(environment, f"{FOLDER}/{name}.html.j2", values)


def _code_of(reference: str) -> str:
    """Return a QR code of the reference as a data: URI; error correction Q survives a bad scan or a stamp."""
    import io

    import segno

    image = io.BytesIO()
    segno.make(reference, error="q", micro=False).save(image, kind="svg", border=0, xmldecl=False, nl=False)
    return _image(image.getvalue())


def _image(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
