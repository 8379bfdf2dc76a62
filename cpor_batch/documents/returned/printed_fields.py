"""What stands beside or below the labels of our form once its fields are gone. Pure.

A form that was flattened, or printed to a new PDF, keeps its text and loses its fields.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cpor_batch.domain.evidence import DATE_FIELD, NAME_FIELD, SIGNATURE_FIELD, TITLE_FIELD

LABELS: Final = {
    "en": ("Signature", "Date of signature", "Printed name", "Job title"),
    "sv": ("Underskrift", "Datum för underskrift", "Namnförtydligande", "Befattning"),
    "de": ("Unterschrift", "Datum der Unterschrift", "Name in Druckbuchstaben", "Funktion"),
    "fr": ("Signature", "Date de signature", "Nom en capitales", "Fonction"),
    "es": ("Firma", "Fecha de la firma", "Nombre en letra de imprenta", "Cargo"),
    "ja": ("署名", "署名日", "氏名（活字体）", "役職"),  # noqa: RUF001 - as printed
}
"""As the catalogues of translations word them, in the order of the fields below."""
_FIELDS: Final = (SIGNATURE_FIELD, DATE_FIELD, NAME_FIELD, TITLE_FIELD)
_MAX_LINES: Final = 12
"""Lines below a label that may still belong to it; a field of ours is five lines high."""
_MAX_LINE: Final = 600
_LONGEST: Final = 60
"""Characters; what is longer is a sentence and no name."""
_SEGMENT: Final = re.compile(r"\S+(?: \S+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    text: str
    column: int


def language_of_labels(text: str) -> str | None:
    """Return the language whose labels of date and name are both in the text, or None."""
    folded = _fold(text)
    for language, (_, day, name, _) in LABELS.items():
        if _fold(day) in folded and _fold(name) in folded:
            return language
    return None


def find_printed_fields(layout: str, language: str) -> dict[str, str]:
    """Return for every label of the signing what stands at it, blank where nothing is; see `read_layout`."""
    labels = {
        re.sub(r"\W", "", _fold(label)): field for label, field in zip(LABELS[language], _FIELDS, strict=True)
    }
    rows = [tuple(_pieces(line[:_MAX_LINE])) for line in layout.splitlines()]
    found: dict[str, str] = {}
    for number, row in enumerate(rows):
        named = [(place, _split(piece, labels)) for place, piece in enumerate(row)]
        starts = [piece.column for (place, split), piece in zip(named, row, strict=True) if split]
        for place, split in named:
            if split is None or split[0] in found:
                continue
            field, rest = split
            if not rest and place + 1 < len(row) and named[place + 1][1] is None:
                rest = row[place + 1].text
            column = row[place].column
            value = rest or _below(rows[number + 1 :], column, starts, labels)
            found[field] = value
    return found


def _pieces(line: str) -> Iterator[_Piece]:
    for match in _SEGMENT.finditer(unicodedata.normalize("NFKC", line)):
        yield _Piece(text=match[0], column=match.start())


def _split(piece: _Piece, labels: dict[str, str]) -> tuple[str, str] | None:
    """Return the field that the piece is the label of and what follows on it, or None."""
    label, colon, rest = piece.text.partition(":")
    field = labels.get(re.sub(r"\W", "", _fold(label)))
    return (field, rest.strip() if colon else "") if field else None


def _below(rows: list[tuple[_Piece, ...]], column: int, starts: list[int], labels: dict[str, str]) -> str:
    """Return the first text below the label at the column that begins nearer to it than to its neighbours.

    Gaps inside one stroke of text come out wider than they are, so that columns agree roughly only.
    """
    for row in rows[:_MAX_LINES]:
        if any(_split(piece, labels) or _is_sentence(piece.text) for piece in row):
            return ""
        for piece in row:
            if min(starts, key=lambda start: abs(start - piece.column)) == column:
                return piece.text
    return ""


def _is_sentence(text: str) -> bool:
    """Whether it is a line of the form's own text, such as the one below the fields, in any language."""
    return len(text) > _LONGEST or "Microsoft" in text


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
