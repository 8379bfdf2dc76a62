"""Fold names and domains so that what people may take for the same compares equal.

Never by edit distance: Contoso and Contosa are two companies. Two folded texts that are equal are worth a
look and nothing more; no claim is merged, held or refused for it.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_COMBINING: Final = re.compile("[\u0300-\u036f]")
_JOINED: Final = re.compile(r"[.'\u2019`\u00b4]")
_SEPARATORS: Final = re.compile(r"[^\w]|_")
# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})

_LEGAL_FORMS: Final = frozenset(
    {
        *("ab", "aktiebolag", "publ", "hb", "kb", "oy", "oyj", "as", "asa", "aps", "ehf", "hf"),
        *("gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "gbr", "ev", "eg", "se"),
        *("ltd", "limited", "plc", "llc", "llp", "lp", "inc", "incorporated", "corp", "corporation"),
        *("co", "company", "pty", "pte"),
        *("sa", "sas", "sasu", "sarl", "eurl", "snc", "sl", "slu", "sau", "srl", "spa", "ltda", "sc"),
        *("bv", "nv", "vof", "bvba", "sprl", "sro", "kk", "gk", "yk", "kft", "zrt", "doo"),
    }
)
# Forms that companies also put in front: "AB Contoso", "SARL Contoso".
_LEADING_FORMS: Final = frozenset({"ab", "aktiebolag", "oy", "as", "sa", "sas", "sarl", "sl", "kk"})
# Written without a space, before the name or after it.
_JOINED_FORMS: Final = ("株式会社", "有限会社", "合同会社", "(株)", "(有)", "(同)")

# What passes for a lower-case Latin letter, script by script; and two digits.
_CYRILLIC: Final = str.maketrans("аԁеёһіїјкӏорԛѕуүѵԝхсь", "adeehiijklopqsyyvwxcb")
_GREEK: Final = str.maketrans("αγεηικνορστυχωϲϳ", "ayenikvopotuxwcj")
_OTHERS: Final = str.maketrans("օոսհցզıɡɑɩ01|", "onuhgqigaioll")  # noqa: RUF001
_CONFUSABLE: Final = _CYRILLIC | _GREEK | _OTHERS
# Two letters that read as one.
_PAIRS: Final = (("rn", "m"), ("vv", "w"))


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """Return a customer's name without case, accents, punctuation, spaces and legal form.

    "Contoso AB", "CONTOSO, Ltd." and "Contoso" fold to the same text. A name that consists of nothing else
    keeps its legal form; one without letters or digits gives an empty text.
    """
    text = unicodedata.normalize("NFKC", name)
    for form in _JOINED_FORMS:
        text = text.replace(form, " ")
    # The marks of Latin, Greek and Cyrillic letters go; those of Japanese make another syllable and stay.
    bare = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", text.casefold())))
    words = _SEPARATORS.sub(" ", _JOINED.sub("", bare.translate(_LETTERS))).split()
    return "".join(_without_legal_form(words))


def _without_legal_form(words: list[str]) -> list[str]:
    bare = list(words)
    while bare and bare[-1] in _LEGAL_FORMS:
        bare.pop()
    while bare and bare[0] in _LEADING_FORMS:
        bare.pop(0)
    return bare or words


@lru_cache(maxsize=65_536)
def skeleton(domain: str) -> str:
    """Return the domain as a quick eye reads it: look-alike characters of other scripts become ASCII.

    Two different domains with the same skeleton can be taken for one another. The table is a small part of
    Unicode's confusables (UTS 39): what passes for a lower-case Latin letter in a domain.
    """
    text = unicodedata.normalize("NFKC", domain).casefold().strip(".").translate(_CONFUSABLE)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text
