"""Look at a file before anything reads it: is it what it says and whole, and how large is it unpacked.

Standard library only, in bounded memory. Runs in the reading child.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cpor_batch.domain.limits import Limits
from cpor_batch.intake.facts import Findings
from cpor_batch.intake.kinds import SNIFF_BYTES, Container, Kind, check_start, container_of, promised_kind
from cpor_batch.intake.refusal import corrupt

_BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A file that may be read."""

    path: str
    kind: Kind
    sha256: str
    findings: Findings
    state: tuple[int, ...]
    """Which file it was, its size and the time of its last change when the looking began."""

    def check_unchanged(self) -> None:
        """Raise RefusedError if somebody has written to the file meanwhile."""
        if _state_of(Path(self.path).stat()) != self.state:
            raise corrupt("The file changed while it was being read.")


@contextmanager
def look_at(path: str, limits: Limits, *, in_turn: bool) -> Iterator[Look]:
    """Look at the file, which stays open meanwhile; RefusedError with the code where it must not be read.

    In turn: nothing of the looking goes on in the background while the file is read.
    """
    with Path(path).open("rb") as file:
        state = _state_of(os.fstat(file.fileno()))
        kind = promised_kind(Path(path).suffix)
        sha256 = _sha256_of(file)
        findings = _look_inside(file, kind, limits, in_turn=in_turn)
        yield Look(path=path, kind=kind, sha256=sha256, findings=findings, state=state)


def _look_inside(file: BinaryIO, kind: Kind, limits: Limits, *, in_turn: bool) -> Findings:
    file.seek(0)
    start = file.read(SNIFF_BYTES)
    if container_of(start) is Container.OLE:
        # Under any name: Excel wraps an encrypted .xlsx, too, into what was the container of .xls.
        from cpor_batch.intake.compound import look_into_compound

        return look_into_compound(file, kind)
    check_start(start, kind)
    if container_of(start) is Container.ZIP:
        from cpor_batch.intake.packages import look_into_package

        return look_into_package(file, kind, limits, in_turn=in_turn)
    return Findings()


def _sha256_of(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


def _state_of(state: os.stat_result) -> tuple[int, ...]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns
