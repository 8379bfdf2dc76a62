from pathlib import Path

import pytest
from weasyprint.urls import FatalURLFetchingError

from cpor_batch.assets import Assets
from cpor_batch.documents.fetching import BASE_URL, AssetFetcher
from cpor_batch.documents.printing import open_printer
from cpor_batch.documents.result import DocumentError
from tests.documents.orders import BRAND, letter, print_pdf, text_of
from tests.documents.test_rendering import overridden

PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "http://127.0.0.1:9/logo.png",
        "https://example.com/logo.png",
        "ftp://example.com/logo.png",
        "//example.com/logo.png",
        "https://templates.invalid@example.com/logo.png",
        "https://templates.invalid:8443/logo.png",
        "http://templates.invalid/documents/documents.css",
        f"{BASE_URL}../../../etc/passwd",
        f"{BASE_URL}%2e%2e/%2e%2e/pyproject.css",
        f"{BASE_URL}documents/letter.html.j2",
        f"{BASE_URL}/etc/logo.png",
        f"{BASE_URL}documents/none.png",
        "javascript:alert(1)",
        "gopher://example.com/",
        "",
    ],
)
def test_whatever_is_not_a_template_asset_is_refused(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        AssetFetcher(Assets()).fetch(url)


def test_a_file_of_the_templates_folder_is_served() -> None:
    response = AssetFetcher(Assets()).fetch(f"{BASE_URL}documents/documents.css")

    assert b"@page" in response.read()
    assert response.content_type == "text/css"


def test_a_link_out_of_the_templates_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(b"\x89PNG")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "logo.png").symlink_to(tmp_path / "outside.png")

    with pytest.raises(FatalURLFetchingError):
        AssetFetcher(Assets(templates_dir=folder)).fetch(f"{BASE_URL}logo.png")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<style>@import "http://127.0.0.1:9/x.css";</style>',
        "<style>body { background: url(file:///etc/passwd) }</style>",
        "<style>@font-face { font-family: X; src: url(file:///etc/passwd) } p { font-family: X }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<base href="file:///etc/"><img src="passwd">',
        '<img src="documents/missing.png">',
        '<img src="data:image/png;base64,bm8gaW1hZ2U=">',
    ],
)
def test_a_template_that_asks_for_more_fails_the_document(markup: str, tmp_path: Path) -> None:
    assets = overridden(
        tmp_path, f"<html lang=en><body><p>Text {{{{ customer.name }}}}</p>{markup}</body></html>"
    )

    with pytest.raises(DocumentError, match="CB-7K3M9Q2T"):
        open_printer(assets).print_order(letter())


def test_an_svg_logo_cannot_pull_in_other_files(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        '<image href="file:///etc/passwd" width="9" height="9"/></svg>'
    )
    order = letter(partner=type(BRAND)(mpn_id="1", name="Fabrikam", logo=str(logo)))

    with pytest.raises(DocumentError):
        print_pdf(order)


def test_an_image_beside_the_templates_can_be_used(tmp_path: Path) -> None:
    assets = overridden(
        tmp_path, '<html lang="en"><body><img src="documents/seal.svg" alt="Seal"><p>Text</p></body></html>'
    )
    (tmp_path / "documents" / "seal.svg").write_text(PIXEL)

    pdf = print_pdf(letter(), assets)

    assert text_of(pdf) == "Text"
