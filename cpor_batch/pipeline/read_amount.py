"""Read a cell that holds an amount of money or a number of users, exactly: never through a float."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell

if TYPE_CHECKING:
    from cpor_batch.validation.reading import Reading

_PLAIN: Final = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,2})?")
# Thousands by comma, spaces or apostrophes and a decimal point, or thousands by point and a decimal comma.
_POINT: Final = re.compile(
    r"[-+]?[0-9]{1,3}(?:[,\s'\u2019][0-9]{3})+\.[0-9]+|[-+]?[0-9]{1,3}(?:[,\s'\u2019][0-9]{3}){2,}"
)
_COMMA: Final = re.compile(r"[-+]?(?:[0-9]{1,3}(?:[.\s'\u2019][0-9]{3})+|[0-9]+),(?:[0-9]{1,2}|[0-9]{4,})")


def read_amount(cell: Cell) -> "Reading":
    """Return the amount as plain text such as "-1234.50", which `Decimal` takes; blank, or why it is none.

    "1,234" is refused: it is a thousand in one country and one and a bit in another.
    """
    from cpor_batch.validation.reading import BLANK, Reading, refuse, shown

    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return BLANK
    text = _plain_text(cell)
    if text is None:
        return refuse(
            IssueCode.CELL_TYPE, f"{shown(cell)} is no amount.", "Write digits with a decimal point: 1234.50."
        )
    return Reading(format(Decimal(text), "f"))


def _plain_text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        text = repr(cell)
        return text if _PLAIN.fullmatch(text) else None
    if not isinstance(cell, str):
        return None
    text = cell.strip().replace("\N{MINUS SIGN}", "-")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    if _PLAIN.fullmatch(text):
        return text
    if _POINT.fullmatch(text):
        return re.sub(r"[,\s'\u2019]", "", text)
    if _COMMA.fullmatch(text):
        return re.sub(r"[.\s'\u2019]", "", text).replace(",", ".")
    return None
