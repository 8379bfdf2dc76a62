"""Facts about a file that calamine does not tell: faulty cells, hidden rows, macros, links."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.intake.grid import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the look found in one sheet."""

    faults: Faults = field(default_factory=dict)
    """Row number -> index of the column -> the cell that looks blank and is not."""
    hidden_rows: frozenset[int] = frozenset()


FactsOf = Callable[[], SheetFacts]
"""Gives the facts of a sheet; may wait for a scan that is still going on, and raises what the scan raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the look found in the file."""

    facts: Mapping[str, FactsOf] = field(default_factory=dict)
    """By the name of the sheet."""
    has_macros: bool = False
    links: tuple[str, ...] = ()
    """What the workbook would fetch from elsewhere, in words."""


class ScanInBackground:
    """A scan in a thread of its own; a call waits for its end, and returns or raises what the scan did."""

    def __init__(self, scan: Callable[[], SheetFacts]) -> None:
        """Start the scan."""
        self._scan = scan
        self._facts: SheetFacts | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __call__(self) -> SheetFacts:
        """Return what the scan found."""
        self._thread.join()
        if self._facts is None:
            raise self._error or RuntimeError("the scan ended without a result")
        return self._facts

    def _run(self) -> None:
        try:
            self._facts = self._scan()
        except BaseException as exc:  # noqa: BLE001 - raised again in the thread that asks
            self._error = exc


NO_FACTS: Final = SheetFacts()
