"""Countries: which code a cell means, in which language its people are written to, when its weekend is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final

from cpor_batch.domain.calendar import SATURDAY, SUNDAY
from cpor_batch.rulebook.matching import fold_name
from cpor_batch.rulebook.sheet import LANGUAGES
from cpor_batch.rulebook.strict import Value

_FRIDAY: Final = 4
_WEEKENDS: Final = {
    "friday-saturday": frozenset({_FRIDAY, SATURDAY}),
    "friday-sunday": frozenset({_FRIDAY, SUNDAY}),
    "friday": frozenset({_FRIDAY}),
    "saturday": frozenset({SATURDAY}),
}
_USUAL_WEEKEND: Final = frozenset({SATURDAY, SUNDAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """The countries of the rulebook."""

    codes: frozenset[str]
    """ISO 3166-1 alpha-2 codes."""
    _spellings: Mapping[str, str] = field(default_factory=dict, repr=False)
    _languages: Mapping[str, str] = field(default_factory=dict, repr=False)
    _weekends: Mapping[str, frozenset[int]] = field(default_factory=dict, repr=False)

    def find(self, text: str) -> str | None:
        """Return the alpha-2 code that a code or a name in any of the six languages means, or None."""
        bare = text.strip().upper()
        if bare in self.codes:
            return bare
        folded = fold_name(text)
        if folded.upper() in self.codes:
            return folded.upper()
        found = self._spellings.get(folded) or _names().get(folded)
        # The library also names groups such as the European Union.
        return found if found in self.codes else None

    def language_of(self, country: str | None) -> str | None:
        """Return the language for letters into the country, or None if it has none of ours."""
        return None if country is None else self._languages.get(country)

    def weekend_of(self, country: str) -> frozenset[int]:
        """Return the days of the country's weekend, Monday = 0."""
        return self._weekends.get(country, _USUAL_WEEKEND)


@cache
def _names() -> Mapping[str, str]:
    # Only a name needs the library: a column of bare codes never loads it.
    from babel import Locale

    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004  # alpha-2; the others are groups of countries
                names.setdefault(fold_name(name), code)
    return MappingProxyType(names)


def parse_countries(root: Value) -> Countries:
    """Return what countries.yaml says."""
    table = root.table(required=("codes", "spellings", "languages", "weekends"))
    codes = frozenset(table["codes"].text().split())
    languages = table["languages"].table(required=("reference", *LANGUAGES))
    weekends = table["weekends"].table(required=("reference", *_WEEKENDS))
    return Countries(
        codes=codes,
        _spellings=_spellings(table["spellings"], codes),
        _languages=MappingProxyType({code: name for name in LANGUAGES for code in languages.texts(name)}),
        _weekends=MappingProxyType(
            {code: days for name, days in _WEEKENDS.items() for code in weekends.texts(name)}
        ),
    )


def _spellings(value: Value, codes: frozenset[str]) -> Mapping[str, str]:
    spellings: dict[str, str] = {}
    for code, names in value.open_table().entries.items():
        if code not in codes:
            raise names.place.error(f'"{code}" is no code of this file.', "Use one of `codes`.")
        spellings |= {fold_name(name): code for name in names.spellings()}
    return MappingProxyType(spellings)
