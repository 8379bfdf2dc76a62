"""Limits: how much a file from outside may ask of the machine before it is refused."""

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024
GIBIBYTE: Final = 1024 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one workbook may cost. All are settings; the defaults are far above what offices send."""

    file_bytes: int = 256 * MEBIBYTE
    """The file as it lies on disk."""
    part_bytes: int = 2 * GIBIBYTE
    """One part of the file, unpacked; all parts together may have twice as much."""
    cells: int = 40_000_000
    """Rows times columns of the used area of a sheet."""
    child_bytes: int = 4 * GIBIBYTE
    """Address space of the process that reads (not on Windows)."""
    seconds: float = 120.0
    """How long one step of the reading may take."""
