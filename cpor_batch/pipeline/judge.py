"""Read workbooks and judge every row: the part that `check`, `ingest` and `run` share.

The files are read in child processes; the slow imports of the judgement happen meanwhile.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.evidence import Evidence, Unreadable
from cpor_batch.domain.issue import Issue
from cpor_batch.domain.known import Known
from cpor_batch.domain.rows import Rows
from cpor_batch.domain.verdict import FileVerdict, JudgedClaim, Verdict, settle
from cpor_batch.intake import ReadResult, Terms, is_lock_file, open_readers
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.workspace import Workspace

if TYPE_CHECKING:
    from cpor_batch.ledger import Ledger
    from cpor_batch.validation import JudgedRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, with the rows that it is about."""

    verdict: Verdict
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was read of the run's files, each row judged on its own; the ledger has not been asked yet."""

    paths: Mapping[str, Path]
    """By the name that issues use."""
    results: tuple[ReadResult, ...]
    sheets: tuple["JudgedRows", ...]
    """Of the files that were not refused."""
    evidence: Mapping[tuple[str, str], Evidence | Unreadable] = field(default_factory=dict)
    """What the PDFs show whose rows give no date of a signature, by workbook and path."""

    @property
    def rows(self) -> tuple[Rows, ...]:
        """The rows of the files that were not refused."""
        return tuple(result.rows for result in self.results if result.rows is not None)


def read(paths: Sequence[Path], workspace: Workspace, *, progress: Progress) -> Readings:
    """Read the workbooks and judge each row on its own."""
    named = name_files(_without_lock_files(paths, progress))
    progress.begin("Reading", len(named))
    results = _read(named, workspace, progress)
    progress.begin("Judging")
    sheets = tuple(_judge_rows(results, workspace))
    evidence = _look_at_documents(sheets, named, workspace, progress)
    return Readings(paths=named, results=tuple(results), sheets=sheets, evidence=evidence)


def _look_at_documents(
    sheets: Sequence["JudgedRows"], named: Mapping[str, Path], workspace: Workspace, progress: Progress
) -> Mapping[tuple[str, str], Evidence | Unreadable]:
    """Look at the PDFs that may tell a date which their rows do not; no other files are opened."""
    if not sheets:
        return {}
    from cpor_batch import validation

    wanted = sorted(
        (file, path)
        for file, path in validation.undated_documents(sheets)
        if path.lower().endswith(".pdf") and is_file_beside(named[file], path, workspace.settings.workspace)
    )
    if not wanted:
        return {}
    from cpor_batch.documents import EvidenceReader

    progress.begin("Looking at PoE documents", len(wanted))
    evidence = {}
    with EvidenceReader(workspace.settings.limits) as reader:
        for file, path in wanted:
            evidence[file, path] = reader.read(beside(named[file], path))
            progress.advance()
    return evidence


def _judge_rows(results: Iterable[ReadResult], workspace: Workspace) -> Iterator["JudgedRows"]:
    for result in results:
        if result.rows is not None:
            from cpor_batch import validation

            yield validation.judge_rows(
                result.rows,
                rulebook=workspace.rulebook,
                house=workspace.house,
                locale=workspace.settings.locale,
                today=workspace.today,
            )


def judge(readings: Readings, workspace: Workspace, *, ledger: "Ledger | None") -> Judgement:
    """Return the verdict on all files together.

    `ledger` answers what is known already; None stands for an empty ledger. A run that records holds the
    ledger from here on, so that nothing changes between the question and the answer.
    """
    rulebook, today = workspace.rulebook, workspace.today
    issues = [issue for result in readings.results for issue in result.issues]
    claims: tuple[JudgedClaim, ...] = ()
    known = Known.nothing()
    if readings.sheets:
        from cpor_batch import validation

        if ledger is not None:
            known = ledger.read_known(validation.wanted_of(readings.sheets), today=today)
        claims, claim_issues = validation.judge_claims(
            readings.sheets,
            known=known,
            rulebook=rulebook,
            house=workspace.house,
            today=today,
            find_file=lambda file, path: is_poe_there(readings.paths[file], path, workspace),
            find_evidence=lambda file, path: readings.evidence.get((file, path)),
        )
        issues += claim_issues
    conflicts, conflict_issues = find_conflicts(
        claims, known, edition=rulebook.edition, others=rulebook.editions, today=today
    )
    settled, all_issues = settle(claims, [*issues, *conflict_issues], conflicts)
    verdict = Verdict(
        edition=rulebook.edition.name,
        files=tuple(
            _file_verdict(name, path, result)
            for (name, path), result in zip(readings.paths.items(), readings.results, strict=True)
        ),
        claims=settled,
        issues=in_reading_order(all_issues, readings.rows, files=tuple(readings.paths)),
        conflicts=conflicts,
    )
    return Judgement(verdict=verdict, rows=readings.rows)


