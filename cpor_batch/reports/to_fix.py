"""The rows to mend: every row of every refused claim as the user's file has it, with the problems in words.

The table is read again as it is, so cells keep their kind, headers keep their spelling, and our own columns
bear a mark by which they can be told from the user's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cpor_batch.domain.ids import MAX_NUMBER_DIGITS
from cpor_batch.domain.issue import Issue, IssueCode, Severity
from cpor_batch.domain.rows import OUR_COLUMN, Cell, CellFault, Column, FaultKind, Rows
from cpor_batch.domain.verdict import Outcome, RowPlace, Verdict
from cpor_batch.reports.tables import ColumnSpec, Kind, Mark, Pill, Table, Tone, Value
from cpor_batch.reports.words import plain
from cpor_batch.rulebook.sheet import ColumnKind, SheetSchema

_STATUS: Final = ColumnSpec("ours:status", f"{OUR_COLUMN}Status", Kind.STATUS, 18)
_PROBLEMS: Final = ColumnSpec("ours:problems", f"{OUR_COLUMN}What to fix", Kind.TEXT, 70)
_FOUND_IN: Final = ColumnSpec("ours:found_in", f"{OUR_COLUMN}Found in", Kind.TEXT, 30)
_NARROWEST, _WIDEST, _SAMPLE = 10, 38, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One column of the table and where its cells come from."""

    spec: ColumnSpec
    rule_kind: ColumnKind | None
    columns: Mapping[int, Column]
    """Index of the `Rows` -> its column."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the table: the sheet it comes from, and its place there."""

    sheet: int
    index: int
    place: RowPlace


_NOTHING: Final = "Nothing to fix: no row was refused."
_NOTE: Final = (
    "Every row of every refused claim. Mend the red cells here and give this file to cpor-batch again; the "
    f"columns marked {OUR_COLUMN.strip()} are ours and are not read."
)


def to_fix_table(
    verdict: Verdict, rows: Sequence[Rows], sheet_schema: SheetSchema, *, name: str = "Claims"
) -> Table:
    """Return the rows of every refused claim in file order: the user's columns first, then ours."""
    lines = tuple(_refused_lines(verdict, rows))
    sources = _sources(rows, sheet_schema, lines)
    issues = _issues_by_place(verdict.issues)
    headers = {source.spec.key: source.spec.header for source in sources}
    cells, tones = [], []
    marks: dict[tuple[int, str], Mark] = {}
    for number, line in enumerate(lines):
        found = issues.get(line.place, [])
        is_bad = any(_is_own_error(issue) for issue in found)
        own = (_pill(is_bad), _problems(found, headers), f"{line.place.file}, row {line.place.row}")
        cells.append((*(_value(source, line) for source in sources), *own))
        tones.append(Tone.BAD if is_bad else Tone.ATTENTION)
        marks.update(_marks(number, found, headers))
    return Table(
        name=name,
        title="To fix",
        note=_NOTE if lines else _NOTHING,
        columns=(*(source.spec for source in sources), _STATUS, _PROBLEMS, _FOUND_IN),
        rows=tuple(cells),
        marks=marks,
        row_tones=tuple(tones),
        # The sheet is read again: below its header nothing may stand that is no row of a claim.
        when_empty="",
    )


def ours_first(table: Table) -> Table:
    """Return the table with our own columns in front, for a page that shows the left edge first."""
    order = sorted(
        range(len(table.columns)), key=lambda index: not table.columns[index].key.startswith("ours:")
    )
    return Table(
        name=table.name,
        title=table.title,
        note="Every row of every refused claim, as the file has it.",
        columns=tuple(table.columns[index] for index in order),
        rows=tuple(tuple(row[index] for index in order) for row in table.rows),
        marks=table.marks,
        row_tones=table.row_tones,
        when_empty=table.when_empty,
    )


def _refused_lines(verdict: Verdict, rows: Sequence[Rows]) -> Iterator[_Line]:
    refused: dict[tuple[str, str], set[int]] = defaultdict(set)
    for judged in verdict.claims:
        if judged.outcome is Outcome.REFUSED:
            for place in judged.rows:
                refused[place.file, place.sheet].add(place.row)
    for sheet, part in enumerate(rows):
        numbers = refused[part.file, part.sheet or ""]
        for index, number in enumerate(part.numbers):
            if number in numbers:
                yield _Line(sheet, index, RowPlace(part.file, part.sheet or "", number))


def _issues_by_place(issues: Iterable[Issue]) -> Mapping[RowPlace, list[Issue]]:
    found: dict[RowPlace, list[Issue]] = {}
    for issue in issues:
        if issue.row is not None:
            found.setdefault(RowPlace(issue.file, issue.sheet or "", issue.row), []).append(issue)
    return found


