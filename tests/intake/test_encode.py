from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from cpor_batch.intake.encode import encode_rows
from cpor_batch.intake.grid import Grid, RawRow
from cpor_batch.intake.messages import Choice

CELLS = st.one_of(
    st.sampled_from(["", " ", "\u00a0", "a", "b", "#N/A?"]),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.0, 1.0]),
)


def _exact(cell: object) -> tuple[object, object]:
    """Return what tells True from 1: a whole number is one cell, however it is stored."""
    return (isinstance(cell, bool), cell)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=700))
def test_every_filled_row_comes_out_as_it_went_in(rows: Sequence[RawRow]) -> None:
    choice = Choice(sheet="Claims", header_row=1, known=(0, 1), extras=(2,))
    header: RawRow = ["A", "B", "C"]

    table = encode_rows(Grid(rows=iter([header, *map(list, rows)])), choice)

    kept = [
        (number, row)
        for number, row in enumerate(rows, 2)
        if any(not isinstance(cell, str) or cell.strip() for cell in row[:2])
    ]
    assert list(table.numbers) == [number for number, _ in kept]
    for column in table.columns:
        found = [_exact(column.values[code]) for code in column.codes]
        assert found == [_exact(row[column.index] if row[column.index] != "" else None) for _, row in kept]
