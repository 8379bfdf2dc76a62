"""Charts as geometry: what the page draws as SVG. Pure arithmetic, in units of the SVG's view box."""

from dataclasses import dataclass
from typing import Final

from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.tables import Bar, Chart

WIDTH: Final = 440
_LABEL_WIDTH: Final = 178
_VALUE_WIDTH: Final = 44
_ROW: Final = 26
_THICKNESS: Final = 16
_PLOT_HEIGHT: Final = 150
_LONGEST_LABEL: Final = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBar:
    """One bar with its words."""

    x: float
    y: float
    width: float
    height: float
    css: str
    label: str
    full_label: str
    label_x: float
    label_y: float
    value: str
    value_x: float
    value_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnChart:
    """A chart ready to be drawn."""

    anchor: str
    title: str
    summary: str
    """The chart in words, for those who do not see it."""
    is_timeline: bool
    width: int
    height: int
    bars: tuple[DrawnBar, ...]


def draw_chart(chart: Chart) -> DrawnChart:
    """Return the geometry of a chart: upright bars for a timeline, lying bars otherwise."""
    most = max((bar.value for bar in chart.bars), default=0) or 1
    if chart.is_timeline:
        bars = tuple(_upright(bar, index, len(chart.bars), most) for index, bar in enumerate(chart.bars))
        height = _PLOT_HEIGHT + 44
    else:
        bars = tuple(_lying(bar, index, most) for index, bar in enumerate(chart.bars))
        height = _ROW * max(len(bars), 1) + 4
    summary = ", ".join(f"{bar.label}: {bar.value:,}" for bar in chart.bars)
    return DrawnChart(
        anchor=chart.name,
        title=chart.title,
        summary=printable(f"{chart.title}, number of {chart.unit}. {summary}"),
        is_timeline=chart.is_timeline,
        width=WIDTH,
        height=height,
        bars=bars,
    )


def _lying(bar: Bar, index: int, most: int) -> DrawnBar:
    length = round((WIDTH - _LABEL_WIDTH - _VALUE_WIDTH) * bar.value / most, 1)
    top = index * _ROW + (_ROW - _THICKNESS) / 2
    label = printable(bar.label)
    return DrawnBar(
        x=_LABEL_WIDTH,
        y=top,
        width=max(length, 1.5 if bar.value else 0),
        height=_THICKNESS,
        css=f"bar-{bar.tone.value}",
        label=label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…",
        full_label=label,
        label_x=_LABEL_WIDTH - 10,
        label_y=top + 12.5,
        value=f"{bar.value:,}",
        value_x=_LABEL_WIDTH + length + 7,
        value_y=top + 12.5,
    )


def _upright(bar: Bar, index: int, number: int, most: int) -> DrawnBar:
    step = WIDTH / number
    thickness = round(min(step * 0.62, 34), 1)
    length = round((_PLOT_HEIGHT - 18) * bar.value / most, 1)
    middle = round(step * (index + 0.5), 1)
    label = printable(bar.label)
    return DrawnBar(
        x=round(middle - thickness / 2, 1),
        y=18 + _PLOT_HEIGHT - 18 - length,
        width=thickness,
        height=length,
        css=f"bar-{bar.tone.value}",
        label=label,
        full_label=label,
        label_x=middle,
        label_y=_PLOT_HEIGHT + 18,
        value=f"{bar.value:,}" if bar.value else "",
        value_x=middle,
        value_y=_PLOT_HEIGHT - length - 6,
    )
