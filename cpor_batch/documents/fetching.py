"""What a page may fetch: files of the templates folders, and nothing else. Needs WeasyPrint."""

from typing import Final, NoReturn
from urllib.parse import unquote, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from cpor_batch.assets import Assets
from cpor_batch.documents.sources import find_source
from cpor_batch.errors import CporError

HOST: Final = "templates.invalid"
BASE_URL: Final = f"https://{HOST}/"
"""Relative addresses in templates lead here. No such host can exist (RFC 2606); no socket is ever opened."""

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no type information
    """Serves data: URIs and files of the templates folders; everything else stops the document.

    WeasyPrint goes on without what it cannot fetch and would print an incomplete letter; only its fatal error
    is heard.
    """

    def __init__(self, assets: Assets) -> None:
        """Serve the templates of `assets`."""
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self.assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the file; raises FatalURLFetchingError for whatever is not ours."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        if parts.scheme != "https" or parts.netloc != HOST:
            _refuse(url, "a document may use nothing but files of the templates folder")
        name = unquote(parts.path).lstrip("/")
        suffix = name[name.rfind(".") :].lower() if "." in name else ""
        if suffix not in _MEDIA_TYPES:
            _refuse(name, "a document may use images, fonts and stylesheets only")
        try:
            body = find_source(self.assets, name).read_bytes()
        except (CporError, OSError, ValueError) as exc:
            _refuse(name, "there is no such file in the templates folder", exc)
        return URLFetcherResponse(url, body, {"Content-Type": _MEDIA_TYPES[suffix]})


def _refuse(what: str, why: str, cause: Exception | None = None) -> NoReturn:
    raise FatalURLFetchingError(f"{what[:200]}: {why}") from cause
