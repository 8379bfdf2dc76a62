"""All rows of a run as one table, whichever files they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cpor_batch.domain.edition import Edition
from cpor_batch.domain.issue import Issue
from cpor_batch.domain.verdict import RowPlace
from cpor_batch.rulebook import Rulebook
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import JudgedRows, TypedColumn
from cpor_batch.validation.places import Sheet
from cpor_batch.validation.reading import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of all sheets, one after the other; a position counts through all of them."""

    sheets: tuple[Sheet, ...]
    sheet_of: tuple[int, ...]
    """Of each row: which sheet."""
    numbers: tuple[int, ...]
    """Of each row: the file's row number."""
    starts: tuple[int, ...]
    """Of each sheet: the position of its first row."""
    columns: Mapping[str, TypedColumn]

    def __len__(self) -> int:
        return len(self.sheet_of)

    def place(self, position: int) -> RowPlace:
        """Return the place of a row as verdicts name it."""
        sheet = self.sheets[self.sheet_of[position]]
        return RowPlace(sheet.file, sheet.sheet or "", self.numbers[position])

    def row_from(self, position: int, *, seen_from: int) -> str:
        """Return how a message at one row names another: with its file, where that is another one."""
        sheet, number = self.sheets[self.sheet_of[position]], self.numbers[position]
        if self.sheet_of[position] == self.sheet_of[seen_from]:
            return f"row {number}"
        return f"{sheet.file}, row {number}"

    def issue(self, finding: Finding, *, rule: str) -> Issue:
        """Return the finding with the name of its cell."""
        number = self.sheet_of[finding.position]
        local = finding.position - self.starts[number]
        return self.sheets[number].issue(local, finding.key, finding.fault, rule=rule)


def join_rows(judged: Sequence[JudgedRows]) -> Batch:
    """Return the rows of all sheets as one table."""
    lengths = [len(rows) for rows in judged]
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    keys = list(judged[0].columns) if judged else []
    return Batch(
        sheets=tuple(rows.places for rows in judged),
        sheet_of=tuple(np.repeat(np.arange(len(judged)), lengths).tolist()),
        numbers=tuple(number for rows in judged for number in rows.places.numbers),
        starts=tuple(starts),
        columns={key: _join([rows.columns[key] for rows in judged]) for key in keys},
    )


def _join(columns: Sequence[TypedColumn]) -> TypedColumn:
    if len(columns) == 1:
        return columns[0]
    numbering: dict[Typed, int] = {}
    parts = []
    for column in columns:
        translation = [numbering.setdefault(value, len(numbering)) for value in column.values]
        # The last two entries stand for the negative codes -2 and -1 and translate to themselves.
        parts.append(np.asarray([*translation, -2, -1], dtype=np.int32)[column.codes])
    return TypedColumn(np.concatenate(parts), tuple(numbering))


def rule_text(rulebook: Rulebook, edition: Edition, finding: Finding) -> str:
    """Return the source of the rule behind a finding: the edition's statement, else the column's."""
    stated = edition.reference(finding.path) if finding.path else ""
    return stated or rulebook.sheet.column(finding.key).reference
