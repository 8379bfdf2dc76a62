"""A stack over time as geometry and words: what the page draws as SVG, lists and shows as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.tables import Layer, Stack

WIDTH: Final = 720
HEIGHT: Final = 240
_LEFT: Final = 44
_TOP: Final = 12
_BOTTOM: Final = 206
_MOST_LABELS: Final = 6
_MOST_LINES: Final = 4
# As many shades as page.css and the workbook tell apart within one tone.
MOST_SHADES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStep:
    """One column: a day's layers, from the bottom up."""

    label: str
    label_x: float
    words: str
    x: float
    width: float
    layers: tuple[tuple[str, float, float], ...]
    """Class, top and height of each layer that has any claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStack:
    """A stack ready to be drawn."""

    anchor: str
    title: str
    summary: str
    """The chart in words, for those who do not see it."""
    width: int
    height: int
    left: int
    label_y: int
    lines: tuple[tuple[str, float], ...]
    """Words and height of the lines behind the columns."""
    steps: tuple[DrawnStep, ...]
    legend: tuple[tuple[str, str, int], ...]
    """Class, words and last value, the topmost layer first."""
    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    """Day, values in the order of the legend, and their sum; the latest day first."""


def draw_stack(stack: Stack) -> DrawnStack:
    """Return the geometry of a stack."""
    totals = stack.totals
    step = _line_step(max(totals, default=0))
    most = max(-(-max(totals, default=0) // step), 1) * step
    down = tuple(reversed(stack.layers))
    return DrawnStack(
        anchor=stack.name,
        title=stack.title,
        summary=printable(_summary(stack)),
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        label_y=_BOTTOM + 22,
        lines=tuple((f"{value:,}", _height_of(value, most)) for value in range(0, most + 1, step)),
        steps=tuple(_step(stack, place, most) for place in range(len(stack.steps))),
        legend=tuple((layer_class(layer), printable(layer.label), layer.values[-1]) for layer in down),
        rows=tuple(
            (day.isoformat(), tuple(layer.values[place] for layer in down), totals[place])
            for place, day in reversed(tuple(enumerate(stack.steps)))
        ),
    )


def layer_class(layer: Layer) -> str:
    """Return the class that colours a layer: its tone, paler for the second and third of one tone."""
    return f"layer bar-{layer.tone.value} shade-{min(layer.shade, MOST_SHADES - 1)}"


def _line_step(most: int) -> int:
    """Return 1, 2 or 5 times a power of ten, so that few lines reach `most`."""
    step, factors = 1, (2, 2.5, 2)
    index = 0
    while most > step * _MOST_LINES:
        step = int(step * factors[index % 3])
        index += 1
    return step


def _height_of(value: int, most: int) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / most, 1)


def _step(stack: Stack, place: int, most: int) -> DrawnStep:
    room = (WIDTH - _LEFT) / len(stack.steps)
    day = stack.steps[place]
    # Counted from the right, so that the last day is always named.
    every = -(-len(stack.steps) // _MOST_LABELS)
    is_named = (len(stack.steps) - 1 - place) % every == 0
    words = [f"{layer.label}: {layer.values[place]:,}" for layer in stack.layers if layer.values[place]]
    return DrawnStep(
        label=short_day(day) if is_named else "",
        label_x=round(_LEFT + room * (place + 0.5), 1),
        words=printable(f"{day.isoformat()}. {', '.join(reversed(words)) or f'No {stack.unit}'}"),
        x=round(_LEFT + room * (place + 0.12), 1),
        width=round(room * 0.76, 1),
        layers=tuple(_boxes(stack, place, most)),
    )


def _boxes(stack: Stack, place: int, most: int) -> Iterator[tuple[str, float, float]]:
    below = 0
    for layer in stack.layers:
        value = layer.values[place]
        if value:
            top = _height_of(below + value, most)
            yield layer_class(layer), top, round(_height_of(below, most) - top, 1)
        below += value


def short_day(day: date) -> str:
    """Return a day as it stands under a column: "01 Apr"."""
    return f"{day.day:02d} {day:%b}"


def _summary(stack: Stack) -> str:
    first, last = stack.steps[0].isoformat(), stack.steps[-1].isoformat()
    changes = [
        f"{layer.label} from {layer.values[0]:,} to {layer.values[-1]:,}" for layer in reversed(stack.layers)
    ]
    totals = stack.totals
    return (
        f"Number of {stack.unit} on {len(stack.steps)} days from {first} to {last}: "
        f"{', '.join(changes)}; all {stack.unit} from {totals[0]:,} to {totals[-1]:,}."
    )
