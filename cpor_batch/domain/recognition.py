"""Recognise what a returned PoE speaks of: our reference, tenants, products. Pure; nothing is guessed."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cpor_batch.domain.edition import Product
from cpor_batch.domain.evidence import REFERENCE_FIELD, Evidence
from cpor_batch.domain.ids import ClaimReference, parse_claim_reference, parse_tenant_id

_REFERENCE: Final = re.compile(r"\bCB-[0-9A-HJKMNP-TV-Z]{8}\b")
_GUID: Final = re.compile(r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b")
_WORD: Final = re.compile(r"[a-z0-9]+|[^\W_]+")
_MIN_SPELLING: Final = 4
"""Shorter spellings are report codes such as "spo", and anything else in running text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    """One of our references on a document, and where it stands."""

    reference: ClaimReference
    places: tuple[str, ...]
    """Some of "properties", "form" and "text"."""


def find_references(evidence: Evidence) -> tuple[FoundReference, ...]:
    """Return every claim reference on the document: the one in its properties first, then form, then text."""
    found: dict[ClaimReference, list[str]] = {}
    if evidence.property_reference:
        found.setdefault(evidence.property_reference, []).append("properties")
    typed = parse_claim_reference(evidence.fields.get(REFERENCE_FIELD, ""))
    if typed:
        found.setdefault(typed, []).append("form")
    for match in _REFERENCE.findall(evidence.text):
        places = found.setdefault(ClaimReference(match), [])
        if "text" not in places:
            places.append("text")
    return tuple(FoundReference(reference=key, places=tuple(places)) for key, places in found.items())


def find_guids(evidence: Evidence) -> tuple[str, ...]:
    """Return every GUID on the document, in the form of tenant and subscription IDs, each once."""
    candidates = (match for text in texts_of(evidence) for match in _GUID.findall(text))
    return tuple(dict.fromkeys(guid for text in candidates if (guid := parse_tenant_id(text))))


def texts_of(evidence: Evidence) -> tuple[str, ...]:
    """Return what is printed and what is filled in."""
    return (evidence.text, *evidence.fields.values())


def find_products(texts: Iterable[str], products: Sequence[Product]) -> frozenset[str]:
    """Return the canonical names of the products that the texts name.

    The longest name wins where one holds another: "Teams Meetings" does not name Teams.
    """
    if not products:
        return frozenset()
    pattern, names = _spellings(tuple((product.name, product.aliases) for product in products))
    found: set[str] = set()
    for text in texts:
        for match in pattern.finditer(_fold(text)):
            found.add(names[_words(match.group())])
    return frozenset(found)


def has_phrase(texts: Iterable[str], phrase: str) -> bool:
    """Whether the phrase stands in one of the texts, whatever its case, spaces, hyphens and line breaks."""
    wanted = _squeeze(phrase)
    return bool(wanted) and any(wanted in _squeeze(text) for text in texts)


@lru_cache(maxsize=4)
def _spellings(named: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for name, aliases in named:
        for spelling in (name, *aliases):
            words = _words(_fold(spelling))
            if spelling == name or len(words) >= _MIN_SPELLING:
                names.setdefault(words, name)
    longest_first = sorted(names, key=len, reverse=True)
    # At most a few characters may part two words: punctuation, spaces or a line break.
    alternatives = "|".join(r"[\W_]{1,4}".join(map(re.escape, words.split())) for words in longest_first)
    return re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])"), names


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(folded: str) -> str:
    return " ".join(_WORD.findall(folded))


def _squeeze(text: str) -> str:
    return "".join(character for character in _fold(text) if character.isalnum())
