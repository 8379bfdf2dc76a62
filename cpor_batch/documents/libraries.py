"""Is everything here that PDFs need? For `doctor`, and before documents are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cpor_batch.errors import MissingLibraryError

PACKAGES: Final = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-open-sans",
    "fonts-morisawa-bizud-gothic",
)
"""Debian's names of what pip cannot install; the set-up installs the same."""
APT_COMMAND: Final = f"sudo apt-get install --no-install-recommends {' '.join(PACKAGES)}"

FAMILIES: Final = '"Open Sans", "BIZ UDPGothic", "Noto Sans", "Noto Sans CJK JP", "DejaVu Sans", sans-serif'
"""As in the stylesheet of the documents."""

SAMPLES: Final = {
    "en": "The quick brown fox “jumps” 0123456789 €·…",
    "sv": "ÅÄÖåäöé ”hej”",
    "de": "ÄÖÜäöüß „Straße“",
    "fr": "ÀÂÇÉÈÊËÎÏÔŒÙÛàâçéèêëîïôœùû «\xa0œuvre\xa0»",
    "es": "ÁÉÍÑÓÚÜáéíñóúü¿¡ «año»",
    "ja": "日本語の証明書、御中様・ー「」。年月日",
}
"""Language -> characters that its letters need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryReport:
    """What was found."""

    problem: str | None = None
    """Why no PDF can be made at all, or None."""
    pango: str | None = None
    """Pango's version."""
    weasyprint: str | None = None
    has_quick_subsetting: bool = False
    """Whether libharfbuzz-subset is there; without it every PDF takes about seven times as long."""
    fonts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Language -> the families that its letters are set in."""
    missing_characters: Mapping[str, str] = field(default_factory=dict)
    """Language -> the characters of it that no installed font has; absent where all are there."""
    command: str = APT_COMMAND
    """What to type on Debian to install everything."""

    @property
    def can_print(self) -> bool:
        """Whether PDFs can be made."""
        return self.problem is None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing, speed and fonts included."""
        return self.can_print and self.has_quick_subsetting and not self.missing_characters


def require_libraries() -> None:
    """Return when PDFs can be made; raises MissingLibraryError, with what to install, when not."""
    try:
        _import_weasyprint()
    except OSError as exc:
        raise MissingLibraryError(_problem_of(exc), hint=f"Install it with: {APT_COMMAND}") from exc


def check_libraries() -> LibraryReport:
    """Return what is there, by really setting a line in each language; never raises."""
    try:
        weasyprint = _import_weasyprint()
    except (OSError, ImportError) as exc:
        return LibraryReport(problem=_problem_of(exc))
    from weasyprint.text import ffi

    number = int(ffi.pango.pango_version())
    fonts, missing = {}, {}
    for language, sample in SAMPLES.items():
        fonts[language], absent = _families_for(weasyprint, language, sample)
        if absent:
            missing[language] = absent
    return LibraryReport(
        pango=f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        weasyprint=str(weasyprint.__version__),
        has_quick_subsetting=ffi.harfbuzz_subset is not None,
        fonts=fonts,
        missing_characters=missing,
    )


def _import_weasyprint() -> Any:
    # Any: WeasyPrint has no type information. It prints advice to stdout, which is ours, before it fails.
    import io
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()):
        import weasyprint
    return weasyprint


def _problem_of(exc: BaseException) -> str:
    library = str(exc).split(":", maxsplit=1)[0]
    return f"PDF documents need Pango, which cannot be loaded ({library})."


def _families_for(weasyprint: Any, language: str, sample: str) -> tuple[tuple[str, ...], str]:
    from cpor_batch.documents.fetching import BASE_URL

    page = f"<html lang={language} style='font-family: {FAMILIES}'><p>{sample}</p></html>"
    document = weasyprint.HTML(string=page, base_url=BASE_URL).render()
    document.write_pdf()
    found = {str(font.family) for font in document.fonts.values()}
    absent = {chr(code) for font in document.fonts.values() for code in font.missing}
    return tuple(sorted(found)), "".join(sorted(absent))
