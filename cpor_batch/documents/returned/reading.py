"""Read returned documents: one child reads them all and is replaced when one of them kills it."""

import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cpor_batch.documents.returned.labels import find_labelled_dates, find_typed_signature
from cpor_batch.documents.returned.written_dates import read_days
from cpor_batch.domain.evidence import DATE_FIELD, Evidence, Unreadable
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.limits import GIBIBYTE, MEBIBYTE, Limits
from cpor_batch.files import sha256_of
from cpor_batch.isolation import Child, ChildDiedError, Death

_CHILD: Final = "cpor_batch.documents.returned.child:look"
_MAX_BYTES: Final = 64 * MEBIBYTE
"""A scan of thirty pages has about ten; the workspace's limit for files holds where it is lower."""
_MAX_MEMORY: Final = 2 * GIBIBYTE
_MAX_SECONDS: Final = 60.0


class EvidenceReader:
    """Reads PDFs in a child process, each content once. Use it in a `with` block."""

    def __init__(self, limits: Limits) -> None:
        """Keep the limits; the child is started with the first file."""
        self._max_bytes = min(limits.file_bytes, _MAX_BYTES)
        self._memory = min(limits.child_bytes, _MAX_MEMORY)
        self._seconds = min(limits.seconds, _MAX_SECONDS)
        self._child: Child | None = None
        self._read: dict[str, Evidence | Unreadable] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.close()

    def read(self, path: Path) -> Evidence | Unreadable:
        """Return what the file shows, or why it cannot be looked at; never raises for what the file is."""
        fault = self._find_fault(path)
        if fault is not None:
            return fault
        sha256 = sha256_of(path)
        if sha256 not in self._read:
            self._read[sha256] = self._look(path)
        return self._read[sha256]

    def _find_fault(self, path: Path) -> Unreadable | None:
        try:
            state = path.stat()
            if stat.S_ISDIR(state.st_mode):
                return _unreadable(IssueCode.FILE_TYPE, "This is a folder.", "Name the PDF files in it.")
            if not stat.S_ISREG(state.st_mode):
                # Opening a pipe or a device would wait for somebody to write to it.
                return _unreadable(
                    IssueCode.FILE_TYPE, "This is no ordinary file.", "Copy it to a file first."
                )
            path.open("rb").close()
        except (FileNotFoundError, NotADirectoryError):
            return _unreadable(
                IssueCode.FILE_NOT_FOUND, "There is no such file.", "Check the name and the folder."
            )
        except (OSError, ValueError) as exc:
            reason = getattr(exc, "strerror", None) or exc
            return _unreadable(
                IssueCode.FILE_NOT_FOUND,
                f"The file cannot be opened ({reason}).",
                "Check that you may read it.",
            )
        if state.st_size > self._max_bytes:
            return _too_large(
                f"The file has {state.st_size // MEBIBYTE} MB; the limit is {self._max_bytes // MEBIBYTE} MB."
            )
        return None

    def _look(self, path: Path) -> Evidence | Unreadable:
        if self._child is None:
            self._child = Child(_CHILD, memory_bytes=self._memory, seconds=self._seconds)
        try:
            self._child.send(str(path))
            answer = self._child.receive()
        except ChildDiedError as exc:
            self._child.close()
            self._child = None
            return self._obituary(exc)
        if isinstance(answer, Evidence):
            return _with_dates(answer)
        if isinstance(answer, Unreadable):
            return answer
        raise TypeError(f"unexpected answer of the reading process: {type(answer).__name__}")

    def _obituary(self, exc: ChildDiedError) -> Unreadable:
        match exc.death:
            case Death.DEADLINE:
                return _too_large(f"Reading the file took longer than {self._seconds:g} seconds.")
            case Death.MEMORY:
                return _too_large(
                    f"Reading the file takes more than {self._memory // MEBIBYTE} MB of memory."
                )
            case Death.CRASH:
                return _unreadable(
                    IssueCode.FILE_CORRUPT,
                    "The file is damaged in a way that the reader cannot cope with.",
                    "Print it to a new PDF, or ask for it again.",
                )


def read_evidence(
    paths: Iterable[Path], *, limits: Limits | None = None
) -> dict[Path, Evidence | Unreadable]:
    """Return for each path what the PDF shows, or why it cannot be looked at."""
    with EvidenceReader(limits or Limits()) as reader:
        return {path: reader.read(path) for path in paths}


def _with_dates(evidence: Evidence) -> Evidence:
    typed = evidence.fields.get(DATE_FIELD) or evidence.printed_fields.get(DATE_FIELD, "")
    return replace(
        evidence,
        written_dates=read_days(typed, language=evidence.language),
        labelled_dates=find_labelled_dates(evidence.text, language=evidence.language),
        typed_signature=evidence.typed_signature or find_typed_signature(evidence.text),
    )


def _unreadable(code: IssueCode, message: str, hint: str) -> Unreadable:
    return Unreadable(code=code, message=message, hint=hint)


def _too_large(message: str) -> Unreadable:
    return _unreadable(
        IssueCode.FILE_TOO_LARGE, message, "Print it to a new PDF with fewer pages or smaller pictures."
    )
