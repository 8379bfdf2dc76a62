"""Text from claims as it may stand in a cell, on a terminal or in a JSON document."""

import re
from typing import Final

CELL_LIMIT: Final = 32_767
"""What an Excel cell holds, in UTF-16 code units."""

_SURROGATES: Final = re.compile("[\ud800-\udfff]")
# C0 and C1 controls, bidi controls, zero-width characters, line and paragraph separators: whatever moves
# the cursor, hides a character or turns the reading direction.
_INVISIBLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def cell_text(text: str) -> str:
    """Return `text` as a cell can hold it: no half surrogate pairs, at most 32,767 UTF-16 units."""
    if text.isascii() and len(text) <= CELL_LIMIT:  # as nearly every cell is
        return text
    clean = _SURROGATES.sub("\ufffd", text)
    if len(clean) * 2 <= CELL_LIMIT or len(clean.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return clean
    units = clean.encode("utf-16-le")[: (CELL_LIMIT - 1) * 2]
    return units.decode("utf-16-le", errors="ignore") + "…"


def printable(text: str) -> str:
    """Return `text` in one line, with whatever could steer a terminal or hide made visible as its code."""
    return _INVISIBLE.sub(_visible, _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n")))


def visible_spaces(text: str) -> str:
    """Return `text` with the spaces that nobody sees drawn as ␣: at its ends, and unusual ones anywhere."""
    bare = text.strip()
    start = len(text) - len(text.lstrip())
    end = len(text) - start - len(bare)
    inner = "".join(
        "␣" if character.isspace() and character not in " \n" else character for character in bare
    )
    return "␣" * start + inner + "␣" * end


def _visible(match: re.Match[str]) -> str:
    if match.group() in "\t\n\r":
        return " "
    return match.group().encode("unicode_escape").decode("ascii")
