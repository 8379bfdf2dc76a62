"""Take a sheet's XML apart tag by tag: slow, and right for every way of writing it."""

import re
from html import unescape
from typing import Final

from cpor_batch.domain.rows import CellFault, FaultKind
from cpor_batch.intake.letters import column_index

_TAG: Final = re.compile(
    rb"<(?:[\w.-]+:)?(row|c|f|v|is)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>([^<]*)|</(?:[\w.-]+:)?(c)\s*>"
)
_ATTRIBUTE: Final = re.compile(rb"(?<![\w:])(r|t|hidden)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE: Final = re.compile(rb"([A-Z]+)(\d+)")
_TRUE: Final = frozenset({b"1", b"true"})


def fault_of_error(text: bytes) -> CellFault:
    """Return the fault of an error cell; `text` is its stored value, such as `#N/A`."""
    return CellFault(FaultKind.ERROR_VALUE, _plain(text) or "#ERROR")


def fault_of_formula(text: bytes) -> CellFault:
    """Return the fault of a formula without a result; `text` is empty where another cell holds it."""
    formula = _plain(text)
    return CellFault(FaultKind.UNCALCULATED, f"={formula}" if formula else "")


def _plain(text: bytes) -> str:
    return unescape(text.decode(errors="replace")).strip()


class TagScan:
    """The tags of one sheet; rows and cells without a reference count on from the one before."""

    def __init__(
        self, faults: dict[int, dict[int, CellFault]], hidden_rows: set[int], *, row: int = 0
    ) -> None:
        """Collect into `faults` and `hidden_rows`; `row` is the number of the row before the first."""
        self._faults = faults
        self._hidden_rows = hidden_rows
        self._row = row
        self._column = -1
        self._type = b""
        self._formula: bytes | None = None
        self._value: bytes | None = None
        self._is_inline = False
        self.lowest = (0, 0)
        """Row number and column index of the lowest cell that holds something; (0, 0) where none does."""
        self.rightmost = (0, -1)
        """The same of the cell furthest to the right."""

    def feed(self, data: bytes) -> None:
        """Take the next piece, which begins and ends between a text and the next tag."""
        for name, attributes, slash, text, closed in _TAG.findall(data):
            if closed:
                self._end_cell()
            elif name == b"c":
                self._begin_cell(_attributes(attributes))
                if slash:
                    self._end_cell()
            elif name == b"row":
                self._begin_row(_attributes(attributes))
            elif name == b"f":
                self._formula = text
            elif name == b"v":
                self._value = text
            else:
                self._is_inline = True

    def _begin_row(self, attributes: dict[bytes, bytes]) -> None:
        number = attributes.get(b"r", b"")
        self._row = int(number) if number.isdigit() else self._row + 1
        self._column = -1
        if attributes.get(b"hidden") in _TRUE:
            self._hidden_rows.add(self._row)

    def _begin_cell(self, attributes: dict[bytes, bytes]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get(b"r", b""))
        if reference:
            self._column, self._row = column_index(reference.group(1).decode()), int(reference.group(2))
        else:
            self._column += 1
        self._type = attributes.get(b"t", b"")
        self._formula = self._value = None
        self._is_inline = False

    def _end_cell(self) -> None:
        if self._type == b"e" and self._value is not None:
            self._add(fault_of_error(self._value))
        elif self._formula is not None and is_without_result(self._type, self._value):
            self._add(fault_of_formula(self._formula))
        if self._value or self._formula is not None or self._is_inline:
            place = (self._row, self._column)
            self.lowest = max(self.lowest, place)
            if self._column > self.rightmost[1]:
                self.rightmost = place

    def _add(self, fault: CellFault) -> None:
        self._faults.setdefault(self._row, {})[self._column] = fault


def is_without_result(cell_type: bytes, value: bytes | None) -> bool:
    """Whether a formula's cell stores no result; an empty text is one, an empty value of no type is none."""
    return value is None or (not value.strip() and cell_type != b"str")


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}
