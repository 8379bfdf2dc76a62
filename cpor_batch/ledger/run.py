"""What the ledger records of a run, and of the batches that it read."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from cpor_batch import clock

_NO_MAP: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchIdentity:
    """What makes two batches the same one: the bytes and everything that decides how they are read."""

    name: str
    """The file's name as people know it; not part of the identity."""
    sha256: str
    sheet: str | None
    edition: str
    rulebook: str
    """The rulebook's fingerprint."""
    header_map: Mapping[str, str] = field(default_factory=lambda: _NO_MAP)

    @property
    def digest(self) -> str:
        """SHA-256 over everything but the name, in hex."""
        parts = [self.sha256, self.sheet or "", self.edition, self.rulebook, sorted(self.header_map.items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def new_run_id() -> str:
    """Return a name for a run that sorts by time and is unique: "20260301T101502417Z-4f7a1c"."""
    now = clock.now()
    # To the millisecond: a script starts several runs within a second, and the last one must sort last.
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run that writes: who does what, on which day."""

    id: str
    command: str
    actor: str
    known_on: date
    """Today, or the run's --as-of."""
    workspace: str = ""
    """Which workspace owes the documents of this run, where several share a ledger."""
    inputs: tuple[BatchIdentity, ...] = ()
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """A run as the ledger knows it."""

    run: Run
    recorded_at: datetime
    first_event: int | None
    """Number of its first event; None where it only registered documents."""
    last_event: int | None
    head: tuple[int, str]
    """Number and hash of the ledger's last event when the run ended."""
