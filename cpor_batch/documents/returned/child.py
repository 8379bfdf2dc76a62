"""The child that looks at PDFs: takes a path, sends Evidence or Unreadable, and waits for the next one.

Nothing in a PDF is executed and no link is followed: only its objects are read.
"""

import hashlib
from pathlib import Path

import pikepdf

from cpor_batch.documents.returned.codes import read_codes
from cpor_batch.documents.returned.fields import read_form
from cpor_batch.documents.returned.layout import read_layout
from cpor_batch.documents.returned.marks import find_marks, has_picture
from cpor_batch.documents.returned.opening import use_document
from cpor_batch.documents.returned.printed import read_text
from cpor_batch.documents.returned.printed_fields import find_printed_fields, language_of_labels
from cpor_batch.documents.returned.signatures import read_signatures
from cpor_batch.domain.evidence import SIGNING_FIELDS, Evidence, Unreadable
from cpor_batch.domain.ids import ClaimReference, parse_claim_reference
from cpor_batch.domain.issue import IssueCode
from cpor_batch.isolation import Channel

_ALMOST_NOTHING = 10
"""A page with fewer characters than this, such as a page number, has no text of its own."""


def look(channel: Channel) -> None:
    """Answer every path that the parent sends."""
    while True:
        path = channel.receive()
        channel.send(look_at(Path(str(path)).read_bytes()))


def look_at(content: bytes) -> Evidence | Unreadable:
    """Return what the PDF shows, or why it is none."""
    seen = use_document(content, lambda document: _evidence_of(document, content))
    if isinstance(seen, Unreadable) and seen.code is IssueCode.FILE_ENCRYPTED:
        return Evidence(sha256=seen.sha256, size=len(content), pages=0, is_encrypted=True)
    return seen


def _evidence_of(document: pikepdf.Pdf, content: bytes) -> Evidence:
    form = read_form(document)
    marks = find_marks(document, form)
    pictures = [has_picture(page) for page in document.pages]
    language = document.Root.get("/Lang")
    reference = _reference_of(document)
    codes = read_codes(document) if any(pictures) else ()
    signed = read_signatures(content) if form.has_digital_signature else ()
    texts, unread = read_text(document)
    scans = tuple(
        number
        for number, (text, is_pictured) in enumerate(zip(texts, pictures, strict=True), 1)
        if is_pictured and len(text.strip()) < _ALMOST_NOTHING
    )
    has_lost_fields = not form.has_signature_field and SIGNING_FIELDS.isdisjoint(form.texts)
    printed, spoken = _read_printed(document, texts) if has_lost_fields else ({}, None)
    return Evidence(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=len(texts),
        text="\n".join(texts),
        picture_pages=scans,
        unread_pages=unread,
        has_pictures=any(pictures),
        language=str(language)[:2].lower() if isinstance(language, pikepdf.String) else spoken,
        property_reference=reference,
        code_references=codes,
        fields=form.texts,
        printed_fields=printed,
        has_signature_field=form.has_signature_field,
        signatures=(*signed, *marks),
        typed_signature=form.typed_signature,
    )


def _read_printed(document: pikepdf.Pdf, texts: tuple[str, ...]) -> tuple[dict[str, str], str | None]:
    """Return what stands at the labels of the signing, by field, and the language of the labels."""
    for index, text in enumerate(texts):
        language = language_of_labels(text)
        if language is not None:
            labelled = dict.fromkeys(SIGNING_FIELDS, "")
            return labelled | find_printed_fields(read_layout(document, index), language), language
    return {}, None


def _reference_of(document: pikepdf.Pdf) -> ClaimReference | None:
    value = document.docinfo.get("/cporbatchclaim")
    return parse_claim_reference(str(value)) if isinstance(value, pikepdf.String) else None
