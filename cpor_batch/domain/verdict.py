"""Verdicts: what became of every row of a run."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from cpor_batch.domain.cells import weigh_cells
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.issue import Issue, IssueCode, Severity
from cpor_batch.domain.standing import HELD, ClaimState


class Outcome(StrEnum):
    """What becomes of a claim, as a whole; refused comes before held, held before accepted."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"


@dataclass(frozen=True, slots=True, order=True)
class RowPlace:
    """A row of a run."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """One claim of a run: its rows and what became of it."""

    name: str
    """The claim's name as the file has it, or an empty text where it cannot be read."""
    mpn_id: str
    rows: tuple[RowPlace, ...]
    """In the order of the run's files, then of the sheet. A row is listed by one claim only."""
    claim: Claim | None
    """Of a refused claim as much as can be read of it; None where no line or grouping cell can."""
    outcome: Outcome = Outcome.ACCEPTED
    known: ClaimState | None = None
    """The ledger's claim of this identity, before this run."""
    is_unchanged: bool = False
    """Whether the ledger has this claim exactly so already."""
    is_submission: bool = False
    """Whether this run is its submission: `submitted_on` is filled in and was not before."""

    @property
    def is_released(self) -> bool:
        """Whether a conflict held the claim before this run, and nothing holds it any more."""
        return self.outcome is Outcome.ACCEPTED and self.known is not None and self.known.status == HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """One input file of a run."""

    name: str
    path: str
    sha256: str
    """Of the file's bytes; empty where it could not be read."""
    size: int
    sheet: str | None
    rows: int
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures of a verdict, in rows but for files and claims."""

    files: int
    rows: int
    claims: int
    accepted: int
    refused: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of every row of a run."""

    edition: str
    files: tuple[FileVerdict, ...]
    claims: tuple[JudgedClaim, ...]
    issues: tuple[Issue, ...]
    """In the order of files, rows and columns; a file's own issues first."""
    conflicts: tuple[Conflict, ...] = ()

    @property
    def counts(self) -> Counts:
        """The figures; accepted, refused and held add up to the rows."""
        rows: Counter[Outcome] = Counter()
        for judged in self.claims:
            rows[judged.outcome] += len(judged.rows)
        return Counts(
            files=len(self.files),
            rows=rows.total(),
            claims=len(self.claims),
            accepted=rows[Outcome.ACCEPTED],
            refused=rows[Outcome.REFUSED],
            held=rows[Outcome.HELD],
        )

    @property
    def has_refused_files(self) -> bool:
        """Whether an input file was refused as a whole (exit code 4)."""
        return any(file.is_refused for file in self.files)


_NAMED_ROWS: Final = 5
_INCOMPLETE_HINT: Final = (
    "Mend the other rows of the claim; this one goes in with them, or take the others out."
)


def settle(
    claims: Iterable[JudgedClaim], issues: Sequence[Issue], conflicts: Sequence[Conflict]
) -> tuple[tuple[JudgedClaim, ...], tuple[Issue, ...]]:
    """Return the claims with their final outcome, and the issues: `claim-incomplete` added, weighed by cell.

    A claim with an error on any row is refused as a whole; a claim of a conflict that somebody has to
    decide is held. The first good row of a refused claim bears `claim-incomplete`.
    """
    bad_rows = {
        _place(issue) for issue in issues if issue.severity is Severity.ERROR and issue.row is not None
    }
    held_rows = _held_rows(conflicts)
    settled, added = [], []
    for judged in claims:
        good = [place for place in judged.rows if place not in bad_rows]
        if judged.outcome is Outcome.REFUSED or len(good) < len(judged.rows):
            settled.append(replace(judged, outcome=Outcome.REFUSED))
            if good:
                added.append(_incomplete(judged, good[0], bad_rows))
        elif judged.outcome is Outcome.HELD or any(place in held_rows for place in judged.rows):
            settled.append(replace(judged, outcome=Outcome.HELD))
        else:
            settled.append(judged)
    return tuple(settled), weigh_cells((*issues, *added))


def _place(issue: Issue) -> RowPlace:
    return RowPlace(issue.file, issue.sheet or "", issue.row or 0)


def _held_rows(conflicts: Iterable[Conflict]) -> frozenset[RowPlace]:
    return frozenset(
        RowPlace(side.file, side.sheet or "", side.row)
        for conflict in conflicts
        if conflict.severity is Severity.CONFLICT
        for side in conflict.claims
        if side.file is not None and side.row is not None and side.is_of_this_run
    )


def _incomplete(judged: JudgedClaim, place: RowPlace, bad_rows: Collection[RowPlace]) -> Issue:
    others = _name_rows([other for other in judged.rows if other in bad_rows], place.file)
    return Issue(
        code=IssueCode.CLAIM_INCOMPLETE,
        file=place.file,
        sheet=place.sheet or None,
        row=place.row,
        column="claim_name",
        message=f'This row is good, but the claim "{judged.name}" is refused as a whole because of {others}.',
        hint=_INCOMPLETE_HINT,
        rule="A claim is accepted, refused or held as a whole.",
    )


def _name_rows(bad: Sequence[RowPlace], file: str) -> str:
    if not bad:
        return "a row of its name that cannot be told apart"
    # Rows of another file are named with it, those of this one are the nearer ones.
    named = file if any(place.file == file for place in bad) else bad[0].file
    numbers = [str(place.row) for place in bad if place.file == named]
    rows = f"row {', '.join(numbers[:_NAMED_ROWS])}{' and more' if len(numbers) > _NAMED_ROWS else ''}"
    return rows if named == file else f"{named}, {rows}"