def _read(named: Mapping[str, Path], workspace: Workspace, progress: Progress) -> list[ReadResult]:
    results = []
    with open_readers(_terms_of(workspace), files=len(named), cluster=workspace.settings.cluster) as start:
        readings = [start(name, path) for name, path in named.items()]
        for reading in readings[:1]:
            reading.wait_until_looked()
        if any(not reading.is_over for reading in readings):
            # pandas and pandera load while the children read; a run of refused files never needs them.
            from cpor_batch import validation

            validation.get_ready(workspace.rulebook)
        for reading in readings:
            results.append(reading.result())
            progress.advance()
    return results


def _terms_of(workspace: Workspace) -> Terms:
    return Terms(
        sheet_schema=workspace.rulebook.sheet,
        required=workspace.rulebook.edition.required,
        limits=workspace.settings.limits,
        header_map=workspace.batch_headers,
    )


def _without_lock_files(paths: Iterable[Path], progress: Progress) -> list[Path]:
    kept: dict[Path, Path] = {}
    for path in paths:
        if is_lock_file(path):
            progress.note(f"{path.name}: skipped, this is Excel's lock file of an open workbook.")
        else:
            kept.setdefault(path.resolve(), path)
    return list(kept.values())


def name_files(paths: Sequence[Path]) -> dict[str, Path]:
    """Return name -> path: the bare name where it is the only one in the run, else the path as given."""
    times = Counter(path.name for path in paths)
    return {(path.name if times[path.name] == 1 else str(path)): path for path in paths}


def is_poe_there(workbook: Path, path: str, workspace: Workspace) -> bool:
    """Whether the PoE that a workbook names is a file: beside it, or, for a workbook of ours, in the inbox.

    A result workbook keeps the user's paths, but lies in a folder of its own below out/.
    """
    folder = workspace.settings.workspace
    if is_file_beside(workbook, path, folder):
        return True
    if folder is None or not workbook.resolve().is_relative_to(workspace.out):
        return False
    places = (workspace.settings.inbox, folder)
    return any(is_file_beside(place / workbook.name, path, folder) for place in places)


def is_file_beside(workbook: Path, path: str, folder: Path | None) -> bool:
    """Whether `path`, relative to the workbook's folder, is a file there or in the workspace's `folder`.

    What lies elsewhere could not be bundled later, and no workbook shall say what else is on this machine.
    """
    if PureWindowsPath(path).anchor:  # a drive or a slash in front: no relative path on any system
        return False
    try:
        found = beside(workbook, path).resolve()
        homes = [home.resolve() for home in (workbook.parent, folder) if home is not None]
        is_inside = folder is None or any(found.is_relative_to(home) for home in homes)
        return is_inside and found.is_file()
    except (OSError, ValueError):
        return False


def beside(workbook: Path, path: str) -> Path:
    """Return where `path`, as a cell has it, leads from the workbook's folder."""
    return workbook.parent / path.replace("\\", "/")


def in_reading_order(
    issues: Iterable[Issue], rows: Sequence[Rows], *, files: Sequence[str]
) -> tuple[Issue, ...]:
    """Return the issues by file, row and column, a file's own first, each with its cell where it has one."""
    sheets = {sheet.file: sheet for sheet in rows}
    order = {name: index for index, name in enumerate(files)}
    columns = {sheet.file: {key: index for index, key in enumerate(sheet.columns)} for sheet in rows}

    def place(issue: Issue) -> tuple[int, int, int]:
        column = columns.get(issue.file, {}).get(issue.column or "", len(columns.get(issue.file, {})))
        return order.get(issue.file, len(order)), issue.row or 0, column

    return tuple(sorted((_with_cell(issue, sheets.get(issue.file)) for issue in issues), key=place))


def _with_cell(issue: Issue, sheet: Rows | None) -> Issue:
    """Return the issue with its cell: rules that compare rows know the column and the row only."""
    if issue.cell is not None or issue.row is None or issue.column is None or sheet is None:
        return issue
    column = sheet.columns.get(issue.column)
    return issue if column is None else replace(issue, cell=f"{column.letter}{issue.row}")


def _file_verdict(name: str, path: Path, result: ReadResult) -> FileVerdict:
    return FileVerdict(
        name=name,
        path=str(path),
        sha256=result.sha256,
        size=result.size,
        sheet=result.rows.sheet if result.rows else None,
        rows=len(result.rows) if result.rows else 0,
        is_refused=result.rows is None,
    )
