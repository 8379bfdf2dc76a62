"""Find the sheet that holds the claims, its header row and what each column is.

Pure. A header counts only when the rulebook or the caller's own map knows it; what merely looks similar is
named in a message and never taken.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import OUR_COLUMN, Cell
from cpor_batch.intake.letters import column_letter
from cpor_batch.intake.messages import CLAIMS_SHEET, HEADER_SEARCH_ROWS, Choice, SheetHead, is_claims_sheet
from cpor_batch.intake.refusal import RefusedError

# With fewer of the required columns a row is no header: one of their names may stand in any title or note.
_LEAST_REQUIRED: Final = 2
_NAMED_STRANGERS: Final = 5


class HeaderRule(Protocol):
    """What the search needs to know of a column."""

    @property
    def key(self) -> str:
        """The key of the contract."""

    @property
    def header(self) -> str:
        """The canonical header."""

    @property
    def is_required(self) -> bool:
        """Whether every edition requires it."""


class HeaderSchema(Protocol):
    """What the search needs of the rulebook's sheet."""

    @property
    def columns(self) -> Sequence[HeaderRule]:
        """The columns of the contract."""

    def match_header(self, text: str, /) -> str | None:
        """Return the key of the column that the header names, or None."""

    def suggest_header(self, text: str, /) -> str | None:
        """Return the key of the column that the header may have meant, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header row of one sheet: what each of its columns is."""

    sheet: str | None
    row: int
    """The file's row number, counted from 1."""
    keys: Mapping[int, str]
    """Index of the column -> key of the contract."""
    texts: Mapping[int, str]
    """Index of the column -> the header as the file spells it, for all that have one."""
    duplicates: tuple[tuple[int, int, str], ...] = ()
    """Columns that name the same key: both indexes and the key."""

    @property
    def unknown(self) -> tuple[int, ...]:
        """Indexes of the columns whose header nobody knows; those that we wrote ourselves are left out."""
        return tuple(
            index
            for index, text in self.texts.items()
            if index not in self.keys
            and not self._is_duplicate(index)
            and not text.startswith(OUR_COLUMN.strip())
        )

    def as_choice(self) -> Choice:
        """Return what the reading child is told."""
        return Choice(sheet=self.sheet, header_row=self.row, known=tuple(self.keys), extras=self.unknown)

    def _is_duplicate(self, index: int) -> bool:
        return any(index == second for _, second, _ in self.duplicates)


def find_header(
    heads: Sequence[SheetHead],
    schema: HeaderSchema,
    *,
    required: frozenset[str],
    header_map: Mapping[str, str],
    hidden: Sequence[str] = (),
) -> Header:
    """Return the header of the sheet that holds the claims; RefusedError with the code where there is none.

    The sheet is `Claims`, else the only visible one, else the one whose header fits best. A hidden sheet is
    never read, because nobody sees what stands in it.
    """
    from cpor_batch.rulebook import fold_name

    mine = {fold_name(text): key for text, key in header_map.items()}

    def match(text: str) -> str | None:
        return mine.get(fold_name(text)) or schema.match_header(text)

    header = _choose(heads, match, required=required, hidden=hidden)
    _refuse_duplicates(header, schema)
    _refuse_missing(header, schema, required)
    return header


def _choose(
    heads: Sequence[SheetHead],
    match: Callable[[str], str | None],
    *,
    required: frozenset[str],
    hidden: Sequence[str],
) -> Header:
    headers = [_header_of(head, match, required) for head in heads]
    if not any(headers) and any(is_claims_sheet(name) for name in hidden):
        raise RefusedError(
            IssueCode.SHEET_NOT_FOUND,
            f'The sheet "{CLAIMS_SHEET}" is hidden, and hidden sheets are not read.',
            "Right-click a sheet tab in Excel, choose Unhide and save the file.",
        )
    if not heads:
        raise RefusedError(
            IssueCode.SHEET_NOT_FOUND,
            "The workbook has no visible sheet with cells.",
            f'Put the claims on a sheet named "{CLAIMS_SHEET}"; `cpor-batch template` makes a blank one.',
        )
    if len(heads) > 1:
        return _best(heads, headers, required)
    if headers[0] is None:
        raise _no_header(heads[0])
    return headers[0]


