"""The rows of one sheet after their own judgement: typed columns, and the issues that a row has by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cpor_batch.domain.edition import Edition
from cpor_batch.domain.issue import Issue
from cpor_batch.validation.namesakes import Namesakes
from cpor_batch.validation.places import Sheet
from cpor_batch.validation.reading import Typed

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

BLANK_CODE: Final = -1
UNREADABLE_CODE: Final = -2


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column after reading: equal values have equal codes, so comparing cells is comparing numbers."""

    codes: Codes
    """Of each row: an index into `values`, or BLANK_CODE, or UNREADABLE_CODE."""
    values: tuple[Typed, ...]

    def __getitem__(self, position: int) -> Typed | None:
        code = self.codes[position]
        return self.values[code] if code >= 0 else None

    def __iter__(self) -> Iterator[Typed | None]:
        # A negative code picks from the end, where the two None stand.
        values = (*self.values, None, None)
        return iter([values[code] for code in self.codes.tolist()])


def blank_column(length: int) -> TypedColumn:
    """Return the column of a sheet that does not have it."""
    return TypedColumn(np.full(length, BLANK_CODE, dtype=np.int32), ())


def distinct_codes(columns: Sequence[TypedColumn]) -> list[Codes]:
    """Return the distinct combinations of codes, column by column."""
    import pandas as pd

    table = pd.DataFrame({number: column.codes for number, column in enumerate(columns)}).drop_duplicates()
    return [table[number].to_numpy() for number in range(len(columns))]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRows:
    """The rows of one sheet, judged each on its own; to be judged with all others by `judge_claims`."""

    places: Sheet
    columns: Mapping[str, TypedColumn]
    """Of every column of the contract; one that the sheet does not have is blank."""
    issues: tuple[Issue, ...]
    edition: Edition
    namesakes: Namesakes
    """What other editions, under which a claim may have been recorded, call the same activities."""

    def __len__(self) -> int:
        return len(self.places.numbers)
