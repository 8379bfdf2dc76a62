"""The sender above the recipient in the window of an envelope: one line, whatever the address. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BETWEEN: Final = " · "
USUAL_WIDTH: Final = 66
"""What fits into the window's 85 mm in the usual size, in widths of a Latin letter."""
SMALL_WIDTH: Final = 88
"""What fits in the smaller size, which is as small as can be read: 5.5 points."""
_CUT: Final = " …"
_SHORTEST: Final = 12
"""A first word that is shorter says nothing by itself."""
_FEW: Final = 4
"""Parts that always find room, if they are not too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAddress:
    """The line, and whether it needs the smaller size."""

    text: str
    is_small: bool


def build_return_address(name: str, address: Sequence[str]) -> ReturnAddress:
    """Return the partner's name and address as one line; where it is too long, its longest part loses words.

    So name, street and town can all be read, and mail that comes back finds its way.
    """
    parts = [" ".join(part.split()) for part in (name, *address) if part.strip()]
    while _width(BETWEEN.join(parts)) > SMALL_WIDTH:
        if len(parts) > _FEW:
            # Between name and town, the shortest line is the floor or the staircase.
            del parts[min(range(1, len(parts) - 1), key=lambda number: _width(parts[number]))]
        else:
            longest = max(range(len(parts)), key=lambda number: _width(parts[number]))
            parts[longest] = _without_last_word(parts[longest])
    text = BETWEEN.join(parts)
    return ReturnAddress(text=text, is_small=_width(text) > USUAL_WIDTH)


def _without_last_word(part: str) -> str:
    kept = part.removesuffix(_CUT)
    shorter = kept.rpartition(" ")[0].rstrip(" ,;-")
    if _width(shorter) < _SHORTEST:
        # One long word, or a script that sets no spaces between words.
        shorter = kept[: len(kept) * 9 // 10]
    return shorter + _CUT


def _width(text: str) -> int:
    """Return the width in Latin letters; a letter of Chinese, Japanese or Korean takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
