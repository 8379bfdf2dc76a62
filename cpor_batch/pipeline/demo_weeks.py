"""The demo's earlier weeks: workbooks as they were then, so that history and charts have a story to tell.

A team keeps one workbook and fills in day after day when a PoE was signed and a claim submitted. What the
sample's workbooks say of later days is left out again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

EARLIER: Final = (
    (date(2021, 3, 3), "01-clean.xlsx", 20),
    (date(2021, 3, 10), "01-clean.xlsx", 31),
    (date(2021, 3, 17), "01-clean.xlsx", 40),
    (date(2021, 3, 24), "01-clean.xlsx", 47),
    (date(2021, 3, 24), "05-svensk.xlsx", 6),
)
"""What was ingested before the day of the samples: the day, the workbook, and its number of claims then."""

_LATER: Final = {"submitted_on": ("submitted_on",), "poe_signed_on": ("poe_signed_on", "poe_document")}
"""Column with a day -> the columns that are blank before that day."""


def write_as_of(
    source: Path, target: Path, day: date, *, claims: int, match_header: Callable[[str], str | None]
) -> None:
    """Write the first sheet of `source` to `target` as it was on `day`, with its first `claims` claims.

    Values only; what happened on later days is left out.
    """
    from openpyxl import Workbook, load_workbook

    book = load_workbook(source, read_only=True, data_only=True)
    try:
        rows = [list(row) for row in book[book.sheetnames[0]].iter_rows(values_only=True)]
    finally:
        book.close()
    columns: dict[str, int] = {}
    names: set[object] = set()
    new = Workbook(write_only=True)
    sheet = new.create_sheet("Claims")
    for row in rows:
        if "claim_name" not in columns:
            columns = _find_columns(row, match_header)
        else:
            names.add(row[columns["claim_name"]])
            for place in _find_later(row, columns, day):
                row[place] = None
        if len(names) <= claims:
            sheet.append(row)
    new.save(target)


def _find_columns(row: Sequence[object], match_header: Callable[[str], str | None]) -> dict[str, int]:
    """Return key -> place of the columns, if the row is the header."""
    keys = {match_header(cell): place for place, cell in enumerate(row) if isinstance(cell, str)}
    return {key: place for key, place in keys.items() if key is not None}


def _find_later(row: Sequence[object], columns: Mapping[str, int], day: date) -> Iterator[int]:
    """Yield the places of cells that were blank on `day`."""
    for key, blank in _LATER.items():
        place = columns.get(key)
        value = row[place] if place is not None else None
        if isinstance(value, datetime) and value.date() > day:
            yield from (columns[name] for name in blank if name in columns)
