import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from cpor_batch.documents.returned import EvidenceReader
from cpor_batch.domain.evidence import Change, Evidence, SignatureKind, Unreadable
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.limits import MEBIBYTE, Limits
from tests.documents.returned import papers


@pytest.fixture(scope="module")
def reader() -> Iterator[EvidenceReader]:
    with EvidenceReader(Limits(seconds=20)) as opened:
        yield opened


def look(reader: EvidenceReader, content: bytes, folder: Path) -> Evidence | Unreadable:
    path = folder / "returned.pdf"
    path.write_bytes(content)
    return reader.read(path)


def seen(reader: EvidenceReader, content: bytes, folder: Path) -> Evidence:
    found = look(reader, content, folder)
    assert isinstance(found, Evidence), found
    return found


def refused(reader: EvidenceReader, content: bytes, folder: Path) -> Unreadable:
    found = look(reader, content, folder)
    assert isinstance(found, Unreadable), found
    return found


def test_an_unsigned_form_tells_its_claim_and_that_nothing_is_filled_in(
    reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.form(), tmp_path)

    assert found.property_reference == "CB-7K3M9Q2T"
    assert found.language == "en"
    assert "Exchange Online" in found.text
    assert found.fields == {"customer_date": "", "customer_name": "", "customer_title": ""}
    assert found.has_signature_field
    assert found.signatures == ()


def test_what_is_filled_in_is_read(reader: EvidenceReader, tmp_path: Path) -> None:
    found = seen(reader, papers.filled(papers.form()), tmp_path)

    assert found.fields == papers.FILLED
    assert found.signed_on == date(2021, 3, 15)


@pytest.mark.parametrize(
    ("mark", "what"),
    [("/Ink", "ink"), ("/Stamp", "a stamp"), ("/Polygon", "a drawing"), ("/FreeText", "a text box")],
)
def test_a_mark_in_the_place_of_the_signature_is_a_signature_by_hand(
    mark: str, what: str, reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.filled(papers.form(), mark=mark), tmp_path)

    assert [(one.kind, one.field, one.page, one.what) for one in found.signatures] == [
        (SignatureKind.BY_HAND, "customer_signature", 1, what)
    ]


def test_a_picture_in_the_place_of_the_signature_is_a_signature_by_hand(
    reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.stamped(papers.form()), tmp_path)

    assert [(one.field, one.what) for one in found.signatures] == [("customer_signature", "a picture")]


@pytest.mark.parametrize("whole_page", [False, True])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_ink_drawn_into_the_page_over_the_place_of_the_signature_is_a_signature_by_hand(
    language: str, whole_page: bool, reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.inked(papers.blank_form(language), whole_page=whole_page), tmp_path)

    assert [(one.field, one.what) for one in found.signatures] == [("customer_signature", "a drawing")]


def test_a_mark_elsewhere_is_no_signature(reader: EvidenceReader, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(papers.filled(papers.form()))) as document:
        for annotation in document.pages[0].obj.Annots:
            if annotation.Subtype == pikepdf.Name.Ink:
                annotation.Rect = pikepdf.Array([10, 10, 60, 40])
        content = papers.saved(document)

    assert seen(reader, content, tmp_path).signatures == ()


def test_a_digital_signature_tells_who_when_and_that_all_is_covered(
    reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.signed(papers.filled(papers.form(), mark=None), tmp_path), tmp_path)

    (signature,) = found.digital
    assert signature.is_good
    assert signature.signer == papers.SIGNER
    assert signature.signed_on is not None
    assert (signature.is_intact, signature.covers_document) == (True, True)
    assert signature.changed_after is Change.NOTHING


def test_a_flipped_byte_breaks_a_digital_signature(reader: EvidenceReader, tmp_path: Path) -> None:
    content = papers.signed(papers.filled(papers.form(), mark=None), tmp_path)
    broken = content.replace(b"(CIO)", b"(CTO)", 1)
    assert broken != content

    (signature,) = seen(reader, broken, tmp_path).digital

    assert not signature.is_good
    assert signature.is_intact is False


def test_what_is_added_after_a_digital_signature_is_seen(reader: EvidenceReader, tmp_path: Path) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    content = papers.signed(papers.filled(papers.form(), mark=None), tmp_path)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    edges = [generic.NumberObject(edge) for edge in (0, 0, 99, 99)]  # type: ignore[no-untyped-call]
    page["/MediaBox"] = generic.ArrayObject(edges)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]

    (signature,) = seen(reader, out.getvalue(), tmp_path).digital

    assert not signature.is_good
    assert (signature.is_intact, signature.changed_after) == (True, Change.CONTENT)


