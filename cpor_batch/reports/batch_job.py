"""What the sheets of one blank batch workbook have in common: the rules, the words, the looks of a column."""

from dataclasses import dataclass
from typing import Any, Final

from cpor_batch.reports.batch_words import BatchWords
from cpor_batch.reports.styles import DATE_FORMAT, MUTED, Styles
from cpor_batch.rulebook import Rulebook
from cpor_batch.rulebook.sheet import ColumnKind, ColumnRule, Scope

# `Any` throughout: xlsxwriter brings no types.

HEAD_FILLS: Final = {Scope.GROUPING: "#CFE1EF", Scope.CLAIM: "#E9EEF2", Scope.LINE: "#E3EFE3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that the sheets of one blank workbook have in common."""

    book: Any
    styles: Styles
    rulebook: Rulebook
    words: BatchWords
    language: str

    @property
    def columns(self) -> tuple[ColumnRule, ...]:
        """The columns of the sheet, in their order."""
        return self.rulebook.sheet.columns

    def is_required(self, rule: ColumnRule) -> bool:
        """Whether every claim needs the column under the edition."""
        return rule.is_required or rule.key in self.rulebook.edition.required

    def letter(self, key: str) -> str:
        """Return the letter of a column of the sheet Claims."""
        from xlsxwriter.utility import xl_col_to_name

        place = next(index for index, rule in enumerate(self.columns) if rule.key == key)
        return str(xl_col_to_name(place))


def header(job: Job, rule: ColumnRule) -> str:
    """Return the header in the workbook's language, with a star where it is required."""
    return f"{rule.headers[job.language]}{' *' if job.is_required(rule) else ''}"


def head_style(job: Job, rule: ColumnRule) -> Any:
    """Return the format of a column's header: its colour says what the column holds for."""
    return job.styles.get(
        bold=True,
        bg_color=HEAD_FILLS[rule.scope],
        bottom=1,
        bottom_color=MUTED,
        text_wrap=True,
        valign="vcenter",
    )


def cell_style(job: Job, rule: ColumnRule) -> Any:
    """Return the format of a column's cells: text, so that zeros and digits stay, or a date."""
    number_format = DATE_FORMAT if rule.kind is ColumnKind.DATE else "@"
    return job.styles.get(num_format=number_format, align="left", text_wrap=rule.line_breaks)
