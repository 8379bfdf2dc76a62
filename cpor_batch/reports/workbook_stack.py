"""A stack over time as a native Excel chart, and the figures that it is drawn from."""

from collections.abc import Sequence
from typing import Any, Final

from cpor_batch.reports.safe_text import cell_text
from cpor_batch.reports.styles import BARS, DATE_FORMAT, RULE, Styles
from cpor_batch.reports.tables import Layer, Stack

# `Any` throughout: xlsxwriter brings no types.

# How much of a layer's colour is left in the second, third and fourth layer of one tone.
_STRENGTHS: Final = (1.0, 0.6, 0.32, 0.12)
_INK: Final = "#3E4C59"


def write_stacks(sheet: Any, row: int, stacks: Sequence[Stack], styles: Styles) -> list[tuple[int, int]]:
    """Write the figures of `stacks` from `row` on; return the first and last row of each."""
    places = []
    for stack in stacks:
        sheet.write_string(row, 0, cell_text(stack.title), styles.head())
        for column, layer in enumerate(stack.layers, start=1):
            sheet.write_string(row, column, cell_text(layer.label), styles.head())
        for offset, day in enumerate(stack.steps):
            sheet.write_datetime(row + 1 + offset, 0, day, styles.get(num_format=DATE_FORMAT, align="left"))
            for column, layer in enumerate(stack.layers, start=1):
                number = styles.get(num_format="#,##0")
                sheet.write_number(row + 1 + offset, column, layer.values[offset], number)
        places.append((row + 1, row + len(stack.steps)))
        row += len(stack.steps) + 2
    return places


def stack_chart(book: Any, stack: Stack, place: tuple[int, int], *, width: int, height: int) -> Any:
    """Return the stack as stacked columns with a legend; the caller places it."""
    first, last = place
    drawn = book.add_chart({"type": "column", "subtype": "stacked"})
    for column, layer in enumerate(stack.layers, start=1):
        drawn.add_series(
            {
                "name": ["Figures", first - 1, column],
                "categories": ["Figures", first, 0, last, 0],
                "values": ["Figures", first, column, last, column],
                "fill": {"color": layer_colour(layer)},
                "border": {"color": BARS[layer.tone], "width": 0.75},
                "gap": 30,
            }
        )
    text = {"num_font": {"size": 9, "color": _INK}}
    drawn.set_title({"name": stack.title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    drawn.set_legend({"position": "right", "font": {"size": 9, "color": _INK}})
    days = {"text_axis": True, "num_format": "dd mmm", "interval_unit": 5, "interval_tick": 5}
    drawn.set_x_axis({**text, **days, "line": {"color": RULE}})
    drawn.set_y_axis(
        {
            **text,
            "min": 0,
            "num_format": "#,##0",
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": RULE}},
        }
    )
    drawn.set_size({"width": width, "height": height})
    drawn.set_chartarea({"border": {"color": RULE}})
    return drawn


def layer_colour(layer: Layer) -> str:
    """Return the fill of a layer: its tone's colour, paler for the second and third of one tone."""
    strength = _STRENGTHS[min(layer.shade, len(_STRENGTHS) - 1)]
    full = bytes.fromhex(BARS[layer.tone].removeprefix("#"))
    return "#" + bytes(round(255 - (255 - part) * strength) for part in full).hex().upper()
