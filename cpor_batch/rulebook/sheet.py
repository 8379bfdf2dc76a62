"""The sheet: which columns the batch workbook has, how they are spelt and what belongs into them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cpor_batch.rulebook.matching import fold_name, nearest_name
from cpor_batch.rulebook.strict import Place, Table, Value

LANGUAGES: Final = ("en", "sv", "de", "fr", "es", "ja")


class ColumnKind(StrEnum):
    """What belongs into the cells of a column."""

    TEXT = "text"
    DIGITS = "digits"
    GUID = "guid"
    EMAIL = "email"
    DOMAIN = "domain"
    DATE = "date"
    COUNTRY = "country"
    LANGUAGE = "language"
    YES_NO = "yes-no"
    AREA = "area"
    ACTIVITY = "activity"
    PRODUCT = "product"
    CHANNEL = "channel"
    PATH = "path"
    ADDRESS = "address"


class Scope(StrEnum):
    """What a cell belongs to: it makes the claim, is free in every row, or holds for the whole claim."""

    GROUPING = "grouping"
    LINE = "line"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """One column of the batch workbook."""

    key: str
    headers: Mapping[str, str]
    """The header by language; "en" is the canonical one."""
    synonyms: Mapping[str, tuple[str, ...]]
    """Other spellings by language."""
    help: Mapping[str, str]
    """One line by language, for the input message of the blank workbook."""
    kind: ColumnKind
    scope: Scope
    max_length: int
    """In characters; a setting of this tool, because Microsoft publishes no lengths."""
    is_required: bool
    """Whether every edition requires it."""
    is_personal: bool
    """Whether it holds personal data."""
    line_breaks: bool
    """Whether a cell may hold several lines."""
    reference: str

    @property
    def header(self) -> str:
        """The canonical header."""
        return self.headers["en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSchema:
    """The columns of the batch workbook in their order."""

    name: str
    """The sheet's name: "Claims"."""
    columns: tuple[ColumnRule, ...]
    yes_no: Mapping[str, bool]
    """Folded spellings of yes and no in all languages."""
    csp_channels: frozenset[str]
    """Folded spellings of the purchase channel CSP."""
    languages: Mapping[str, str]
    """Folded names of languages -> code."""
    _keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    _by_key: Mapping[str, ColumnRule] = field(default_factory=dict, repr=False)

    def column(self, key: str) -> ColumnRule:
        """Return the rule of the column; KeyError if there is none."""
        return self._by_key[key]

    def match_header(self, text: str) -> str | None:
        """Return the key of the column that the header names, or None.

        Case, spaces, punctuation and a trailing `*` do not matter; headers and synonyms of all languages
        and the keys themselves count.
        """
        return self._keys.get(fold_name(text))

    def suggest_header(self, text: str) -> str | None:
        """Return the key of the column whose header is most similar, for a message only, or None."""
        return nearest_name(text, self._keys)

    def parse_yes_no(self, text: str) -> bool | None:
        """Return what a yes or no in any of the languages says, or None."""
        return self.yes_no.get(fold_name(text))

    def parse_language(self, text: str) -> str | None:
        """Return the code of the language that a code, a tag such as "sv-SE" or a name says, or None."""
        found = self.languages.get(fold_name(text))
        if found is not None:
            return found
        return self.languages.get(fold_name(text.replace("_", "-").partition("-")[0]))

    def is_csp(self, text: str) -> bool:
        """Whether the purchase channel is CSP."""
        return fold_name(text) in self.csp_channels


_REQUIRED: Final = ("key", "kind", "scope", "headers", "help", "max_length", "reference")
_OPTIONAL: Final = ("synonyms", "required", "personal", "line_breaks")


def parse_sheet(root: Value) -> SheetSchema:
    """Return the sheet that a file of sheets/ describes; RulebookError where two columns share a spelling."""
    table = root.table(required=("name", "columns", "yes", "no", "csp", "languages"))
    columns = tuple(_column(item) for item in table["columns"].items())
    return SheetSchema(
        name=table["name"].text(),
        columns=columns,
        yes_no=MappingProxyType(
            {fold_name(word): True for word in table.spellings("yes")}
            | {fold_name(word): False for word in table.spellings("no")}
        ),
        csp_channels=frozenset(fold_name(word) for word in table.spellings("csp")),
        languages=_languages(table["languages"]),
        _keys=_spellings(columns, table["columns"].place),
        _by_key=MappingProxyType({column.key: column for column in columns}),
    )


def _column(item: Value) -> ColumnRule:
    table = item.table(required=_REQUIRED, optional=_OPTIONAL)
    synonyms = table.find("synonyms")
    spoken = {} if synonyms is None else synonyms.table(optional=LANGUAGES).entries
    return ColumnRule(
        key=table["key"].text(),
        headers=_by_language(table["headers"]),
        synonyms=MappingProxyType({language: value.spellings() for language, value in spoken.items()}),
        help=_by_language(table["help"]),
        kind=table["kind"].choice(ColumnKind),
        scope=table["scope"].choice(Scope),
        max_length=table["max_length"].whole_number(),
        is_required=_flag(table, "required"),
        is_personal=_flag(table, "personal"),
        line_breaks=_flag(table, "line_breaks"),
        reference=table["reference"].text(),
    )


def _flag(table: Table, key: str) -> bool:
    value = table.find(key)
    return False if value is None else value.flag()


def _by_language(value: Value) -> Mapping[str, str]:
    table = value.table(required=LANGUAGES)
    return MappingProxyType({language: table[language].text() for language in LANGUAGES})


def _languages(value: Value) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for code, spellings in value.open_table().entries.items():
        names |= {fold_name(name): code for name in (code, *spellings.spellings())}
    return MappingProxyType(names)


def _spellings(columns: tuple[ColumnRule, ...], place: Place) -> Mapping[str, str]:
    keys: dict[str, str] = {}
    for column in columns:
        others = (name for names in column.synonyms.values() for name in names)
        for name in (column.key, *column.headers.values(), *others):
            other = keys.setdefault(fold_name(name), column.key)
            if other != column.key:
                message = f'"{name}" names both the column {other} and the column {column.key}.'
                raise place.error(message, "Keep the spelling in one of them.")
    return MappingProxyType(keys)
