"""Marks made by hand: ink, stamps and pictures that lie where signature and date belong."""

from collections.abc import Iterator, Mapping
from typing import Final

import pikepdf
from pikepdf import Dictionary, Matrix, Name, Stream

from cpor_batch.documents.returned.fields import Box, Form, annotations_of, box_of
from cpor_batch.domain.evidence import Signature, SignatureKind

_ANNOTATIONS: Final = {
    "/Ink": "ink",
    "/Stamp": "a stamp",
    "/FreeText": "a text box",
    **dict.fromkeys(("/Line", "/PolyLine", "/Polygon", "/Square", "/Circle"), "a drawing"),
}
_MIN_SHARE: Final = 0.1
"""How much of the smaller one of mark and field must lie in the other."""
_MAX_SHARE_OF_PAGE: Final = 0.25
"""What is larger is a watermark, a background or a whole scan, and no signature."""
_MAX_STEPS: Final = 200_000
"""Drawing operations of a page that are looked at."""
_MAX_DEPTH: Final = 16


def find_marks(document: pikepdf.Pdf, form: Form) -> tuple[Signature, ...]:
    """Return a signature by hand for each field of signature and date on which something lies."""
    found = []
    for (number, name), place in form.places.items():
        page = document.pages[number - 1]
        what = next((what for what, box in _marks_on(page) if _lies_on(box, place, page)), None)
        if what is not None:
            found.append(Signature(kind=SignatureKind.BY_HAND, field=name, page=number, what=what))
    return tuple(found)


def has_picture(page: pikepdf.Page) -> bool:
    """Whether the page has a picture among its resources, or inside a drawing of it."""
    return next(pictures_of(page), None) is not None


def pictures_of(page: pikepdf.Page) -> Iterator[Stream]:
    """Yield the pictures among the page's resources and inside its drawings."""
    for drawing in _drawings(page.obj):
        if _is_picture(drawing):
            yield drawing
        else:
            yield from filter(_is_picture, _drawings(drawing))


def _is_picture(drawing: pikepdf.Object) -> bool:
    return bool(drawing.get(Name.Subtype) == Name.Image)


def _drawings(owner: pikepdf.Object) -> Iterator[Stream]:
    yield from (one for one in _named_drawings(owner).values() if isinstance(one, Stream))


def _named_drawings(owner: pikepdf.Object) -> Mapping[str, pikepdf.Object]:
    """Return the pictures and drawings of a page or drawing by name; a page may inherit them."""
    resources = owner.get(Name.Resources)
    for _ in range(_MAX_DEPTH):
        if resources is not None or not isinstance(owner.get(Name.Parent), Dictionary):
            break
        owner = owner.Parent
        resources = owner.get(Name.Resources)
    drawings = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    return dict(drawings.as_dict().items()) if isinstance(drawings, Dictionary) else {}


def _marks_on(page: pikepdf.Page) -> Iterator[tuple[str, Box]]:
    for annotation in annotations_of(page):
        what = _ANNOTATIONS.get(str(annotation.get(Name.Subtype, "")))
        box = box_of(annotation.get(Name.Rect))
        if what is not None and box is not None:
            yield what, box
    yield from _drawn_on(page)


def _drawn_on(page: pikepdf.Page) -> Iterator[tuple[str, Box]]:
    """Yield the pictures and drawings that the page's content places, each with its box."""
    drawings = _named_drawings(page.obj)
    matrix, stack = Matrix(), []
    for step, instruction in enumerate(pikepdf.parse_content_stream(page, "q Q cm Do BI ID EI")):
        if step > _MAX_STEPS:
            return
        operands = instruction.operands
        match str(instruction.operator):
            case "q":
                stack.append(matrix)
            case "Q":
                matrix = stack.pop() if stack else Matrix()
            case "cm":
                matrix = Matrix(*(float(number) for number in operands)) @ matrix
            case "INLINE IMAGE":
                yield "a picture", _placed((0, 0, 1, 1), matrix)
            case "Do":
                drawing = drawings.get(str(operands[0]))
                if isinstance(drawing, Stream):
                    yield from _drawing(drawing, matrix)


def _drawing(drawing: pikepdf.Object, matrix: Matrix) -> Iterator[tuple[str, Box]]:
    if _is_picture(drawing):
        yield "a picture", _placed((0, 0, 1, 1), matrix)
        return
    box = box_of(drawing.get(Name.BBox))
    if box is not None:
        own = drawing.get(Name.Matrix)
        inner = (
            Matrix(*(float(number) for number in own.as_list()))
            if isinstance(own, pikepdf.Array)
            else Matrix()
        )
        yield "a drawing", _placed(box, inner @ matrix)


def _placed(box: Box, matrix: Matrix) -> Box:
    left, bottom, right, top = box
    corners = [
        matrix.transform(corner) for corner in ((left, bottom), (right, bottom), (left, top), (right, top))
    ]
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _lies_on(mark: Box, place: Box, page: pikepdf.Page) -> bool:
    width = min(mark[2], place[2]) - max(mark[0], place[0])
    height = min(mark[3], place[3]) - max(mark[1], place[1])
    if width <= 0 or height <= 0:
        return False
    sheet = box_of(page.mediabox)
    if sheet is not None and _area(mark) > _MAX_SHARE_OF_PAGE * _area(sheet):
        return False
    return width * height >= _MIN_SHARE * min(_area(mark), _area(place))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
