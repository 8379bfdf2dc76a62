"""Read a side sheet row by row where it is text, so that 500,000 rows take no more memory than 500.

Workbooks are read as a whole: their rows are limited by Excel, and calamine needs the sheet at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpor_batch.domain.claim import Source
from cpor_batch.errors import InputRefusedError
from cpor_batch.files import sha256_of
from cpor_batch.intake.letters import column_letter
from cpor_batch.intake.streaming import STREAMED, Stream, StreamRefusedError, open_stream
from cpor_batch.pipeline.read_side_sheet import SideRow, Value, own_map, read_side_sheet, reader_of
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import SideSheet

if TYPE_CHECKING:
    from cpor_batch.validation.reading import Reading

# Columns such as status and product repeat a few cells; those of IDs never do, so what is kept has an end.
_REMEMBERED: Final = 5_000


@dataclass(slots=True)
class SideStream:
    """A file that is being read."""

    name: str
    path: Path
    sha256: str
    size: int
    columns: frozenset[str]
    """The keys of the columns that it has."""
    rows: Iterator[SideRow]
    count: int = 0
    """How many rows were read so far."""

    @property
    def as_input(self) -> dict[str, object]:
        """The file as run.json lists it."""
        return {
            "name": self.name,
            "path": str(self.path),
            "sha256": self.sha256,
            "bytes": self.size,
            "rows": self.count,
            "refused": False,
        }


@contextmanager
def open_side_stream(path: Path, workspace: Workspace, *, schema: SideSheet) -> Iterator[SideStream]:
    """Give the file's rows; InputRefusedError, also from the rows, where it is no such sheet."""
    if path.suffix.lower() not in STREAMED:
        file = read_side_sheet(path, workspace, schema=schema)
        found = SideStream(
            name=file.name,
            path=path,
            sha256=file.sha256,
            size=file.size,
            columns=file.columns,
            rows=iter(()),
        )
        found.rows = _counted(iter(file.rows), found)
        yield found
        return
    settings = workspace.settings
    try:
        with open_stream(
            path,
            schema=schema,
            header_map=own_map(settings.header_map, schema),
            file_bytes=settings.limits.part_bytes,
        ) as stream:
            found = SideStream(
                name=path.name,
                path=path,
                sha256=sha256_of(path),
                size=path.stat().st_size,
                columns=frozenset(stream.header.keys.values()),
                rows=iter(()),
            )
            found.rows = _counted(_rows(stream, path.name, schema, settings.locale), found)
            yield found
    except StreamRefusedError as exc:
        raise InputRefusedError(
            exc.refusal.message,
            hint='Name a column of your own with --map "Your header=key".'
            if exc.refusal.code == "header-missing"
            else exc.refusal.hint,
            where=path.name,
        ) from exc


def _counted(rows: Iterator[SideRow], stream: SideStream) -> Iterator[SideRow]:
    for row in rows:
        stream.count += 1
        yield row


def _rows(stream: Stream, name: str, schema: SideSheet, locale: str | None) -> Iterator[SideRow]:
    columns = [
        (index, key, _remembering(reader_of(schema.column(key).kind, locale)))
        for index, key in stream.header.keys.items()
    ]
    for number, cells in stream.rows:
        values: dict[str, Value] = {}
        faults: tuple[str, ...] = ()
        for index, key, read in columns:
            reading = read(cells[index]) if index < len(cells) and cells[index] else None
            if reading is None:
                continue
            if reading.fault is not None:
                text = f"{column_letter(index)}{number}: {reading.fault.message} {reading.fault.hint}"
                faults = (*faults, text)
            elif reading.value is not None:
                values[key] = reading.value  # type: ignore[assignment]  # these readers give texts and days
        if values or faults:
            yield SideRow(source=Source(file=name, sheet=None, row=number), values=values, faults=faults)


def _remembering(read: "Callable[[str], Reading]") -> "Callable[[str], Reading]":
    known: dict[str, Reading] = {}

    def look_up(cell: str) -> "Reading":
        found = known.get(cell)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[cell] = read(cell)
        return found

    return look_up
