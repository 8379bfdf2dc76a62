"""One page's text as it stands on paper: columns side by side, flattened values in their places."""

import io
import logging
from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Stream

_MAX_DRAWINGS: Final = 400
_MAX_STEPS: Final = 100_000
_MAX_DEPTH: Final = 3


def read_layout(document: pikepdf.Pdf, index: int) -> str:
    """Return the text of the page, spaced as printed; an empty text where the page makes no sense.

    A program that flattens a form leaves each value in a drawing of its own, and its place is lost to whoever
    reads the text alone; so the drawings are written out into the page first.
    """
    import pypdf

    logging.getLogger("pypdf").disabled = True
    content = io.BytesIO()
    with pikepdf.new() as alone:
        alone.pages.append(document.pages[index])
        _write_out(alone, alone.pages[0])
        alone.save(content)
    content.seek(0)
    try:
        with pypdf.PdfReader(content, strict=False) as reader:
            return reader.pages[0].extract_text(extraction_mode="layout")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - content that makes no sense raises anything; the page is not read
        return ""


class _Budget:
    """How many drawings and steps are left, for a page and all that it draws."""

    def __init__(self) -> None:
        self.drawings, self.steps = _MAX_DRAWINGS, _MAX_STEPS


Step = tuple[list[pikepdf.Object], Operator]


def _write_out(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    resources = page.obj.get(Name.Resources)
    own = resources.get(Name.Font) if isinstance(resources, Dictionary) else None
    fonts = Dictionary(dict(own.as_dict().items())) if isinstance(own, Dictionary) else Dictionary()
    steps = list(_steps(page.obj, page, fonts, "", 0, _Budget()))
    drawings = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    page.obj.Resources = Dictionary(Font=fonts)
    if drawings is not None:
        page.obj.Resources.XObject = Dictionary()
    page.obj.Contents = Stream(document, pikepdf.unparse_content_stream(steps))


def _steps(
    owner: pikepdf.Object,
    content: pikepdf.Page | pikepdf.Object,
    fonts: pikepdf.Dictionary,
    prefix: str,
    depth: int,
    budget: _Budget,
) -> Iterator[Step]:
    resources = owner.get(Name.Resources)
    drawings = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    for instruction in pikepdf.parse_content_stream(
        content, "q Q cm BT ET Tf Td TD Tm T* Tj TJ ' \" Tc Tw Tz TL Ts Do"
    ):
        budget.steps -= 1
        if budget.steps < 0:
            return
        operands, operator = list(instruction.operands), instruction.operator
        if str(operator) == "Do":
            drawing = drawings.get(str(operands[0])) if isinstance(drawings, Dictionary) else None
            if isinstance(drawing, Stream) and drawing.get(Name.Subtype) == Name.Form and depth < _MAX_DEPTH:
                yield from _drawn(drawing, fonts, depth + 1, budget)
        elif str(operator) == "Tf" and prefix:
            yield [Name(f"/{prefix}{str(operands[0])[1:]}"), *operands[1:]], operator
        else:
            yield operands, operator


def _drawn(drawing: pikepdf.Object, fonts: pikepdf.Dictionary, depth: int, budget: _Budget) -> Iterator[Step]:
    budget.drawings -= 1
    if budget.drawings < 0:
        return
    prefix = f"D{budget.drawings}_"
    resources = drawing.get(Name.Resources)
    own = resources.get(Name.Font) if isinstance(resources, Dictionary) else None
    if isinstance(own, Dictionary):
        for name, font in own.as_dict().items():
            fonts[Name(f"/{prefix}{name[1:]}")] = font
    matrix = drawing.get(Name.Matrix)
    yield [], Operator("q")
    if isinstance(matrix, Array):
        yield list(matrix.as_list()), Operator("cm")
    yield from _steps(drawing, drawing, fonts, prefix, depth, budget)
    yield [], Operator("Q")
