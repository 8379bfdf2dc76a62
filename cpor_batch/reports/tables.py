"""What a report consists of: figures, charts, tables, comparisons and cards. Values only.

The renderers (`workbook`, `page`, `text`) know these values and nothing of claims; the builders
(`status`, `history`, `verdict_report`) know claims and nothing of Excel or HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    ID = "id"
    """Digits and GUIDs: always text, so that Excel keeps leading zeros and every digit."""
    STATUS = "status"
    """A `Pill`: words on a colour."""
    MONEY = "money"
    """A Decimal; the currency stands in a column of its own."""
    RAW = "raw"
    """As the user's own file has it, so that it is read again as it was: text, number, date or yes/no."""


class Tone(StrEnum):
    """What a colour says; the words beside it say the same."""

    GOOD = "good"
    WAITING = "waiting"
    ATTENTION = "attention"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Pill:
    """A status: words on a colour."""

    text: str
    tone: Tone = Tone.QUIET

    def __str__(self) -> str:
        return self.text


Value = str | int | float | bool | Decimal | date | datetime | time | timedelta | Pill | None


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a table."""

    key: str
    header: str
    kind: Kind = Kind.TEXT
    width: int = 18
    """In characters, as Excel counts them."""
    is_filter: bool = False
    """Whether the page offers the column's values as a filter."""
    in_text: bool = True
    """Whether the column is printed on a terminal."""
    is_own_line: bool = False
    """Whether a terminal shows it on a line of its own, behind its header."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a cell is coloured, in words."""

    note: str
    tone: Tone = Tone.BAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a header."""

    name: str
    """A short name: the sheet's, and the anchor's in the page."""
    title: str
    columns: tuple[ColumnSpec, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    """One sentence under the title."""
    when_empty: str = "Nothing here."
    marks: Mapping[tuple[int, str], Mark] = field(default_factory=dict)
    """(index of the row, key of the column) -> why the cell is coloured."""
    row_tones: tuple[Tone | None, ...] = ()
    """The tint of each row; empty where no row is tinted."""
    link_column: str = ""
    """Key of the column whose cells are links; empty: the first."""
    links: tuple[str, ...] = ()
    """Where that cell of each row leads inside this report: a card's anchor, a table's name, or
    "Claims/12" for the row of that table with index 12; an empty text leads nowhere."""
    in_text: bool = True
    group_by: str = ""
    """Key of the column by which a terminal groups the rows, which come in that order; empty: no groups."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"A row of {self.name} has {len(row)} cells, not {len(self.columns)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that the reader should see first."""

    label: str
    value: int | str
    tone: Tone = Tone.QUIET
    note: str = ""
    anchor: str = ""
    """The table that holds what was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart."""

    label: str
    value: int
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars with a title; the page draws them as SVG, the workbook as an Excel chart."""

    name: str
    title: str
    unit: str
    """What is counted: "claims"."""
    bars: tuple[Bar, ...]
    is_timeline: bool = False
    """Upright bars in order of time instead of lying bars in order of size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one part of a stack is on every day."""

    label: str
    values: tuple[int, ...]
    tone: Tone = Tone.QUIET
    shade: int = 0
    """Which of the layers of its tone it is; later ones are paler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Parts of a whole over time: a column per day, its layers from the bottom up."""

    name: str
    title: str
    unit: str
    """What is counted: "claims"."""
    steps: tuple[date, ...]
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        for layer in self.layers:
            if len(layer.values) != len(self.steps):
                raise ValueError(f"{layer.label} has {len(layer.values)} values, not {len(self.steps)}.")

    @property
    def totals(self) -> tuple[int, ...]:
        """The whole of each day."""
        return tuple(sum(layer.values[place] for layer in self.layers) for place in range(len(self.steps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two or more things side by side: the sides of a conflict."""

    title: str
    pill: Pill
    facts: tuple[tuple[str, str], ...]
    """What all sides share: label and value."""
    labels: tuple[str, ...]
    sides: tuple[tuple[Value, ...], ...]
    """For each side one value per label."""
    rule: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardItem:
    """One line of a card's section."""

    pill: Pill | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSection:
    """Lines under a heading."""

    title: str
    items: tuple[CardItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything about one claim: fields, and sections below them."""

    anchor: str
    title: str
    pill: Pill
    lead: str
    fields: tuple[tuple[str, Value], ...]
    sections: tuple[CardSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, ready for any renderer."""

    name: str
    """"status", "history", "verdict": what its file is called."""
    title: str
    subtitle: str
    lead: str = ""
    """The whole report in a sentence or two."""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    stacks: tuple[Stack, ...] = ()
    overview: Table | None = None
    """A small table that stands on the first sheet, below the figures."""
    tables: tuple[Table, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    has_comparisons: bool = False
    """Whether the report compares at all: then it says so too when there is nothing to compare."""
    cards: tuple[Card, ...] = ()
    as_of: date | None = None
    made_at: datetime | None = None
    """None leaves the instant out, so that the same data give the same bytes."""
    tool_version: str = ""
    ledger_head: str = ""
    """The hash of the ledger's last event, to compare a printed report with the ledger."""
    language: str = "en"
