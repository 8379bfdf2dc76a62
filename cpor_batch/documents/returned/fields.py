"""The form of a returned document: its text fields, and where signature and date belong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from cpor_batch.domain.evidence import DATE_FIELD, SIGNATURE_FIELD

MAX_FIELDS: Final = 2000
MAX_ANNOTATIONS: Final = 5000
_MAX_DEPTH: Final = 16
_MAX_CHARACTERS: Final = 10_000

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


@dataclass(slots=True)
class Form:
    """What the form says; grows while it is read."""

    texts: dict[str, str] = field(default_factory=dict)
    """Text and choice fields by name, blank ones too."""
    has_signature_field: bool = False
    has_digital_signature: bool = False
    typed_signature: str = ""
    places: dict[tuple[int, str], Box] = field(default_factory=dict)
    """(page counted from 1, field) -> where the signature and its date belong."""


def read_form(document: pikepdf.Pdf) -> Form:
    """Return the form of the document; an empty one where it has none."""
    form = Form()
    acro_form = document.Root.get(Name.AcroForm)
    if isinstance(acro_form, Dictionary) and isinstance(acro_form.get(Name.Fields), Array):
        for number, (name, kind, value) in enumerate(_walk(acro_form.Fields, "", None, None, 0, set())):
            if number >= MAX_FIELDS:
                break
            _add(form, name, kind, value)
    for number, page in enumerate(document.pages, 1):
        for annotation in annotations_of(page):
            if annotation.get(Name.Subtype) == Name.Widget:
                name, box = _name_of(annotation), box_of(annotation.get(Name.Rect))
                if box is not None and name in {SIGNATURE_FIELD, DATE_FIELD}:
                    form.places[number, name] = box
    return form


def annotations_of(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    """Yield the annotations of a page that are dictionaries, up to a limit."""
    listed = page.obj.get(Name.Annots)
    if isinstance(listed, Array):
        for number, annotation in enumerate(listed.as_list()):
            if number >= MAX_ANNOTATIONS:
                return
            if isinstance(annotation, Dictionary):
                yield annotation


def box_of(rectangle: object) -> Box | None:
    """Return the rectangle with its corners in order, or None where it is none."""
    try:
        numbers = [float(edge) for edge in rectangle]  # type: ignore[attr-defined]  # whatever stands there
        left, bottom, right, top = numbers
    except (TypeError, ValueError):
        return None
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _walk(
    fields: pikepdf.Object, parent: str, kind: Any, value: Any, depth: int, seen: set[tuple[int, int]]
) -> Iterator[tuple[str, Any, Any]]:
    # Any: in a broken form kind and value may be anything; both are inherited from the field above.
    if depth > _MAX_DEPTH:
        return
    for one in fields.as_list():
        if not isinstance(one, Dictionary) or (one.is_indirect and one.objgen in seen):
            continue
        seen.add(one.objgen)
        own = one.get(Name.T)
        name = ".".join(part for part in (parent, _text(own)) if part)
        inherited = (one.get(Name.FT, kind), one.get(Name.V, value))
        kids = one.get(Name.Kids)
        named = isinstance(kids, Array) and any(
            isinstance(kid, Dictionary) and Name.T in kid for kid in kids.as_list()
        )
        if named and isinstance(kids, Array):
            yield from _walk(kids, name, *inherited, depth + 1, seen)
        elif name:
            yield name, *inherited


def _add(form: Form, name: str, kind: Any, value: Any) -> None:  # Any: as above
    last = name.rpartition(".")[2]
    if kind == Name.Sig:
        form.has_signature_field = form.has_signature_field or last == SIGNATURE_FIELD
        form.has_digital_signature = form.has_digital_signature or isinstance(value, Dictionary)
        form.typed_signature = form.typed_signature or _text(value)
    elif kind in {Name.Tx, Name.Ch}:
        text = _text(value)
        if last == SIGNATURE_FIELD:
            form.has_signature_field = True
            form.typed_signature = form.typed_signature or text
        elif text or last not in form.texts:
            form.texts[last] = text


def _name_of(widget: pikepdf.Object) -> str:
    if Name.T in widget:
        return _text(widget.get(Name.T))
    parent = widget.get(Name.Parent)
    return _text(parent.get(Name.T)) if isinstance(parent, Dictionary) else ""


def _text(value: object) -> str:
    text = str(value)[:_MAX_CHARACTERS] if isinstance(value, String) else ""
    return text.replace("\0", "").strip()