def _is_own_error(issue: Issue) -> bool:
    return issue.severity is Severity.ERROR and issue.code is not IssueCode.CLAIM_INCOMPLETE


def _pill(is_bad: bool) -> Pill:  # noqa: FBT001 - the one argument of a private function
    return Pill("Fix this row", Tone.BAD) if is_bad else Pill("Good, waits for its claim", Tone.ATTENTION)


def _problems(issues: Sequence[Issue], headers: Mapping[str, str]) -> str:
    if all(issue.severity is Severity.WARNING for issue in issues):
        notes = [_problem(issue, headers) for issue in issues]
        return "\n".join(("Nothing to fix here: another row of this claim has the problem.", *notes))
    worst_first = sorted(issues, key=lambda issue: issue.severity is Severity.WARNING)
    return "\n".join(_problem(issue, headers) for issue in worst_first)


def _problem(issue: Issue, headers: Mapping[str, str]) -> str:
    column = headers.get(issue.column or "")
    lead = "Note: " if issue.severity is Severity.WARNING else ""
    where = f"{column}: " if column and issue.code is not IssueCode.CLAIM_INCOMPLETE else ""
    return f"{lead}{where}{' '.join(filter(None, (issue.message, issue.hint)))} [{issue.code}]"


def _marks(
    number: int, issues: Sequence[Issue], headers: Mapping[str, str]
) -> Iterator[tuple[tuple[int, str], Mark]]:
    for key in headers:
        own = [
            issue for issue in issues if issue.column == key and issue.code is not IssueCode.CLAIM_INCOMPLETE
        ]
        if own:
            is_bad = any(issue.severity is Severity.ERROR for issue in own)
            note = "\n".join(f"{issue.message} {issue.hint}".strip() for issue in own)
            yield (number, key), Mark(note, Tone.BAD if is_bad else Tone.ATTENTION)


def _sources(rows: Sequence[Rows], schema: SheetSchema, lines: Sequence[_Line]) -> tuple[_Source, ...]:
    """Return the columns of all files in the order of the first file that has them."""
    wanted = sorted({line.sheet for line in lines}) or range(len(rows))
    found: dict[str, dict[int, Column]] = {}
    for sheet in wanted:
        part = rows[sheet]
        named = [(key, column) for key, column in part.columns.items()]
        named += [
            (f"extra:{column.header.casefold()}", column)
            for column in part.extras
            if not column.header.startswith(OUR_COLUMN.strip())
        ]
        for key, column in sorted(named, key=lambda item: _column_number(item[1].letter)):
            found.setdefault(key, {})[sheet] = column
    return tuple(_source(key, columns, schema, lines) for key, columns in found.items())


def _source(key: str, columns: Mapping[int, Column], schema: SheetSchema, lines: Sequence[_Line]) -> _Source:
    rule = None if key.startswith("extra:") else schema.column(key)
    first = next(iter(columns.values()))
    header = first.header or f"Column {first.letter}"
    # A header that only a --map names would not be found again: such a column gets its canonical one.
    if rule is not None and schema.match_header(header) != key:
        header = rule.header
    spec = ColumnSpec(key, header, Kind.RAW, _width(header, columns, lines))
    return _Source(spec=spec, rule_kind=rule.kind if rule else None, columns=columns)


def _width(header: str, columns: Mapping[int, Column], lines: Sequence[_Line]) -> int:
    cells = (columns[line.sheet][line.index] for line in lines[:_SAMPLE] if line.sheet in columns)
    longest = max((len(plain(_as_value(cell, None))) for cell in cells), default=0)
    return min(max(longest + 2, min(len(header) + 4, 24), _NARROWEST), _WIDEST)


def _column_number(letter: str) -> int:
    number = 0
    for character in letter.upper():
        number = number * 26 + ord(character) - ord("A") + 1
    return number


def _value(source: _Source, line: _Line) -> Value:
    column = source.columns.get(line.sheet)
    return None if column is None else _as_value(column[line.index], source.rule_kind)


def _as_value(cell: Cell, kind: ColumnKind | None) -> Value:
    if isinstance(cell, CellFault):
        # Neither blank, which may mean "as above", nor the formula's text, which would pass as a value:
        # what reads as an Excel error is refused again until somebody mends it.
        return cell.text if cell.kind is FaultKind.ERROR_VALUE and cell.text else "#N/A"
    if kind is ColumnKind.DIGITS and isinstance(cell, int | float) and not isinstance(cell, bool):
        return _digits(cell)
    return cell


def _digits(number: float) -> str | int | float:
    """Return a whole number as text, so that Excel shows every digit; what lost digits stays a number."""
    whole = int(number) if float(number).is_integer() else None
    if whole is None or len(str(abs(whole))) > MAX_NUMBER_DIGITS:
        return number
    return str(whole)
