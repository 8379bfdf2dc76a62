"""What was made, or would be: a line per letter and PoE form, for workbook and page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cpor_batch.domain.document import DocumentKind
from cpor_batch.reports.tables import ColumnSpec, Figure, Kind, Pill, Report, Table, Tone

_KINDS: Final = {DocumentKind.LETTER: "Letter", DocumentKind.POE: "PoE form", DocumentKind.BUNDLE: "Bundle"}
_STATES: Final = {
    "due": Pill("Due", Tone.ATTENTION),
    "made": Pill("Made", Tone.GOOD),
    "failed": Pill("Failed", Tone.BAD),
}
_COLUMNS: Final = (
    ColumnSpec("kind", "Document", Kind.TEXT, 12, is_filter=True),
    ColumnSpec("state", "State", Kind.STATUS, 12, is_filter=True),
    ColumnSpec("claim", "Claim reference", Kind.ID, 16),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("customer", "Customer", Kind.TEXT, 28),
    ColumnSpec("language", "Language", Kind.TEXT, 10, is_filter=True),
    ColumnSpec("path", "File", Kind.TEXT, 52),
    ColumnSpec("error", "What is wrong", Kind.TEXT, 40),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One letter or form."""

    kind: DocumentKind
    reference: str
    claim_name: str
    customer_name: str
    language: str
    path: str
    """Relative to out/, with "/"."""
    state: str
    """ "due", "made" or "failed"."""
    error: str | None
    missing_characters: str = ""
    """Characters of it that no installed font has."""


def report_documents(
    lines: Sequence[DocumentLine], *, lead: str, as_of: date, made_at: datetime, tool_version: str
) -> Report:
    """Return the lines as a report for any renderer."""
    figures = (
        Figure(label=pill.text, value=number, tone=pill.tone, anchor="Documents")
        for state, pill in _STATES.items()
        if (number := sum(line.state == state for line in lines))
    )
    return Report(
        name="documents",
        title="Letters and PoE forms",
        subtitle=f"As of {as_of.isoformat()}",
        lead=lead,
        figures=tuple(figures),
        tables=(_table(lines),),
        as_of=as_of,
        made_at=made_at,
        tool_version=tool_version,
    )


def _table(lines: Sequence[DocumentLine]) -> Table:
    return Table(
        name="Documents",
        title="Documents",
        columns=_COLUMNS,
        rows=tuple(
            (
                _KINDS[line.kind],
                _STATES[line.state],
                line.reference,
                line.claim_name,
                line.customer_name,
                line.language,
                f"out/{line.path}",
                line.error,
            )
            for line in lines
        ),
        when_empty="Nothing is due.",
    )
