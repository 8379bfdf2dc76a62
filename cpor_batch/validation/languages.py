"""In which language documents come, where it is not the one that was asked for."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

import numpy as np

from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.countries import Countries
from cpor_batch.rulebook.sheet import LANGUAGES
from cpor_batch.validation.claimwide import Claims
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import BLANK_CODE
from cpor_batch.validation.reading import Fault, shown

_HINT: Final = f"Nothing, if that will do; else choose one of {', '.join(LANGUAGES)}."


def find_fallbacks(
    claims: Claims, countries: Countries, *, fallback: str, written: Collection[str]
) -> Iterator[Finding]:
    """Yield the cells that ask for a language in which no documents are written, or whose country does.

    `fallback` is the workspace's language, which is taken where the country's is none of ours either;
    `written` are the languages that there are catalogues for.
    """
    yield from _of_languages(claims, countries, fallback, written)
    yield from _of_countries(claims, countries, fallback)


def _of_languages(
    claims: Claims, countries: Countries, fallback: str, written: Collection[str]
) -> Iterator[Finding]:
    asked, batch = claims.batch.columns["customer_language"], claims.batch
    unwritten = [code for code, value in enumerate(asked.values) if str(value).lower() not in written]
    if not unwritten:
        return
    of_claims, of_rows = claims.columns["customer_country"], batch.columns["customer_country"]
    for position in np.flatnonzero(np.isin(asked.codes, unwritten)).tolist():
        claim = int(claims.grouping.claim_of[position])
        country = of_rows[position] if claim < 0 else of_claims[claim]
        used = countries.language_of(None if country is None else str(country)) or fallback
        message = (
            f"Documents cannot be written in {_asked(str(asked[position]))}; they come in {_name(used)}."
        )
        yield Finding(position, "customer_language", Fault(IssueCode.LANGUAGE_FALLBACK, message, _HINT))


def _of_countries(claims: Claims, countries: Countries, fallback: str) -> Iterator[Finding]:
    column, asked = claims.columns["customer_country"], claims.batch.columns["customer_language"].codes
    language_of = cache(countries.language_of)
    wished = claims.columns["customer_language"].sources
    for claim, country in enumerate(column.listed()):
        is_silent = asked[wished[claim]] == BLANK_CODE
        if country is not None and is_silent and language_of(str(country)) not in LANGUAGES:
            fault = Fault(IssueCode.LANGUAGE_FALLBACK, _message_of(str(country), fallback), _HINT)
            yield Finding(int(column.sources[claim]), "customer_country", fault)


@cache
def _message_of(country: str, fallback: str) -> str:
    from babel.languages import get_official_languages

    spoken = get_official_languages(country, de_facto=True)
    if not spoken:
        return f"No language of {country} is known; documents come in {_name(fallback)}."
    if not set(spoken).isdisjoint(LANGUAGES):
        names = ", ".join(map(_name, spoken))
        return f"{country} has several languages ({names}); documents come in {_name(fallback)}."
    return (
        f"Documents cannot be written in {_name(spoken[0])}, as in {country}; they come in {_name(fallback)}."
    )


def _asked(text: str) -> str:
    name = _names().get(text)
    return shown(text) if name is None else name


def _name(code: str) -> str:
    name = _names().get(code)
    return code if name is None else f"{name} ({code})"


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    return dict(Locale("en").languages)
