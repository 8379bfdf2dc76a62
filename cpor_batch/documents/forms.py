"""The PoE's form: what WeasyPrint leaves to be done so that it can be filled in and signed."""

import io
from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

SIGNATURE: Final = "customer_signature"
_PARTS_OF_TABLES: Final = frozenset({"/Table", "/TBody", "/TR", "/TD"})
_PRINT: Final = 4
_MULTILINE: Final = 1 << 12


def finish_form(pdf: bytes) -> bytes:
    """Return the form with an empty signature field and fields that look the same in every viewer.

    The same bytes come from the same form.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        form = document.Root.get(Name.AcroForm)
        if form is not None:
            helvetica = document.make_indirect(
                Dictionary(
                    Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
                )
            )
            used = _field_fonts(form)
            form.DR = Dictionary(Font=Dictionary(Helv=helvetica))
            form.DA = String("/Helv 10 Tf 0 g")
            if Name.NeedAppearances in form:
                del form[Name.NeedAppearances]
            for field in form.Fields:
                _finish_field(document, field)
            _drop_fonts(document, used)
        _untie_layout(document.Root.StructTreeRoot)
        finished = io.BytesIO()
        document.save(finished, deterministic_id=True)
    return finished.getvalue()


def _field_fonts(form: pikepdf.Object) -> frozenset[str]:
    """Return the names of the fonts that the fields were given: "/ABCDEF"."""
    appearances = (str(field.get(Name.DA, "")) for field in form.Fields)
    return frozenset(
        word for text in appearances for word, after in _pairs(text.split()) if word.startswith("/") and after
    )


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(zip(words, [*words[1:], ""], strict=True))


def _finish_field(document: pikepdf.Pdf, field: pikepdf.Object) -> None:
    left, bottom, right, top = (float(edge) for edge in field.Rect)
    box = Array([0, 0, abs(right - left), abs(top - bottom)])
    field.Rect = Array([min(left, right), min(bottom, top), max(left, right), max(bottom, top)])
    field.F = _PRINT
    # An empty appearance: a viewer need not invent one, which would count as a change of a signed document.
    empty = document.make_stream(b"/Tx BMC\nEMC", Type=Name.XObject, Subtype=Name.Form, BBox=box)
    field.AP = Dictionary(N=empty)
    if str(field.T) == SIGNATURE:
        field.FT = Name.Sig
        for key in (Name.V, Name.DA, Name.Ff):
            if key in field:
                del field[key]
    else:
        field.DA = String("/Helv 10 Tf 0 g")


def _untie_layout(node: pikepdf.Object) -> None:
    """Take the tables without heads out of the structure: they only place fields beside each other.

    Read aloud as tables, they would have people look for rows and columns that mean nothing.
    """
    for kid in _kids_of(node):
        if str(kid.S) == "/Table" and all(str(one.S) != "/TH" for one in _below(kid)):
            for part in (kid, *_below(kid)):
                if str(part.S) in _PARTS_OF_TABLES:
                    part.S = Name.Div
                    if Name.A in part:
                        del part[Name.A]
        else:
            _untie_layout(kid)


def _below(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for kid in _kids_of(node):
        yield kid
        yield from _below(kid)


def _kids_of(node: pikepdf.Object) -> tuple[pikepdf.Object, ...]:
    kids = node.get(Name.K)
    listed = kids.as_list() if isinstance(kids, Array) else [kids]
    return tuple(kid for kid in listed if isinstance(kid, Dictionary) and Name.S in kid)


def _drop_fonts(document: pikepdf.Pdf, names: frozenset[str]) -> None:
    """Take out the fonts of the fields: they were embedded whole, and what is typed is set in Helvetica."""
    for page in document.pages:
        fonts = page.Resources.get(Name.Font)
        for name in names:
            if fonts is not None and Name(name) in fonts:
                del fonts[Name(name)]
