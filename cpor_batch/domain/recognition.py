"""Recognise what a returned PoE speaks of: our reference, tenants, products. Pure; nothing is guessed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cpor_batch.domain.edition import Product
from cpor_batch.domain.evidence import REFERENCE_FIELD, Evidence
from cpor_batch.domain.ids import ClaimReference, parse_claim_reference, parse_tenant_id

_REFERENCE: Final = re.compile(r"\bCB-[0-9A-HJKMNP-TV-Z]{8}\b")
_GUID: Final = re.compile(r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b")
_WORD: Final = re.compile(r"[a-z0-9]+|[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    """One of our references on a document, and where it stands."""

    reference: ClaimReference
    places: tuple[str, ...]
    """Some of "properties", "form", "text" and "QR code"."""


def find_references(evidence: Evidence) -> tuple[FoundReference, ...]:
    """Return every claim reference on the document: in its properties first, then form, text, codes."""
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
    for reference in evidence.code_references:
        found.setdefault(reference, []).append("QR code")
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
    named = _spellings(tuple((product.name, product.aliases) for product in products))
    found: set[str] = set()
    for text in texts:
        folded = _fold(text)
        found.update(named.names[_words(match.group())] for match in named.pattern.finditer(folded))
        lines = (_words(line).removeprefix("x ") for line in folded.splitlines())
        found.update(named.lone[line] for line in lines if line in named.lone)
    return frozenset(found)


def has_phrase(texts: Iterable[str], phrase: str) -> bool:
    """Whether the phrase stands in one of the texts, whatever its case, spaces, hyphens and line breaks."""
    wanted = _squeeze(phrase)
    return bool(wanted) and any(wanted in _squeeze(text) for text in texts)


@dataclass(frozen=True, slots=True)
class _Spellings:
    pattern: re.Pattern[str]
    """Finds names in running text, the longest first."""
    names: Mapping[str, str]
    """Folded spelling -> canonical name."""
    lone: Mapping[str, str]
    """Aliases of one word, such as "Sales": they name a product only where they stand alone on a line."""


@lru_cache(maxsize=4)
def _spellings(named: tuple[tuple[str, tuple[str, ...]], ...]) -> _Spellings:
    names: dict[str, str] = {}
    lone: dict[str, str] = {}
    for name, aliases in named:
        names.setdefault(_words(_fold(name)), name)
        for alias in aliases:
            words = _words(_fold(alias))
            (names if " " in words else lone).setdefault(words, name)
    longest_first = sorted(names, key=len, reverse=True)
    # At most a few characters may part two words: punctuation, spaces or a line break.
    alternatives = "|".join(r"[\W_]{1,4}".join(map(re.escape, words.split())) for words in longest_first)
    pattern = re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])")
    return _Spellings(pattern=pattern, names=names, lone=lone)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(folded: str) -> str:
    return " ".join(_WORD.findall(folded))


def _squeeze(text: str) -> str:
    return "".join(character for character in _fold(text) if character.isalnum())
