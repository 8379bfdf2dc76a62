"""Which rows make a claim: the five grouping cells, over all files of the run."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cpor_batch.validation.batch import Batch
from cpor_batch.validation.judged import Codes, Mask, TypedColumn

GROUPING_KEYS: Final = ("claim_name", "mpn_id", "tenant_id", "solution_area", "activity")


@dataclass(slots=True)
class Group:
    """The rows of one claim."""

    name: str
    """As its first row with readable grouping cells spells it; empty where none can be read."""
    rows: list[int] = field(default_factory=list)
    """Positions, ascending."""
    key: int = 0
    """The first of its rows whose grouping cells can all be read, if any can."""
    others: list[int] = field(default_factory=list)
    """Rows of its name that nobody can tell apart, and that are listed with this claim."""
    is_readable: bool = True
    """Whether any of its rows has grouping cells that can all be read."""
    is_spoilt: bool = False
    """Whether a row that cannot be read may belong to it, so that it is refused as a whole."""
    may_continue: bool = False
    """Whether an earlier row may belong to it, so that blank cells of its first row may mean "as above"."""

    @property
    def first(self) -> int:
        """The position of its first row."""
        return self.rows[0]

    @property
    def listed(self) -> list[int]:
        """The positions that a verdict lists with it, ascending."""
        return sorted((*self.rows, *self.others)) if self.others else self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The claims of a run; those with readable grouping cells first, in the order of their rows."""

    groups: tuple[Group, ...]
    claim_of: Codes
    """Of each row: its claim's number, or -1 for a row that cannot be told to belong to one claim."""
    is_readable: Mask
    """Of each row: whether its grouping cells can be read."""
    guesses: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """Rows that may belong to several claims, each with the numbers of those."""


def group_rows(batch: Batch) -> Grouping:
    """Return the claims of the batch.

    A row whose grouping cell cannot be read belongs to every claim of its name in its file: all of them are
    spoilt. It is a row of the one with which its other grouping cells agree, and is judged as such; where
    several agree it may be of any. Without a claim of its name in its file it makes one of its own.
    """
    names = _fold_names(batch.columns["claim_name"])
    columns = (names, *(batch.columns[key] for key in GROUPING_KEYS[1:]))
    is_readable = np.logical_and.reduce([column.codes >= 0 for column in columns])
    groups, claim_of = _group_readable(batch, columns, is_readable)
    grouping = Grouping(groups=tuple(groups), claim_of=claim_of, is_readable=is_readable)
    if is_readable.all():
        return grouping
    from cpor_batch.validation.strays import place_strays

    return place_strays(batch, columns, grouping)


def _fold_names(column: TypedColumn) -> TypedColumn:
    """Return the claim names without regard to case."""
    numbering: dict[str, int] = {}
    table = [numbering.setdefault(str(name).casefold(), len(numbering)) for name in column.values]
    return TypedColumn(np.asarray([*table, -2, -1], dtype=np.int32)[column.codes], tuple(numbering))


def _group_readable(
    batch: Batch, columns: tuple[TypedColumn, ...], is_readable: Mask
) -> tuple[list[Group], Codes]:
    claim_of = np.full(len(batch), -1, dtype=np.int32)
    positions = np.flatnonzero(is_readable)
    keys = zip(*(column.codes[positions].tolist() for column in columns), strict=True)
    numbers: dict[tuple[int, ...], int] = {}
    own = [numbers.setdefault(key, len(numbers)) for key in keys]
    claim_of[positions] = own
    groups = [Group("") for _number in numbers]
    for position, number in zip(positions.tolist(), own, strict=True):
        groups[number].rows.append(position)
    names = batch.columns["claim_name"]
    for group in groups:
        group.key = group.first
        group.name = str(names[group.key])
    return groups, claim_of
