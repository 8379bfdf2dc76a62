"""Comparisons as one table: a row per side, the sides of one comparison under each other."""

from collections.abc import Sequence
from typing import Final

from cpor_batch.reports.tables import ColumnSpec, Comparison, Kind, Table, Tone, Value

_WIDTHS: Final = {
    "Claim name": 24,
    "Partner": 20,
    "Organisation": 18,
    "Customer": 22,
    "Tenant ID": 20,
    "Product": 22,
    "Subscription ID": 20,
    "File": 18,
    "Row": 7,
}
_IDS: Final = frozenset({"MPN ID", "Tenant ID", "Subscription ID", "Reference"})
_DATES: Final = frozenset({"Since", "PoE signed"})


def comparison_table(
    comparisons: Sequence[Comparison], *, name: str = "Conflicts", title: str = "Conflicts"
) -> Table:
    """Return the comparisons as a table; sides of one comparison bear one number and one tint."""
    shared_labels = [label for item in comparisons for label, _value in item.facts]
    own_labels = [label for item in comparisons for label in item.labels]
    labels = tuple(dict.fromkeys((*shared_labels, *own_labels)))
    rows: list[tuple[Value, ...]] = []
    tones: list[Tone | None] = []
    for number, item in enumerate(comparisons, start=1):
        for side in item.sides:
            values = {**dict(item.facts), **dict(zip(item.labels, side, strict=True))}
            cells = (values.get(label) for label in labels)
            rows.append((number, item.pill, item.title, *cells, item.next_step, item.rule))
            tones.append(Tone.QUIET if number % 2 else None)
    return Table(
        name=name,
        title=title,
        note="Claims that meet on one workload or subscription; the claims of one conflict share a number.",
        columns=(
            ColumnSpec("number", "No.", Kind.NUMBER, 6),
            ColumnSpec("severity", "Effect", Kind.STATUS, 15),
            ColumnSpec("kind", "Conflict", Kind.TEXT, 24),
            *(_column(label) for label in labels),
            ColumnSpec("next_step", "What to do", Kind.TEXT, 36),
            ColumnSpec("rule", "Rule", Kind.TEXT, 36),
        ),
        rows=tuple(rows),
        row_tones=tuple(tones),
        when_empty="No conflicts.",
    )


def _column(label: str) -> ColumnSpec:
    kind = Kind.ID if label in _IDS else Kind.DATE if label in _DATES else Kind.TEXT
    return ColumnSpec(label.lower().replace(" ", "_"), label, kind, _WIDTHS.get(label, 13))
