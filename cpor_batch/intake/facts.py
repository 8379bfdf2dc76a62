"""Facts about a file that calamine does not tell: faulty cells, hidden rows, macros, links."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.intake.grid import Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the look found in one sheet."""

    faults: Faults = field(default_factory=dict)
    """Row number -> index of the column -> the cell that looks blank and is not."""
    hidden_rows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the look found in the file."""

    facts: Mapping[str, SheetFacts] = field(default_factory=dict)
    """By the name of the sheet."""
    has_macros: bool = False
    links: tuple[str, ...] = ()
    """What the workbook would fetch from elsewhere, in words."""


NO_FACTS: Final = SheetFacts()
