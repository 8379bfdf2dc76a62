"""The child that appends a document from outside to our cover page: pages alone, with what is filled in.

Annotations become part of the page; scripts, links, attachments and actions are left behind.
"""

import io
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, String

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
    form = document.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if any(_lacks_appearance(widget) for page in document.pages for widget in _widgets_of(page)):
            form.NeedAppearances = True
        document.generate_appearance_streams()
    document.flatten_annotations("print")


def _widgets_of(page: pikepdf.Page) -> list[pikepdf.Object]:
    listed = page.obj.get(Name.Annots)
    entries = list(listed.as_list()) if isinstance(listed, pikepdf.Array) else []
    return [one for one in entries if isinstance(one, Dictionary) and one.get(Name.Subtype) == Name.Widget]


def _lacks_appearance(widget: pikepdf.Object) -> bool:
    value = widget.get(Name.V)
    if not isinstance(value, String) or not str(value).strip():
        return False
    appearances = widget.get(Name.AP)
    normal = appearances.get(Name.N) if isinstance(appearances, Dictionary) else None
    return not isinstance(normal, pikepdf.Stream) or len(normal.read_raw_bytes()) < _EMPTY_APPEARANCE
