"""Read one file: start the child, choose sheet and header, turn its table into rows and issues."""

import stat
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.limits import MEBIBYTE, Limits
from cpor_batch.domain.rows import Column, Rows
from cpor_batch.intake.headers import Header, HeaderSchema, find_header
from cpor_batch.intake.letters import column_letter
from cpor_batch.intake.messages import Heads, Table
from cpor_batch.intake.refusal import Refusal, RefusedError, corrupt, too_large
from cpor_batch.intake.warnings import warnings_of
from cpor_batch.isolation import Child, ChildDiedError, Death

_CHILD: Final = "cpor_batch.intake.child:read"
# More readers than this only wait for each other: reading needs a whole core and the memory for a sheet.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_LOCK_FILE_START: Final = "~$"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What came of one file."""

    rows: Rows | None
    """None where the file is refused; `issues` then holds the one reason."""
    issues: tuple[Issue, ...]
    sha256: str
    """Of the file's bytes, lower-case hex; empty where it was refused before it was read through."""
    size: int
    """In bytes; 0 where there is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the files of one run are read; the same for all of them."""

    sheet_schema: HeaderSchema
    limits: Limits
    header_map: Mapping[str, str]
    """Header -> key, wins over the rulebook's spellings."""
    required: frozenset[str]
    """The keys whose column must be there."""


def is_lock_file(path: Path) -> bool:
    """Whether this is the lock file that Excel keeps beside an open workbook, and no workbook."""
    return path.name.startswith(_LOCK_FILE_START)


class Reading:
    """One file on its way; the work is done in a thread of its own, which mostly waits for the child."""

    places: threading.Semaphore = _AT_ONCE
    """How many files may be on their way at once."""

    def __init__(self, path: Path, *, name: str, terms: Terms) -> None:
        """Start reading the file at `path`, which issues call `name`."""
        self._path = path
        self._name = name
        self._terms = terms
        self._looked = threading.Event()
        self._sha256 = ""
        self._result: ReadResult | None = None
        self._bug: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_until_looked(self) -> None:
        """Return as soon as the file has been looked at: from here on it is being read, or it is refused."""
        self._looked.wait()

    @property
    def is_over(self) -> bool:
        """Whether `result()` would answer at once."""
        return self._result is not None or not self._thread.is_alive()

    def result(self) -> ReadResult:
        """Wait for the end and return what came of the file."""
        self._thread.join()
        if self._result is None:
            raise self._bug or RuntimeError("the reading ended without a result")
        return self._result

    def _run(self) -> None:
        try:
            with self.places:
                self._result = self._read()
        except BaseException as exc:  # noqa: BLE001 - raised again by result(), in the thread that asks for it
            self._bug = exc
        finally:
            self._looked.set()

    def _read(self) -> ReadResult:
        size = 0
        try:
            size = size_of(self._path, self._terms.limits)
            rows, issues = self._converse()
        except RefusedError as exc:
            issue = exc.refusal.as_issue(self._name)
            return ReadResult(rows=None, issues=(issue,), sha256=self._sha256, size=size)
        return ReadResult(rows=rows, issues=issues, sha256=self._sha256, size=size)

    def _converse(self) -> tuple[Rows, tuple[Issue, ...]]:
        try:
            return self._converse_once(in_turn=False)
        except ChildDiedError as exc:
            if exc.death is Death.DEADLINE:
                raise _refusal_of(exc, self._terms.limits) from exc
        # The look at a large sheet goes on while calamine reads, and may have died with it: now look first.
        try:
            return self._converse_once(in_turn=True)
        except ChildDiedError as exc:
            raise _refusal_of(exc, self._terms.limits) from exc

    def _converse_once(self, *, in_turn: bool) -> tuple[Rows, tuple[Issue, ...]]:
        memory_bytes, seconds = self._terms.limits.child_bytes, self._terms.limits.seconds
        arguments = (str(self._path), self._terms.limits, in_turn)
        with Child(_CHILD, *arguments, memory_bytes=memory_bytes, seconds=seconds) as child:
            heads = child.receive()
            self._looked.set()
            if not isinstance(heads, Heads):
                raise _refused(heads)
            self._sha256 = heads.sha256
            header = find_header(
                heads.sheets,
                self._terms.sheet_schema,
                required=self._terms.required,
                header_map=self._terms.header_map,
                hidden=heads.hidden,
            )
            child.send(header.as_choice())
            table = child.receive()
        if not isinstance(table, Table):
            raise _refused(table)
        warnings = warnings_of(heads, header, table, file=self._name, schema=self._terms.sheet_schema)
        return _rows_of(table, header, self._name), warnings


def size_of(path: Path, limits: Limits) -> int:
    """Return the file's size in bytes; RefusedError where there is no file that can be opened."""
    if path.is_dir():
        raise RefusedError(
            IssueCode.FILE_TYPE, "This is a folder.", "Name the files in it, for example with *.xlsx."
        )
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            # Opening a pipe or a device would wait for somebody to write to it.
            raise RefusedError(IssueCode.FILE_TYPE, "This is no ordinary file.", "Copy it to a file first.")
        path.open("rb").close()
    except FileNotFoundError:
        raise RefusedError(
            IssueCode.FILE_NOT_FOUND, "There is no such file.", "Check the name and the folder."
        ) from None
    except OSError as exc:
        raise RefusedError(
            IssueCode.FILE_NOT_FOUND,
            f"The file cannot be opened ({exc.strerror or exc}).",
            "Close it where it is open, and check that you may read it.",
        ) from exc
    if state.st_size > limits.file_bytes:
        raise too_large(
            f"The file has {state.st_size // MEBIBYTE} MB; the limit is {limits.file_bytes // MEBIBYTE} MB."
        )
    return state.st_size


def _refused(answer: object) -> RefusedError:
    if not isinstance(answer, Refusal):
        raise TypeError(f"unexpected answer of the reading process: {type(answer).__name__}")
    return RefusedError(answer.code, answer.message, answer.hint, sheet=answer.sheet)


def _refusal_of(exc: ChildDiedError, limits: Limits) -> RefusedError:
    match exc.death:
        case Death.DEADLINE:
            return too_large(f"Reading the file took longer than {limits.seconds:g} seconds.")
        case Death.MEMORY:
            return too_large(
                f"Reading the file takes more than {limits.child_bytes // MEBIBYTE} MB of memory."
            )
        case Death.CRASH:
            return corrupt("The file is damaged in a way that the reader cannot cope with.")


def _rows_of(table: Table, header: Header, name: str) -> Rows:
    columns: dict[str, Column] = {}
    extras: list[Column] = []
    for encoded in table.columns:
        column = Column(
            header=header.texts[encoded.index],
            letter=column_letter(encoded.index),
            codes=encoded.codes,
            values=encoded.values,
        )
        if encoded.index in header.keys:
            columns[header.keys[encoded.index]] = column
        else:
            extras.append(column)
    return Rows(
        file=name,
        sheet=header.sheet,
        header_row=header.row,
        numbers=table.numbers,
        columns=columns,
        extras=tuple(extras),
    )
