"""Facts about a sheet that calamine does not tell: faulty cells and hidden rows."""

from dataclasses import dataclass, field
from typing import Final

from cpor_batch.intake.grid import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the scan found in one sheet."""

    faults: Faults = field(default_factory=dict)
    """Row number -> index of the column -> the cell that looks blank and is not."""
    hidden_rows: frozenset[int] = frozenset()


NO_FACTS: Final = SheetFacts()
