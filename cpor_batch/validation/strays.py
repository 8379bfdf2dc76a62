"""Rows whose grouping cells cannot all be read: with which claims they are judged and listed.

Only what holds however such a row is mended is said about it: a cell that may be blank because of a row
above is not missing, and a cell that may be right in one claim does not differ.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cpor_batch.validation.batch import Batch
from cpor_batch.validation.grouping import Group, Grouping
from cpor_batch.validation.judged import TypedColumn

_Cells = tuple[int, ...]
_Name = tuple[int, int]
"""A file and a folded claim name in it."""


@dataclass(frozen=True, slots=True)
class _Cellwise:
    """The grouping cells of rows, as codes; negative ones are blank or cannot be read."""

    columns: Sequence[Sequence[int]]

    def of(self, position: int) -> _Cells:
        return tuple(column[position] for column in self.columns)


def _readable(cells: _Cells) -> _Cells:
    """Return which of the cells can be read, by index."""
    return tuple(index for index, code in enumerate(cells) if code >= 0)


def _picked(cells: _Cells, indices: _Cells) -> _Cells:
    return tuple(cells[index] for index in indices)


@dataclass(slots=True)
class _Matcher:
    """Finds the claims that agree with a row in all cells that can be read of the row."""

    claims: Sequence[tuple[int, _Cells]]
    """Numbers and cells."""
    _tables: dict[_Cells, dict[_Cells, tuple[int, ...]]] = field(default_factory=dict)

    def find(self, cells: _Cells) -> tuple[int, ...]:
        indices = _readable(cells)
        if indices not in self._tables:
            found: dict[_Cells, list[int]] = defaultdict(list)
            for number, own in self.claims:
                found[_picked(own, indices)].append(number)
            self._tables[indices] = {key: tuple(numbers) for key, numbers in found.items()}
        return self._tables[indices].get(_picked(cells, indices), ())


@dataclass(slots=True)
class _Above:
    """Tells whether a row above may belong to the same claim: no cell of the two that can be read differs."""

    rows: Sequence[tuple[int, _Cells]]
    """Positions, ascending, and cells."""
    _tables: dict[_Cells, tuple[dict[_Cells, int], int]] = field(default_factory=dict)

    def has(self, position: int, cells: _Cells) -> bool:
        indices = _readable(cells)
        if indices not in self._tables:
            self._tables[indices] = self._table(indices)
        firsts, first_unclear = self._tables[indices]
        return min(firsts.get(_picked(cells, indices), position), first_unclear) < position

    def _table(self, indices: _Cells) -> tuple[dict[_Cells, int], int]:
        """Return the first row of each combination, and the first of which some of the cells are unclear."""
        firsts: dict[_Cells, int] = {}
        first_unclear = self.rows[-1][0] + 1
        for position, cells in self.rows:
            picked = _picked(cells, indices)
            if min(picked, default=0) >= 0:
                firsts.setdefault(picked, position)
            else:
                first_unclear = min(first_unclear, position)
        return firsts, first_unclear


def place_strays(batch: Batch, columns: Sequence[TypedColumn], grouping: Grouping) -> Grouping:
    """Return the grouping with the rows placed whose grouping cells cannot be read.

    `columns` are the grouping cells, the folded claim names first.
    """
    names = columns[0].codes.tolist()
    cells = _Cellwise([column.codes.tolist() for column in columns[1:]])
    strays = np.flatnonzero(~grouping.is_readable).tolist()
    named: dict[_Name, list[int]] = defaultdict(list)
    for position in strays:
        if names[position] >= 0:
            named[batch.sheet_of[position], names[position]].append(position)
    homes = _find_homes(batch, names, grouping.groups, named)
    guesses = [guess for name, home in homes.items() for guess in _join(named[name], home, grouping, cells)]
    homeless = {name: rows for name, rows in named.items() if name not in homes}
    made = [*_made_of_named(batch, names, cells, homeless), *_made_of_nameless(batch, names, cells, strays)]
    return _completed(grouping, made, guesses)


def _find_homes(
    batch: Batch, names: Sequence[int], groups: Iterable[Group], wanted: Iterable[_Name]
) -> dict[_Name, list[int]]:
    """Return the claims of each wanted name in its file, by number."""
    files, asked = batch.sheet_of, set(wanted)
    homes: dict[_Name, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for spot in {(files[row], names[row]) for row in group.rows} & asked:
            homes[spot].append(number)
    return homes


def _join(
    strays: Iterable[int], home: Sequence[int], grouping: Grouping, cells: _Cellwise
) -> list[tuple[int, tuple[int, ...]]]:
    """Give each row to the claim that it agrees with, and return those that agree with several."""
    groups = grouping.groups
    matcher = _Matcher([(number, cells.of(groups[number].key)) for number in home])
    guesses: list[tuple[int, tuple[int, ...]]] = []
    warned: set[tuple[int, ...]] = set()
    for position in strays:
        found = matcher.find(cells.of(position))
        if len(found) == 1:
            groups[found[0]].rows.append(position)
        else:
            groups[(found or home)[0]].others.append(position)
        if len(found) > 1:
            guesses.append((position, found))
            if found not in warned:
                # The first such row is the one that most of the claims may begin with.
                warned.add(found)
                for number in found:
                    groups[number].may_continue |= position < groups[number].first
    for number in home:
        groups[number].is_spoilt = True
        groups[number].rows.sort()
    return guesses


def _made_of_named(
    batch: Batch, names: Sequence[int], cells: _Cellwise, homeless: dict[_Name, list[int]]
) -> list[Group]:
    rows_of: dict[int, list[tuple[int, _Cells]]] = {name: [] for _file, name in homeless}
    if not rows_of:
        return []
    for position, name in enumerate(names):
        if name in rows_of:
            rows_of[name].append((position, cells.of(position)))
    above = {name: _Above(rows) for name, rows in rows_of.items()}
    made = []
    for (_file, name), strays in homeless.items():
        for rows in _parted(strays, cells):
            spelling = str(batch.columns["claim_name"][rows[0]])
            may_continue = above[name].has(rows[0], cells.of(rows[0]))
            made.append(Group(spelling, rows=rows, key=rows[0], is_readable=False, may_continue=may_continue))
    return made


def _parted(strays: Sequence[int], cells: _Cellwise) -> list[list[int]]:
    """Return the rows of one name as one claim, or as several where their cells contradict each other."""
    parts: dict[_Cells, list[int]] = defaultdict(list)
    for position in strays:
        parts[cells.of(position)].append(position)
    columns = zip(*parts, strict=True)
    if all(len({code for code in column if code >= 0}) <= 1 for column in columns):
        return [list(strays)]
    return list(parts.values())


def _made_of_nameless(
    batch: Batch, names: Sequence[int], cells: _Cellwise, strays: Iterable[int]
) -> list[Group]:
    """Return a claim for each row without a name that can be read."""
    nameless = [position for position in strays if names[position] < 0]
    rows_of: dict[int, list[tuple[int, _Cells]]] = {batch.sheet_of[position]: [] for position in nameless}
    if not rows_of:
        return []
    for position, file in enumerate(batch.sheet_of):
        if file in rows_of:
            rows_of[file].append((position, cells.of(position)))
    above = {file: _Above(rows) for file, rows in rows_of.items()}
    return [
        Group(
            "",
            rows=[position],
            key=position,
            is_readable=False,
            may_continue=above[batch.sheet_of[position]].has(position, cells.of(position)),
        )
        for position in nameless
    ]


def _completed(
    grouping: Grouping, made: Sequence[Group], guesses: Iterable[tuple[int, tuple[int, ...]]]
) -> Grouping:
    groups = (*grouping.groups, *sorted(made, key=lambda group: group.first))
    claim_of = grouping.claim_of.copy()
    for number, group in enumerate(groups):
        if group.is_spoilt or not group.is_readable:
            claim_of[group.rows] = number
    return replace(grouping, groups=groups, claim_of=claim_of, guesses=tuple(guesses))
