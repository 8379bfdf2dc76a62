"""Read workbooks from outside: any file that a partner may send becomes rows, or one reason why not.

Everything that touches the file's content runs in a child process with a memory limit and a deadline; this
package, imported, needs the standard library alone. Cells come raw: nothing is trimmed, typed or guessed.
A merged cell has its value in its first row and column alone, as the file stores it; for a claim-wide cell
the blank rows below mean "as above" anyway.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cpor_batch.domain.limits import Limits
from cpor_batch.intake.afar import StartReading, describe_reading, open_readers
from cpor_batch.intake.headers import HeaderSchema
from cpor_batch.intake.reading import Reading, ReadResult, Terms, is_lock_file

__all__ = [
    "Limits",
    "ReadResult",
    "Reading",
    "StartReading",
    "Terms",
    "describe_reading",
    "is_lock_file",
    "open_readers",
    "read_workbook",
    "read_workbooks",
    "start_reading",
]

_NO_MAP: Mapping[str, str] = {}


def start_reading(
    path: Path,
    *,
    name: str,
    sheet_schema: HeaderSchema,
    limits: Limits,
    header_map: Mapping[str, str] = _NO_MAP,
    required: frozenset[str] | None = None,
) -> Reading:
    """Start reading the file in the background; `result()` waits for what came of it.

    `name` is what issues call the file. `header_map` (header -> key) wins over the rulebook's spellings.
    `required` are the keys whose column must be there, by default those that every edition requires.
    Files started together are read two at a time.
    """
    if required is None:
        required = frozenset(column.key for column in sheet_schema.columns if column.is_required)
    terms = Terms(sheet_schema=sheet_schema, limits=limits, header_map=header_map, required=required)
    return Reading(path, name=name, terms=terms)


def read_workbook(
    path: Path,
    *,
    name: str,
    sheet_schema: HeaderSchema,
    limits: Limits,
    header_map: Mapping[str, str] = _NO_MAP,
    required: frozenset[str] | None = None,
) -> ReadResult:
    """Read the file and return its rows, or the one issue for which it is refused."""
    return start_reading(
        path, name=name, sheet_schema=sheet_schema, limits=limits, header_map=header_map, required=required
    ).result()


def read_workbooks(
    paths: Mapping[str, Path],
    *,
    sheet_schema: HeaderSchema,
    limits: Limits,
    header_map: Mapping[str, str] = _NO_MAP,
    required: frozenset[str] | None = None,
) -> Iterator[ReadResult]:
    """Read several files (name -> path), two at a time, and yield the results in their order."""
    readings = [
        start_reading(
            path,
            name=name,
            sheet_schema=sheet_schema,
            limits=limits,
            header_map=header_map,
            required=required,
        )
        for name, path in paths.items()
    ]
    for reading in readings:
        yield reading.result()
