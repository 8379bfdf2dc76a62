"""Warnings about a file that is read all the same: what was kept out, and what people may not have seen."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.intake.headers import Header, HeaderSchema
from cpor_batch.intake.letters import column_letter
from cpor_batch.intake.messages import Heads, Table

_RANGES_NAMED = 8


def warnings_of(
    heads: Heads, header: Header, table: Table, *, file: str, schema: HeaderSchema
) -> tuple[Issue, ...]:
    """Return the warnings, those about columns first."""
    return tuple(_warnings(heads, header, table, file=file, schema=schema))


def _warnings(
    heads: Heads, header: Header, table: Table, *, file: str, schema: HeaderSchema
) -> Iterator[Issue]:
    for index in header.unknown:
        yield _unknown_column(index, header, file=file, schema=schema)
    # A column that has a header and is not among the unknown ones is one that we wrote ourselves.
    for index in (index for index in table.nameless if index not in header.texts):
        yield _nameless_column(index, header, file=file)
    if table.hidden_rows:
        yield _hidden_rows(table.hidden_rows, header, file=file)
    if heads.has_macros:
        yield Issue(
            code=IssueCode.MACROS_IGNORED,
            file=file,
            sheet=header.sheet,
            row=header.row,
            message="The workbook contains macros; they were neither run nor kept.",
            hint="Nothing to do; save it as .xlsx to be rid of them.",
        )
    if heads.links:
        yield Issue(
            code=IssueCode.LINKS_IGNORED,
            file=file,
            sheet=header.sheet,
            row=header.row,
            message=f"The workbook refers to data elsewhere ({', '.join(heads.links)}); nothing was fetched, "
            "and cells show what was last saved.",
            hint="Check that linked cells are up to date, or replace them by their values.",
        )


def _unknown_column(index: int, header: Header, *, file: str, schema: HeaderSchema) -> Issue:
    text = header.texts[index]
    key = schema.suggest_header(text)
    taken = key in header.keys.values()
    names = {column.key: column.header for column in schema.columns}
    if key is None or taken:
        hint = 'Nothing to do, unless it is a column of the batch: then name it with --map "Your header=key".'
    else:
        hint = f'If you mean "{names.get(key, key)}", rename it or use --map "{text}={key}".'
    return Issue(
        code=IssueCode.COLUMN_UNKNOWN,
        file=file,
        sheet=header.sheet,
        cell=f"{column_letter(index)}{header.row}",
        row=header.row,
        message=f'The column "{text}" is not known and was left out.',
        hint=hint,
    )


def _nameless_column(index: int, header: Header, *, file: str) -> Issue:
    letter = column_letter(index)
    return Issue(
        code=IssueCode.COLUMN_UNKNOWN,
        file=file,
        sheet=header.sheet,
        cell=f"{letter}{header.row}",
        row=header.row,
        message=f"Column {letter} has cells but no header and was left out.",
        hint="Nothing to do, unless it is a column of the batch: then write its name into the header row.",
    )


def _hidden_rows(rows: Sequence[int], header: Header, *, file: str) -> Issue:
    count = len(rows)
    return Issue(
        code=IssueCode.ROWS_HIDDEN,
        file=file,
        sheet=header.sheet,
        row=rows[0],
        message=f"{count} hidden or filtered row{'' if count == 1 else 's'} read as well: {_ranges(rows)}.",
        hint="Delete the rows that do not belong to the batch; else nothing to do.",
    )


def _ranges(numbers: Iterable[int]) -> str:
    """Return the numbers in words: "row 3, rows 7 to 9"; no more than a few."""
    numbers = tuple(numbers)
    breaks = [at for at, (one, other) in enumerate(pairwise(numbers), 1) if other != one + 1]
    starts, ends = (0, *breaks), (*breaks, len(numbers))
    spans = [(numbers[start], numbers[end - 1]) for start, end in zip(starts, ends, strict=True)]
    named = [
        f"{first}" if first == last else f"{first} to {last}" for first, last in islice(spans, _RANGES_NAMED)
    ]
    return ", ".join(named) + (" and more" if len(spans) > _RANGES_NAMED else "")
