"""Side sheets: what comes beside the batch workbook, such as an export; their columns and spellings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.rulebook.matching import fold_name, nearest_name
from cpor_batch.rulebook.strict import Place, Value, parse_yaml

EXPORT: Final = "sheets/export.yaml"
RECORDS: Final = "sheets/records.yaml"
DECISIONS: Final = "sheets/decisions.yaml"
EARNINGS: Final = "sheets/earnings.yaml"
PAYMENTS: Final = "sheets/payments.yaml"
INELIGIBLE: Final = "sheets/ineligible.yaml"
USAGE: Final = "sheets/usage.yaml"
SIDE_SHEETS: Final = frozenset({EXPORT, RECORDS, DECISIONS, EARNINGS, PAYMENTS, INELIGIBLE, USAGE})


class SideKind(StrEnum):
    """What belongs into the cells of a column."""

    TEXT = "text"
    LINES = "lines"
    DIGITS = "digits"
    TENANT = "tenant"
    SUBSCRIPTION = "subscription"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class SideColumn:
    """One column of a side sheet."""

    key: str
    header: str
    kind: SideKind
    is_required: bool
    synonyms: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideSheet:
    """The columns of a side sheet, and the words in which it names statuses."""

    name: str
    columns: tuple[SideColumn, ...]
    statuses: Mapping[str, str]
    """Folded spelling -> the status that an edition may have."""
    _keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    def column(self, key: str) -> SideColumn:
        """Return the column of that key; KeyError if there is none."""
        return next(column for column in self.columns if column.key == key)

    def match_header(self, text: str) -> str | None:
        """Return the key of the column that the header names, or None."""
        return self._keys.get(fold_name(text))

    def suggest_header(self, text: str) -> str | None:
        """Return the key of the column whose header is most similar, for a message only, or None."""
        return nearest_name(text, self._keys)


def load_side_sheet(assets: Assets, name: str) -> SideSheet:
    """Return a side sheet, such as EXPORT; RulebookError names file and line of a wrong value."""
    return parse_side_sheet(parse_yaml(assets.read_schema(name), str(assets.schema_path(name))))


def parse_side_sheet(root: Value) -> SideSheet:
    """Return the side sheet that a file describes; RulebookError where two columns share a spelling."""
    table = root.table(required=("name", "columns"), optional=("statuses",))
    columns = tuple(_column(item) for item in table["columns"].items())
    words = table.find("statuses")
    return SideSheet(
        name=table["name"].text(),
        columns=columns,
        statuses=MappingProxyType({} if words is None else _statuses(words)),
        _keys=MappingProxyType(_keys(columns, table["columns"].place)),
    )


def _column(item: Value) -> SideColumn:
    table = item.table(required=("key", "header", "kind", "reference"), optional=("synonyms", "required"))
    required = table.find("required")
    return SideColumn(
        key=table["key"].text(),
        header=table["header"].text(),
        kind=table["kind"].choice(SideKind),
        is_required=False if required is None else required.flag(),
        synonyms=table.spellings("synonyms"),
        reference=table["reference"].text(),
    )


def _statuses(value: Value) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, spellings in value.open_table().entries.items():
        for spelling in (name, *spellings.spellings()):
            other = found.setdefault(fold_name(spelling), name)
            if other != name:
                message = f'"{spelling}" names both the status {other} and the status {name}.'
                raise spellings.place.error(message, "Keep the spelling in one of them.")
    return found


def _keys(columns: tuple[SideColumn, ...], place: Place) -> dict[str, str]:
    keys: dict[str, str] = {}
    for column in columns:
        for name in (column.key, column.header, *column.synonyms):
            other = keys.setdefault(fold_name(name), column.key)
            if other != column.key:
                message = f'"{name}" names both the column {other} and the column {column.key}.'
                raise place.error(message, "Keep the spelling in one of them.")
    return keys
