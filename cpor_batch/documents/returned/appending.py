"""The child that appends a document from outside to our cover page: pages alone, with what is filled in.

Annotations become part of the page; scripts, links, attachments and actions are left behind.
"""

import io
import textwrap
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from cpor_batch.documents.returned.fields import Box, annotations_of, box_of
from cpor_batch.documents.returned.opening import BUNDLE, use_document
from cpor_batch.domain.evidence import Unreadable
from cpor_batch.domain.ids import parse_claim_reference
from cpor_batch.isolation import Channel

_LEFT_BEHIND = (
    "/Annots",
    "/AA",
    "/StructParents",
    "/Tabs",
    "/Thumb",
    "/B",
    "/PieceInfo",
    "/Metadata",
    "/Trans",
)
_EMPTY_APPEARANCE = 40
"""An appearance with fewer bytes than this shows nothing."""
_FONT_SIZE, _LEADING, _HIGH = 10, 12, 50
"""Points; a field that is higher holds several lines."""
_MEAN_WIDTH = 0.52
"""Of a letter of Helvetica, in font sizes."""


def append(channel: Channel, path: str, reference: str) -> None:
    """Send the document's number of pages or Unreadable; take the cover, send the bundle."""
    content = Path(path).read_bytes()
    counted = use_document(content, lambda document: len(document.pages))
    channel.send(counted)
    if isinstance(counted, Unreadable):
        return
    cover = channel.receive()
    if isinstance(cover, bytes):
        channel.send(
            use_document(content, lambda document: _bundle(cover, document, Path(path).name, reference))
        )


def _bundle(cover: bytes, document: pikepdf.Pdf, name: str, reference: str) -> bytes:
    _flatten(document)
    with pikepdf.new() as bundle, pikepdf.open(io.BytesIO(cover)) as front:
        title = str(front.docinfo.get("/Title", reference))
        for part in (front, document):
            for page in part.pages:
                for key in _LEFT_BEHIND:
                    if key in page.obj:
                        del page.obj[Name(key)]
            bundle.pages.extend(part.pages)
        with bundle.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(f"{reference}  {title}", 0))
            outline.root.append(pikepdf.OutlineItem(name, len(front.pages)))
        bundle.Root.PageMode = Name.UseOutlines
        bundle.docinfo["/Title"] = String(title)
        bundle.docinfo["/cporbatchclaim"] = String(parse_claim_reference(reference) or "")
        bundle.docinfo[BUNDLE] = String("1")
        bundle.remove_unreferenced_resources()
        made = io.BytesIO()
        bundle.save(made, deterministic_id=True)
    return made.getvalue()


def _flatten(document: pikepdf.Pdf) -> None:
    """Make what stands in fields and on annotations part of the pages."""
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    resources = document.make_indirect(Dictionary(Font=Dictionary(Helv=font)))
    for page in document.pages:
        for annotation in annotations_of(page):
            box = box_of(annotation.get(Name.Rect))
            if box is not None and _lacks_appearance(annotation):
                drawn = document.make_stream(
                    _draw(str(annotation.V), box), Type=Name.XObject, Subtype=Name.Form
                )
                drawn.BBox, drawn.Resources = Array([0, 0, box[2] - box[0], box[3] - box[1]]), resources
                annotation.AP = Dictionary(N=drawn)
    document.flatten_annotations("print")


def _lacks_appearance(annotation: pikepdf.Object) -> bool:
    """Whether it is a field whose text no program has drawn: some leave that to whoever shows the page."""
    value = annotation.get(Name.V)
    if not isinstance(value, String) or not str(value).strip():
        return False
    appearances = annotation.get(Name.AP)
    normal = appearances.get(Name.N) if isinstance(appearances, Dictionary) else None
    return not isinstance(normal, Stream) or len(normal.read_raw_bytes()) < _EMPTY_APPEARANCE


def _draw(text: str, box: Box) -> bytes:
    """Return the content that shows the text in Helvetica; what WinAnsi does not have becomes "?"."""
    width, height = box[2] - box[0], box[3] - box[1]
    columns = max(4, int((width - 4) / (_FONT_SIZE * _MEAN_WIDTH)))
    lines = [part for line in text.splitlines() for part in (textwrap.wrap(line, columns) or [""])]
    first = height - _LEADING if len(lines) > 1 or height > _HIGH else (height - _FONT_SIZE) / 2 + 2
    shown = b" T* ".join(String(line.encode("cp1252", "replace")).unparse() + b" Tj" for line in lines)
    return (
        b"/Tx BMC q BT /Helv %d Tf 0 g %d TL 2 %.2f Td " % (_FONT_SIZE, _LEADING, first)
        + shown
        + b" ET Q EMC"
    )
