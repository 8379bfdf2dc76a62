"""Marks made by hand: ink, stamps and pictures that lie where signature and date belong."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pikepdf
from pikepdf import Dictionary, Matrix, Name, Stream

from cpor_batch.documents.returned.fields import Box, Form, annotations_of, box_of
from cpor_batch.documents.returned.strokes import PAINTING, PATHS, Path
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
_MAX_DRAWINGS: Final = 50
"""Drawings over the whole page that are looked into, also inside one another."""
_MAX_DEPTH: Final = 16
_NOWHERE: Final[Box] = (0.0, 0.0, 0.0, 0.0)
_OPERATORS: Final = f"q Q cm Do BI ID EI n {' '.join((*PATHS, *PAINTING))}"


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
    """Yield the pictures, drawings and strokes that the page's content places, each with its box."""
    yield from _drawn(page, page.obj, Matrix(), _Left(), _area(box_of(page.mediabox) or _NOWHERE))


class _Left:
    """How much may still be looked at, on the page and in all that it draws."""

    def __init__(self) -> None:
        self.steps, self.drawings = _MAX_STEPS, _MAX_DRAWINGS


def _drawn(
    content: pikepdf.Page | pikepdf.Object, owner: pikepdf.Object, matrix: Matrix, left: _Left, sheet: float
) -> Iterator[tuple[str, Box]]:
    drawings = _named_drawings(owner)
    stack: list[Matrix] = []
    path = Path()
    for instruction in pikepdf.parse_content_stream(content, _OPERATORS):
        left.steps -= 1
        if left.steps < 0:
            return
        operands, operator = instruction.operands, str(instruction.operator)
        if path.take(operator, operands, matrix):
            continue
        match operator:
            case "q" | "Q" | "cm":
                matrix = _moved(operator, operands, matrix, stack)
            case "INLINE IMAGE":
                yield "a picture", _placed((0, 0, 1, 1), matrix)
            case "Do":
                drawing = drawings.get(str(operands[0]))
                if isinstance(drawing, Stream):
                    yield from _drawing(drawing, matrix, left, sheet)
            case _:
                if path.is_by_hand:
                    yield "a drawing", path.box
                path = Path()


def _moved(operator: str, operands: Iterable[pikepdf.Object], matrix: Matrix, stack: list[Matrix]) -> Matrix:
    """Return the matrix after the operator, which may put it on the stack or take it from there."""
    match operator:
        case "q":
            stack.append(matrix)
        case "Q":
            return stack.pop() if stack else Matrix()
        case _:
            return Matrix(*(float(number) for number in operands)) @ matrix
    return matrix


def _drawing(drawing: pikepdf.Object, matrix: Matrix, left: _Left, sheet: float) -> Iterator[tuple[str, Box]]:
    if _is_picture(drawing):
        yield "a picture", _placed((0, 0, 1, 1), matrix)
        return
    box = box_of(drawing.get(Name.BBox))
    if box is None:
        return
    own = drawing.get(Name.Matrix)
    if isinstance(own, pikepdf.Array):
        matrix = Matrix(*(float(number) for number in own.as_list())) @ matrix
    placed = _placed(box, matrix)
    yield "a drawing", placed
    left.drawings -= 1
    # What is laid over the whole page holds the signature somewhere inside.
    if _area(placed) > _MAX_SHARE_OF_PAGE * sheet and left.drawings >= 0:
        yield from _drawn(drawing, drawing, matrix, left, sheet)


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
