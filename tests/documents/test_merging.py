from pathlib import Path

import pikepdf
import pytest

from cpor_batch.documents import merge_documents
from cpor_batch.errors import OutputError
from tests.documents.orders import claim, letter, poe, print_pdf, subscription_lines, text_of


@pytest.fixture
def documents(tmp_path: Path) -> tuple[Path, ...]:
    long = claim(lines=subscription_lines(40))
    made = {
        "CB-11111111-a.pdf": print_pdf(letter(of=long)),
        "CB-22222222-b.pdf": print_pdf(poe()),
        "CB-33333333-c.pdf": print_pdf(letter("sv")),
    }
    for name, pdf in made.items():
        (tmp_path / name).write_bytes(pdf)
    return tuple(tmp_path / name for name in made)


def first_page_of(entry: pikepdf.OutlineItem, merged: pikepdf.Pdf) -> int:
    assert isinstance(entry.destination, pikepdf.Array)
    return merged.pages.index(pikepdf.Page(entry.destination[0]))


def test_a_print_file_holds_every_page_in_order_with_an_outline(
    documents: tuple[Path, ...], tmp_path: Path
) -> None:
    pages = merge_documents(documents, tmp_path / "print.pdf")

    with pikepdf.open(tmp_path / "print.pdf") as merged, merged.open_outline() as outline:
        assert pages == len(merged.pages) == 4
        assert [entry.title[:11] for entry in outline.root] == ["CB-11111111", "CB-22222222", "CB-33333333"]
        assert [first_page_of(entry, merged) for entry in outline.root] == [0, 2, 3]
    text = text_of((tmp_path / "print.pdf").read_bytes())
    assert text.index("Dear") < text.index("Proof of Execution") < text.index("Hej")


def test_the_same_documents_give_the_same_print_file(documents: tuple[Path, ...], tmp_path: Path) -> None:
    merge_documents(documents, tmp_path / "one.pdf")
    merge_documents(documents, tmp_path / "two.pdf")

    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"no pdf"])
def test_a_document_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    if content is not None:
        broken.write_bytes(content)

    with pytest.raises(OutputError, match=r"broken\.pdf"):
        merge_documents([broken], tmp_path / "print.pdf")

    assert not (tmp_path / "print.pdf").exists()
