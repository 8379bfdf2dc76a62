from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpor_batch.domain.rows import CellFault, FaultKind
from cpor_batch.intake.scan import SheetScan, furthest_cells
from tests.intake.workbooks import CLAIM, HEADER, row_xml, sheet_xml

SHEET = sheet_xml(
    row_xml(1, HEADER),
    *(
        row_xml(
            number,
            CLAIM,
            attributes=' spans="1:20" hidden="1"' if number % 3 == 0 else "",
            more=f'<c r="AB{number}" s="3" t="e"><f>NA()</f><v>#N/A</v></c><c r="AC{number}"><f>1+1</f></c>',
        )
        for number in range(2, 12)
    ),
    row_xml(12, CLAIM),
).encode()
EVERY_ROW = {
    number: {27: CellFault(FaultKind.ERROR_VALUE, "#N/A"), 28: CellFault(FaultKind.UNCALCULATED, "=1+1")}
    for number in range(2, 12)
}


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize(
    "content",
    [
        SHEET,
        SHEET.replace(b'"', b"'"),
        SHEET.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?"),
        SHEET.replace(b"<c r=", b"<c  r="),
    ],
    ids=["as Excel", "single quotes", "prefixes", "spaces"],
)
@given(size=st.integers(min_value=1, max_value=4000))
def test_facts_do_not_depend_on_how_the_sheet_is_written_or_cut(content: bytes, size: int) -> None:
    scan = SheetScan()

    scan.feed(_pieces(content, size))

    assert scan.facts().faults == EVERY_ROW
    assert scan.facts().hidden_rows == {3, 6, 9}
    assert scan.last_row == 12
    assert scan.last_column == 28


@given(size=st.integers(min_value=1, max_value=4000))
def test_furthest_cells_are_those_that_hold_something(size: int) -> None:
    content = sheet_xml(
        row_xml(1, HEADER), '<row r="7"><c r="B7" s="1"/><c r="XFD7"><v></v></c><c r="C7"><v>1</v></c></row>'
    ).encode()

    lowest, rightmost = furthest_cells(_pieces(content, size))

    assert (lowest, rightmost) == ((7, 2), (1, 12))
