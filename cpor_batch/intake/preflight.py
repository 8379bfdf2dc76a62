"""Look at a file before anything reads it: is it what it says, is it whole, how large does it get unpacked?

Standard library only, in bounded memory. Runs in the reading child.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from cpor_batch.domain.limits import Limits
from cpor_batch.intake.facts import SheetFacts
from cpor_batch.intake.kinds import SNIFF_BYTES, Kind, check_start, promised_kind
from cpor_batch.intake.refusal import corrupt

_BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of the file, which stays open."""

    file: BinaryIO
    kind: Kind
    sha256: str
    facts: Mapping[str, SheetFacts] = field(default_factory=dict)
    """By the name of the sheet."""
    has_macros: bool = False
    links: tuple[str, ...] = ()
    state: tuple[int, int]
    """Size and time of the last change when the looking began."""

    def check_unchanged(self) -> None:
        """Raise RefusedError if somebody has written to the file meanwhile."""
        if _state_of(self.file) != self.state:
            raise corrupt("The file changed while it was being read.")


@contextmanager
def look_at(path: str, limits: Limits) -> Iterator[Look]:
    """Open the file, look at it and rewind it; RefusedError with the code where it must not be read."""
    kind = promised_kind(Path(path).suffix)
    with Path(path).open("rb") as file:
        state = _state_of(file)
        check_start(file.read(SNIFF_BYTES), kind)
        file.seek(0)
        digest = hashlib.sha256()
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
        file.seek(0)
        yield Look(file=file, kind=kind, sha256=digest.hexdigest(), state=state)


def _state_of(file: BinaryIO) -> tuple[int, int]:
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns
