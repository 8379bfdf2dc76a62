"""Count all findings and keep the first of each kind: a report of half a million lines is read by nobody.

What is beyond that goes to a file on disk, so that the whole list can be written whatever its length.
"""

import csv
import io
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from cpor_batch.domain.finding import Finding, FindingKind
from cpor_batch.files import open_for_replacement

_COLUMNS: Final = tuple(entry.name for entry in fields(Finding) if entry.name != "is_of_earnings")
_BLOCK: Final = 1024 * 1024
# Excel takes a cell of a CSV file that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class FindingBox:
    """The findings of a run; a context, because it may hold a temporary file."""

    most: int = 5_000
    """Of each kind so many are kept."""
    counts: Counter[FindingKind] = field(default_factory=Counter)
    _kept: dict[FindingKind, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _rest: IO[str] | None = None
    """What was not kept, as CSV."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the temporary file away."""
        if self._rest is not None:
            self._rest.close()

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.counts[finding.kind] += 1
        kept = self._kept[finding.kind]
        if len(kept) < self.most:
            kept.append(finding)
        else:
            if self._rest is None:
                self._rest = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - see __exit__
            csv.writer(self._rest).writerow(_row_of(finding))

    def add_all(self, findings: Iterable[Finding]) -> None:
        """Add several."""
        for finding in findings:
            self.add(finding)

    @property
    def drift(self) -> int:
        """How many differ."""
        return self.counts.total() - self.counts[FindingKind.MATCHED]

    @property
    def is_cut(self) -> bool:
        """Whether a kind has more findings than were kept."""
        return any(number > self.most for number in self.counts.values())

    def findings(self, kinds: Iterable[FindingKind]) -> tuple[Finding, ...]:
        """Return what was kept of these kinds, kind by kind, each in the order of files and rows."""
        return tuple(finding for kind in kinds for finding in sorted(self._kept.get(kind, ()), key=_place_of))

    def write_all(self, path: Path) -> None:
        """Write every finding as CSV that Excel opens; OutputError where that cannot be done."""
        with open_for_replacement(path) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
            writer = csv.writer(text)
            writer.writerow(_COLUMNS)
            writer.writerows(_row_of(finding) for finding in self.findings(FindingKind))
            if self._rest is not None:
                self._rest.seek(0)
                while block := self._rest.read(_BLOCK):
                    text.write(block)
            text.detach()


def _row_of(finding: Finding) -> list[str]:
    values = (getattr(finding, name) for name in _COLUMNS)
    texts = ("" if value is None else str(value) for value in values)
    return [f"'{text}" if text.startswith(_FORMULA) else text for text in texts]


def _place_of(finding: Finding) -> tuple[bool, str, int, str]:
    return (finding.file is None, finding.file or "", finding.row or 0, finding.subject)
