"""What the bytes of a document depend on besides its data: libraries, fonts and templates of a machine."""

import hashlib
from collections.abc import Mapping
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.libraries import check_libraries
from cpor_batch.documents.rendering import render_blank_form, template_fingerprint

_SHOWN: Final = 12
"""Digits of a fingerprint that are enough to see a difference."""
_PROBES: Final = ("en", "ja")
"""Between them they use every font."""


def describe_printing() -> Mapping[str, str]:
    """Return name -> version or fingerprint; two machines that agree in all make the same documents.

    The last ones are proofs: forms that were really printed, so that a difference which no version tells of,
    such as another release of a font, is noticed too.
    """
    report = check_libraries()
    facts = {"templates": template_fingerprint(Assets())[:_SHOWN]}
    if not report.can_print:
        return facts | {"Pango": "that cannot be loaded"}
    facts |= {
        "WeasyPrint": str(report.weasyprint),
        "Pango": str(report.pango),
        "libharfbuzz-subset": "found" if report.has_quick_subsetting else "absent",
        "fonts": ", ".join(sorted({family for families in report.fonts.values() for family in families})),
    }
    return facts | {f"a PoE form ({language}) printed as": _print(language) for language in _PROBES}


def _print(language: str) -> str:
    from cpor_batch.documents.printing import Printer

    assets = Assets()
    page = render_blank_form(language, assets, identifier_label="MPN ID")
    # A printer of its own: the one that everybody shares may be at work in another thread.
    pdf = Printer(assets).print_page(page, where=language, is_form=True).pdf
    return hashlib.sha256(pdf).hexdigest()[:_SHOWN]
