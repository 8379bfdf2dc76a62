"""Which reader reads which column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from cpor_batch.domain.issue import Issue
from cpor_batch.domain.rows import Cell, Column
from cpor_batch.rulebook import Rulebook
from cpor_batch.rulebook.sheet import ColumnKind, ColumnRule
from cpor_batch.validation import wording
from cpor_batch.validation.choices import Choices
from cpor_batch.validation.days import date_order, read_date
from cpor_batch.validation.internet import read_domain, read_email
from cpor_batch.validation.judged import BLANK_CODE, UNREADABLE_CODE, Codes, TypedColumn
from cpor_batch.validation.places import Sheet
from cpor_batch.validation.plain import PLAIN_TEXTS
from cpor_batch.validation.reading import Reading, Typed

Reader = Callable[[Cell], Reading]

_OF_KEYS: Final[Mapping[str, Reader]] = {
    "claim_reference": wording.read_claim_reference,
    "tenant_id": wording.read_tenant_id,
    "subscription_id": wording.read_subscription_id,
}
_OF_KINDS: Final[Mapping[ColumnKind, Reader]] = {
    ColumnKind.TEXT: wording.read_text,
    ColumnKind.CHANNEL: wording.read_text,
    ColumnKind.PATH: wording.read_text,
    ColumnKind.DIGITS: wording.read_mpn_id,
    ColumnKind.GUID: wording.read_tenant_id,
    ColumnKind.EMAIL: read_email,
    ColumnKind.DOMAIN: read_domain,
    ColumnKind.ADDRESS: wording.read_address,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Gives every column its reader."""

    choices: Choices
    reads_date: Reader

    @classmethod
    def of(cls, rulebook: Rulebook, *, locale: str | None) -> "Readers":
        """Return the readers of the rulebook's columns; `locale` decides how a date text is read."""
        return cls(
            choices=Choices.of(rulebook),
            reads_date=partial(read_date, order=date_order(locale)),
        )

    def reader_of(self, rule: ColumnRule) -> Reader:
        """Return the reader of the column's cells."""
        if rule.key in _OF_KEYS:
            return _OF_KEYS[rule.key]
        if rule.line_breaks and rule.kind is ColumnKind.TEXT:
            return wording.read_lines
        readers = self._of_rulebook()
        return readers[rule.kind] if rule.kind in readers else _OF_KINDS[rule.kind]

    def _of_rulebook(self) -> Mapping[ColumnKind, Reader]:
        return {
            ColumnKind.DATE: self.reads_date,
            ColumnKind.COUNTRY: self.choices.read_country,
            ColumnKind.LANGUAGE: self.choices.read_language,
            ColumnKind.YES_NO: self.choices.read_yes_no,
            ColumnKind.AREA: self.choices.read_area,
            ColumnKind.ACTIVITY: self.choices.read_activity,
            ColumnKind.PRODUCT: self.choices.read_product,
        }


def read_column(
    column: Column, rule: ColumnRule, *, reader: Reader, sheet: Sheet
) -> tuple[TypedColumn, list[Issue]]:
    """Return the typed column and the issues of its cells; each distinct cell is read once."""
    readings, plain = _read_cells(column.values, reader)
    numbering: dict[Typed, int] = dict(zip(plain, range(len(plain)), strict=True))
    raw = np.asarray(column.codes, dtype=np.int32)
    translation = _translation(readings, len(column.values), numbering)
    codes = translation[raw] if len(raw) else raw
    noted = {code: reading for code, reading in readings.items() if _is_noted(reading)}
    return TypedColumn(codes, tuple(numbering)), _issues_of(noted, raw, rule, sheet)


def _read_cells(cells: Sequence[Cell], reader: Reader) -> tuple[dict[int, Reading], list[str]]:
    """Return the readings of the cells that need one, by code, and the texts that read as themselves."""
    pattern = PLAIN_TEXTS.get(reader)
    if pattern is None:
        return dict(enumerate(map(reader, cells))), []
    is_plain = pattern.fullmatch
    plain: list[str] = []
    unusual: dict[int, Cell] = {}
    for code, cell in enumerate(cells):
        if type(cell) is str and is_plain(cell):
            plain.append(cell)
        else:
            unusual[code] = cell
    return {code: reader(cell) for code, cell in unusual.items()}, plain


def _translation(readings: Mapping[int, Reading], length: int, numbering: dict[Typed, int]) -> Codes:
    """Return the typed code of each raw one; the plain texts stand in `numbering` already, in their order."""
    # An all-blank column of no values has nothing to translate.
    codes = np.full(max(length, 1), BLANK_CODE, dtype=np.int32)
    is_plain = np.ones(length, dtype=np.bool_)
    is_plain[list(readings)] = False
    codes[:length][is_plain] = np.arange(length - len(readings), dtype=np.int32)
    for code, reading in readings.items():
        codes[code] = _code_of(reading, numbering)
    return codes


def _code_of(reading: Reading, numbering: dict[Typed, int]) -> int:
    if reading.fault is not None:
        return UNREADABLE_CODE
    if reading.value is None:
        return BLANK_CODE
    return numbering.setdefault(reading.value, len(numbering))


def _is_noted(reading: Reading) -> bool:
    return reading.fault is not None or reading.before is not None or reading.warning is not None


def _issues_of(noted: Mapping[int, Reading], raw: Codes, rule: ColumnRule, sheet: Sheet) -> list[Issue]:
    if not noted:
        return []
    issues: list[Issue] = []
    for position in np.flatnonzero(np.isin(raw, list(noted))).tolist():
        reading = noted[int(raw[position])]
        faults = (fault for fault in (reading.fault, reading.warning) if fault is not None)
        issues.extend(sheet.issue(position, rule.key, fault, rule=rule.reference) for fault in faults)
        if reading.before is not None and reading.after is not None:
            issues.append(sheet.correction(position, rule.key, reading.before, reading.after))
    return issues
