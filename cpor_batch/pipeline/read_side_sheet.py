"""Read a file that comes beside the batch workbooks: an export, or a list of what happened."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpor_batch.domain.claim import Source
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.rows import Cell, Column, Rows
from cpor_batch.errors import InputRefusedError
from cpor_batch.intake import start_reading
from cpor_batch.pipeline.read_amount import read_amount
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import SideKind, SideSheet

if TYPE_CHECKING:
    from cpor_batch.validation.readers import Reader
    from cpor_batch.validation.reading import Reading

Value = str | date
# A day with the time of day behind it, which an export adds: the day is what counts.
_TIME: Final = re.compile(r"[T ]+[0-9]{1,2}:[0-9]{2}.*")
_OTHER_COLUMNS: Final = frozenset({IssueCode.HEADER_MISSING, IssueCode.SHEET_NOT_FOUND})
_TABBED: Final = frozenset({".tsv", ".tab"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One row: what its cells say, and what is wrong with them."""

    source: Source
    values: Mapping[str, Value]
    """By key; blank cells and cells that cannot be read are absent."""
    faults: tuple[str, ...]
    """What is wrong and what to do, one text a cell."""

    def text(self, key: str) -> str | None:
        """Return the text of a cell, or None."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def day(self, key: str) -> date | None:
        """Return the day of a cell, or None."""
        value = self.values.get(key)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFile:
    """A file that could be read."""

    name: str
    path: Path
    sha256: str
    size: int
    columns: frozenset[str]
    """The keys of the columns that it has."""
    rows: tuple[SideRow, ...]
    warnings: tuple[Issue, ...]

    @property
    def as_input(self) -> dict[str, object]:
        """The file as run.json lists it."""
        return {
            "name": self.name,
            "path": str(self.path),
            "sha256": self.sha256,
            "bytes": self.size,
            "rows": len(self.rows),
            "refused": False,
        }


def read_side_sheet(path: Path, workspace: Workspace, *, schema: SideSheet, hint: str = "") -> SideFile:
    """Return what the file says; InputRefusedError where it cannot be read as such a sheet.

    `hint` says what to do about a file that has other columns.
    """
    with _as_known_kind(path) as readable:
        result = start_reading(
            readable,
            name=path.name,
            sheet_schema=schema,
            limits=workspace.settings.limits,
            header_map=own_map(workspace.settings.header_map, schema),
        ).result()
    if result.rows is None:
        issue = result.issues[0]
        message = _message(issue, schema)
        raise InputRefusedError(message, hint=_hint(issue, hint), where=path.name)
    return SideFile(
        name=path.name,
        path=path,
        sha256=result.sha256,
        size=result.size,
        columns=frozenset(result.rows.columns),
        rows=tuple(_rows(result.rows, schema, workspace.settings.locale)),
        warnings=tuple(issue for issue in result.issues if issue.code is not IssueCode.COLUMN_UNKNOWN),
    )


def own_map(header_map: Mapping[str, str], schema: SideSheet) -> dict[str, str]:
    """Return the part of the map that names columns of this sheet; the rest is for batch workbooks."""
    keys = {column.key for column in schema.columns}
    return {header: key for header, key in header_map.items() if key in keys}


# The reader speaks of the batch workbook, whose columns these files do not have.
def _message(issue: Issue, schema: SideSheet) -> str:
    if issue.code is not IssueCode.HEADER_MISSING:
        return issue.message
    wanted = ", ".join(column.header for column in schema.columns if column.is_required)
    return f"The columns that are looked for are not in the first 30 rows: {wanted}."


def _hint(issue: Issue, hint: str) -> str:
    if hint and issue.code in _OTHER_COLUMNS:
        return hint
    if issue.code is IssueCode.HEADER_MISSING:
        return 'Name a column of your own with --map "Your header=key".'
    return issue.hint


@contextmanager
def _as_known_kind(path: Path) -> Iterator[Path]:
    """Give a path whose ending the reader knows: text parted by tabs is read as CSV is."""
    if path.suffix.lower() not in _TABBED or not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="cpor-batch-") as folder:
        copy = Path(folder) / f"{path.stem}.csv"
        shutil.copyfile(path, copy)
        yield copy


def _rows(rows: Rows, schema: SideSheet, locale: str | None) -> Iterator[SideRow]:
    readings = {
        key: [reader_of(schema.column(key).kind, locale)(cell) for cell in column.values]
        for key, column in rows.columns.items()
    }
    for position, number in enumerate(rows.numbers):
        values: dict[str, Value] = {}
        faults = []
        for key, column in rows.columns.items():
            reading = readings[key][column.codes[position]]
            if reading.fault is not None:
                faults.append(_fault(column, number, reading))
            elif isinstance(reading.value, str | date):
                values[key] = reading.value
        yield SideRow(
            source=Source(file=rows.file, sheet=rows.sheet, row=number), values=values, faults=tuple(faults)
        )


def _fault(column: Column, row: int, reading: "Reading") -> str:
    fault = reading.fault
    return "" if fault is None else f"{column.letter}{row}: {fault.message} {fault.hint}"


def reader_of(kind: SideKind, locale: str | None) -> "Reader":
    """Return what reads the cells of such a column."""
    from cpor_batch.validation import wording
    from cpor_batch.validation.days import date_order, read_date

    match kind:
        case SideKind.TEXT:
            return wording.read_text
        case SideKind.LINES:
            return wording.read_lines
        case SideKind.DIGITS:
            return wording.read_mpn_id
        case SideKind.TENANT:
            return wording.read_tenant_id
        case SideKind.SUBSCRIPTION:
            return wording.read_subscription_id
        case SideKind.DATE:
            return partial(_read_day, read=partial(read_date, order=date_order(locale)))
        case SideKind.AMOUNT:
            return read_amount


def _read_day(cell: Cell, *, read: "Reader") -> "Reading":
    if isinstance(cell, datetime):
        return read(cell.date())
    return read(_TIME.sub("", cell.strip()) if isinstance(cell, str) else cell)
