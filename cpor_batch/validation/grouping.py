"""Which rows make a claim: the five grouping cells, over all files of the run."""

from collections import defaultdict
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
    """As its first row spells it; empty where it cannot be read."""
    rows: list[int] = field(default_factory=list)
    """Positions, ascending."""
    strays: list[int] = field(default_factory=list)
    """Rows of its name whose grouping cells cannot be read; those listed with this claim."""
    is_readable: bool = True
    """Whether its own grouping cells can be read."""
    is_spoilt: bool = False
    """Whether a row that cannot be read may belong to it, so that it is refused as a whole."""

    @property
    def first(self) -> int:
        """The position of its first row."""
        return self.rows[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The claims of a run, in the order of their first rows."""

    groups: tuple[Group, ...]
    """Those with readable grouping cells first."""
    readable: int
    """How many of the groups have readable grouping cells."""
    claim_of: Codes
    """Of each row: its claim's number, or -1 for a row whose grouping cells cannot be read."""


def group_rows(batch: Batch) -> Grouping:
    """Return the claims of the batch.

    A row whose grouping cell cannot be read belongs to every claim of its name in its file: all of them are
    spoilt, and the first one lists the row. Where there is none, such rows of one name make a claim.
    """
    names = _fold_names(batch.columns["claim_name"])
    columns = (names, *(batch.columns[key] for key in GROUPING_KEYS[1:]))
    is_readable = np.logical_and.reduce([column.codes >= 0 for column in columns])
    groups, claim_of = _group_readable(batch, columns, is_readable)
    readable = len(groups)
    unreadable = np.flatnonzero(~is_readable).tolist()
    if unreadable:
        groups += _place_strays(batch, names, groups, unreadable)
    return Grouping(groups=tuple(groups), readable=readable, claim_of=claim_of)


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
        group.name = str(names[group.first])
    return groups, claim_of


def _place_strays(batch: Batch, names: TypedColumn, groups: list[Group], strays: list[int]) -> list[Group]:
    """List each stray row with one claim, spoil all claims of its name, and return those made for strays."""
    codes, files = names.codes.tolist(), batch.sheet_of
    wanted = {(files[position], codes[position]) for position in strays if codes[position] >= 0}
    by_name: dict[tuple[int, int], list[Group]] = defaultdict(list)
    for group in groups:
        for spot in {(files[row], codes[row]) for row in group.rows} & wanted:
            by_name[spot].append(group)
    made: list[Group] = []
    for position in strays:
        spot = (files[position], codes[position])
        homes = by_name[spot] if codes[position] >= 0 else []
        if not homes:
            homes = [Group(str(batch.columns["claim_name"][position] or ""), is_readable=False)]
            made += homes
            if codes[position] >= 0:
                by_name[spot] = homes
        homes[0].strays.append(position)
        for group in homes:
            group.is_spoilt = True
    for group in made:
        group.rows = list(group.strays)
    return made