def _best(heads: Sequence[SheetHead], headers: Sequence[Header | None], required: frozenset[str]) -> Header:
    def fit(header: Header) -> tuple[int, int]:
        return (len(required & set(header.keys.values())), len(header.keys))

    found = sorted((header for header in headers if header is not None), key=fit, reverse=True)
    names = ", ".join(f'"{head.name}"' for head in heads)
    if not found:
        raise RefusedError(
            IssueCode.SHEET_NOT_FOUND,
            f"None of the sheets has the header of a batch workbook: {names}.",
            f'Name the sheet with the claims "{CLAIMS_SHEET}", with the column names in one of its first '
            f"{HEADER_SEARCH_ROWS} rows.",
        )
    if len(found) > 1 and fit(found[0]) == fit(found[1]):
        raise RefusedError(
            IssueCode.SHEET_NOT_FOUND,
            f'The sheets "{found[0].sheet}" and "{found[1].sheet}" are equally good candidates.',
            f'Name the one to be read "{CLAIMS_SHEET}", or send them as two files.',
        )
    return found[0]


def _header_of(
    head: SheetHead, match: Callable[[str], str | None], required: frozenset[str]
) -> Header | None:
    best: Header | None = None
    for number, row in enumerate(head.rows[:HEADER_SEARCH_ROWS], 1):
        header = _read_header(row, match, sheet=head.name, number=number)
        is_header = len(required & set(header.keys.values())) >= min(_LEAST_REQUIRED, len(required))
        if is_header and (best is None or len(header.keys) > len(best.keys)):
            best = header
    return best


def _read_header(
    row: Sequence[Cell], match: Callable[[str], str | None], *, sheet: str | None, number: int
) -> Header:
    texts = {index: text for index, cell in enumerate(row) if (text := _header_text(cell))}
    keys: dict[int, str] = {}
    duplicates = []
    for index, text in texts.items():
        key = match(text)
        first = next((other for other, taken in keys.items() if taken == key), None)
        if key is not None and first is not None:
            duplicates.append((first, index, key))
        elif key is not None:
            keys[index] = key
    return Header(sheet=sheet, row=number, keys=keys, texts=texts, duplicates=tuple(duplicates))


def _header_text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _no_header(head: SheetHead) -> RefusedError:
    where = f'of the sheet "{head.name}"' if head.name is not None else "of the file"
    if not any(_header_text(cell) for row in head.rows for cell in row):
        message = f"The first {HEADER_SEARCH_ROWS} rows {where} are empty, so there is no header row."
    else:
        message = (
            f"None of the first {HEADER_SEARCH_ROWS} rows {where} holds the column names of a batch workbook."
        )
    hint = (
        "Put the column names into one row, as in the blank workbook that `cpor-batch template` makes; "
        'name a column of your own with --map "Your header=key".'
    )
    return RefusedError(IssueCode.HEADER_MISSING, message, hint, sheet=head.name)


def _refuse_duplicates(header: Header, schema: HeaderSchema) -> None:
    if not header.duplicates:
        return
    names = {column.key: column.header for column in schema.columns}
    pairs = "; ".join(
        f'columns {column_letter(first)} ("{header.texts[first]}") and {column_letter(second)} '
        f'("{header.texts[second]}") are both {names.get(key, key)}'
        for first, second, key in header.duplicates
    )
    raise RefusedError(
        IssueCode.HEADER_DUPLICATE,
        f"In the header row {header.row}, {pairs}.",
        "Keep one of them: delete the other column or rename its header.",
        sheet=header.sheet,
    )


def _refuse_missing(header: Header, schema: HeaderSchema, required: frozenset[str]) -> None:
    present = set(header.keys.values())
    absent = [column for column in schema.columns if column.key in required and column.key not in present]
    if not absent:
        return
    similar = {schema.suggest_header(header.texts[index]): index for index in header.unknown}
    near = [
        f'column {column_letter(index)} may be it: --map "{header.texts[index]}={column.key}"'
        for column in absent
        if (index := similar.get(column.key)) is not None
    ]
    if not near and header.unknown:
        strangers = ", ".join(f'"{header.texts[index]}"' for index in header.unknown[:_NAMED_STRANGERS])
        one = f'--map "{header.texts[header.unknown[0]]}={absent[0].key}"'
        near = [f"or say which column it is, of those whose header is not known ({strangers}): {one}"]
    names = ", ".join(column.header for column in absent)
    columns = "column is" if len(absent) == 1 else "columns are"
    raise RefusedError(
        IssueCode.HEADER_MISSING,
        f"Of the header in row {header.row}, {len(absent)} required {columns} missing: {names}.",
        f"Add {'it' if len(absent) == 1 else 'them'}, also where the cells stay the same in all rows"
        + (f"; {'; '.join(near)}." if near else "."),
        sheet=header.sheet,
    )
