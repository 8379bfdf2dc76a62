"""Fold names so that spellings that mean the same compare equal.

Pure. Folding never decides what a user meant beyond case, spaces and punctuation: a suggestion stays one.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

# Below this similarity (0 to 100) a suggestion confuses more than it helps.
_SUGGESTION_CUTOFF: Final = 72
_VENDOR: Final = "microsoft"


def fold_name(text: str) -> str:
    """Return `text` without case, spaces and punctuation; full-width and other forms become the plain ones.

    Accents stay: "Företag" and "Foretag" are different words, "é" and "e + accent" are the same.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in folded if character.isalnum())


def fold_product(text: str) -> str:
    """Return the folded name without a leading "Microsoft"; "Microsoft 365" alone keeps its own name."""
    folded = fold_name(text)
    bare = folded.removeprefix(_VENDOR)
    return bare if bare and not bare[0].isdigit() else folded


def nearest_name(text: str, names: Mapping[str, str]) -> str | None:
    """Return the name whose folded spelling, a key of `names`, is most similar, or None if none is near.

    For messages only; nothing is ever read as the name that comes back.
    """
    from rapidfuzz import fuzz, process

    folded = fold_name(text)
    if not folded:
        return None
    found = process.extractOne(folded, names.keys(), scorer=fuzz.ratio, score_cutoff=_SUGGESTION_CUTOFF)
    return None if found is None else names[found[0]]


def did_you_mean(text: str, names: Sequence[str]) -> str:
    """Return a sentence `Did you mean "…"?`, or what may stand there where nothing is near."""
    near = nearest_name(text, {fold_name(name): name for name in names})
    if near is not None:
        return f'Did you mean "{near}"?'
    return f"It may be one of: {', '.join(names)}."
