"""Count all findings and keep the first of each kind: a report of half a million lines is read by nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from cpor_batch.domain.finding import Finding, FindingKind


@dataclass(slots=True)
class FindingBox:
    """The findings of a run."""

    most: int = 5_000
    """Of each kind so many are kept."""
    counts: Counter[FindingKind] = field(default_factory=Counter)
    _kept: dict[FindingKind, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there is room."""
        self.counts[finding.kind] += 1
        kept = self._kept[finding.kind]
        if len(kept) < self.most:
            kept.append(finding)

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


def _place_of(finding: Finding) -> tuple[bool, str, int, str]:
    return (finding.file is None, finding.file or "", finding.row or 0, finding.subject)