def test_a_document_with_a_password_is_known_to_have_one(reader: EvidenceReader, tmp_path: Path) -> None:
    found = seen(reader, papers.locked(papers.form(), password="secret"), tmp_path)

    assert found.is_encrypted
    assert found.text == ""


def test_a_document_that_anybody_may_open_is_read_though_it_is_encrypted(
    reader: EvidenceReader, tmp_path: Path
) -> None:
    found = seen(reader, papers.locked(papers.form(), password=""), tmp_path)

    assert "Exchange Online" in found.text


def test_a_scan_is_known_as_pictures(reader: EvidenceReader, tmp_path: Path) -> None:
    found = seen(reader, papers.scanned(2), tmp_path)

    assert found.picture_pages == (1, 2)
    assert found.text.strip() == ""


def test_dates_and_names_behind_their_words_are_found_in_plain_text(
    reader: EvidenceReader, tmp_path: Path
) -> None:
    content = papers.written("Date: 2021-02-18", "Prepared on 2019-01-01", "Signed: Casey Customer, CIO")

    found = seen(reader, content, tmp_path)

    assert found.labelled_dates == (date(2021, 2, 18),)
    assert found.typed_signature == "Signed: Casey Customer, CIO"


def test_a_file_that_is_cut_off_is_refused(reader: EvidenceReader, tmp_path: Path) -> None:
    whole = papers.form()

    for share in (0.2, 0.5, 0.9, 0.99):
        found = refused(reader, whole[: int(len(whole) * share)], tmp_path)
        assert found.code is IssueCode.FILE_CORRUPT, share


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", papers.form()[9:2000]])
def test_what_is_no_pdf_is_refused(content: bytes, reader: EvidenceReader, tmp_path: Path) -> None:
    assert refused(reader, content, tmp_path).code is IssueCode.FILE_TYPE


def test_a_missing_file_and_a_folder_are_refused(reader: EvidenceReader, tmp_path: Path) -> None:
    missing, folder = reader.read(tmp_path / "nothing.pdf"), reader.read(tmp_path)

    assert isinstance(missing, Unreadable)
    assert isinstance(folder, Unreadable)
    assert (missing.code, folder.code) == (IssueCode.FILE_NOT_FOUND, IssueCode.FILE_TYPE)


def test_a_file_above_the_limit_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(papers.form())

    with EvidenceReader(Limits(file_bytes=1000)) as reader:
        found = reader.read(path)

    assert isinstance(found, Unreadable)
    assert found.code is IssueCode.FILE_TOO_LARGE


@pytest.mark.parametrize("name", papers.HOSTILE)
def test_a_hostile_document_is_refused_or_shows_nothing_good(
    name: str, reader: EvidenceReader, tmp_path: Path
) -> None:
    found = look(reader, papers.HOSTILE[name], tmp_path)

    if isinstance(found, Unreadable):
        assert found.code in {IssueCode.FILE_CORRUPT, IssueCode.FILE_TOO_LARGE}
        assert found.hint
    else:
        assert not any(one.is_good for one in found.signatures)
        assert found.property_reference is None


def test_very_many_objects_are_borne(reader: EvidenceReader, tmp_path: Path) -> None:
    assert seen(reader, papers.crowd(100_000), tmp_path).pages == 1


def test_a_page_that_is_huge_in_memory_is_not_read(reader: EvidenceReader, tmp_path: Path) -> None:
    assert seen(reader, papers.bomb(400), tmp_path).unread_pages == (1,)


def test_a_document_that_kills_its_reader_leaves_the_next_one_alone(tmp_path: Path) -> None:
    bomb, good = tmp_path / "bomb.pdf", tmp_path / "good.pdf"
    bomb.write_bytes(papers.bomb(400, is_form=True))
    good.write_bytes(papers.form())

    with EvidenceReader(replace(Limits(), child_bytes=700 * MEBIBYTE, seconds=5)) as reader:
        first, second = reader.read(bomb), reader.read(good)

    assert isinstance(first, Unreadable)
    assert first.code in {IssueCode.FILE_TOO_LARGE, IssueCode.FILE_CORRUPT}
    assert isinstance(second, Evidence)


def test_the_same_content_is_looked_at_once(reader: EvidenceReader, tmp_path: Path) -> None:
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    one.write_bytes(papers.form())
    other.write_bytes(papers.form())

    assert reader.read(one) is reader.read(other)
