import io
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents.bundling import BundleOrder, write_bundle
from cpor_batch.documents.result import DocumentError
from cpor_batch.domain.limits import Limits
from tests.documents.orders import poe, text_of
from tests.documents.returned import papers


def bundled(attachment: Path, folder: Path, language: str = "en") -> bytes:
    order = BundleOrder(order=poe(language), attachment=attachment)
    return write_bundle(order, out=folder / "out", assets=Assets(), limits=Limits()).read_bytes()


def attach(folder: Path, content: bytes, name: str = "returned.pdf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_what_was_filled_in_stands_on_the_appended_page(tmp_path: Path) -> None:
    made = bundled(attach(tmp_path, papers.filled(papers.form())), tmp_path)

    text = text_of(made)
    assert "returned.pdf" in text
    assert papers.SIGNER in text
    assert "2021-03-15" in text


def test_scripts_links_and_attachments_are_left_behind(tmp_path: Path) -> None:
    made = bundled(attach(tmp_path, papers.HOSTILE["scripts and actions"]), tmp_path)

    with pikepdf.open(io.BytesIO(made)) as document:
        assert {"/OpenAction", "/AA", "/AcroForm", "/Names"}.isdisjoint(document.Root.keys())
        assert not any("/Annots" in page.obj or "/AA" in page.obj for page in document.pages)
    assert b"JavaScript" not in made


@pytest.mark.parametrize("name", ["scan.png", "sow.docx", "mail.msg"])
def test_what_is_no_pdf_is_named_on_the_cover_and_not_opened(name: str, tmp_path: Path) -> None:
    made = bundled(attach(tmp_path, b"\x00" * 3000, name), tmp_path)

    with pikepdf.open(io.BytesIO(made)) as document:
        assert len(document.pages) == 1
    assert name in text_of(made)
    assert "3 kB" in text_of(made)


@pytest.mark.parametrize("language", ["de", "es", "fr", "ja", "sv"])
def test_a_cover_speaks_the_customers_language(language: str, tmp_path: Path) -> None:
    made = bundled(attach(tmp_path, papers.form()), tmp_path, language)

    assert "Attached document" not in text_of(made)
    assert "CB-7K3M9Q2T" in text_of(made)


@pytest.mark.parametrize("name", papers.HOSTILE)
def test_a_hostile_attachment_is_bundled_or_fails_alone(name: str, tmp_path: Path) -> None:
    attachment = attach(tmp_path, papers.HOSTILE[name])

    with suppress(DocumentError):
        assert bundled(attachment, tmp_path).startswith(b"%PDF-")


def test_a_locked_attachment_fails_and_says_so(tmp_path: Path) -> None:
    attachment = attach(tmp_path, papers.locked(papers.form(), password="secret"))

    with pytest.raises(DocumentError, match="password"):
        bundled(attachment, tmp_path)
