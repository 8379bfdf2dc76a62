"""History: what happened to the claims, event by event."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.reports.tables import ColumnSpec, Figure, Kind, Pill, Report, Table, Tone, Value
from cpor_batch.reports.words import count

HISTORY_SCHEMA: Final = "cpor-batch.history/1"

_WORDS: Final = {
    EventKind.RECORDED: "Recorded",
    EventKind.REVISED: "Revised",
    EventKind.SUBMITTED: "Submitted",
    EventKind.HELD: "Held for a conflict",
    EventKind.RELEASED: "Released",
    EventKind.CHANGE_HELD: "Change held for a conflict",
    EventKind.CHANGE_RELEASED: "Held change made",
    EventKind.CHANGE_DROPPED: "Held change dropped",
    EventKind.STATUS_CHANGED: "Status changed",
    EventKind.NOTIFIED: "Customer notified by Microsoft",
    EventKind.WITHDRAWN: "Withdrawn",
    EventKind.ADOPTED: "Existing association adopted",
    EventKind.DECIDED: "Conflict decided",
    EventKind.DOCUMENT_ISSUED: "Document made",
    EventKind.DOCUMENT_SENT: "Document sent",
    EventKind.RECONCILED: "Reconciled",
    EventKind.REVERTED: "Reverted",
    EventKind.CONTACT_PURGED: "Contact purged",
}
_TONES: Final = {
    EventKind.HELD: Tone.ATTENTION,
    EventKind.CHANGE_HELD: Tone.ATTENTION,
    EventKind.CHANGE_RELEASED: Tone.GOOD,
    EventKind.WITHDRAWN: Tone.BAD,
    EventKind.REVERTED: Tone.BAD,
    EventKind.RECORDED: Tone.GOOD,
    EventKind.ADOPTED: Tone.GOOD,
    EventKind.RELEASED: Tone.GOOD,
    EventKind.SUBMITTED: Tone.WAITING,
    EventKind.NOTIFIED: Tone.WAITING,
    EventKind.STATUS_CHANGED: Tone.WAITING,
}
_BLANK: Final = "(blank)"
_COLUMNS: Final = (
    ColumnSpec("at", "Written at", Kind.TEXT, 20),
    ColumnSpec("known_on", "Known on", Kind.DATE, 12),
    ColumnSpec("occurred_on", "Happened on", Kind.DATE, 12),
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 28, in_text=False),
    ColumnSpec("kind", "What happened", Kind.STATUS, 24, is_filter=True),
    ColumnSpec("changes", "What changed", Kind.TEXT, 60),
    ColumnSpec("actor", "By", Kind.TEXT, 14, is_filter=True),
    ColumnSpec("source", "From", Kind.TEXT, 26, is_own_line=True),
    ColumnSpec("reason", "Reason", Kind.TEXT, 32, is_own_line=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """The events asked for, oldest first."""

    events: tuple[Event, ...]
    names: Mapping[ClaimReference, str]
    """The claims' names, by reference."""
    as_of: date | None
    claim: ClaimReference | None
    """The one claim that was asked for, or None for all."""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON document of the contract."""
        return {"schema": HISTORY_SCHEMA, "events": [event_json(event) for event in self.events]}

    def as_report(
        self,
        *,
        zone: ZoneInfo | None = None,
        made_at: datetime | None = None,
        tool_version: str = "",
        ledger_head: str = "",
    ) -> Report:
        """Return the history as a report; instants are shown in `zone` (default UTC)."""
        claims = {event.claim for event in self.events if event.claim is not None}
        name = self.names.get(self.claim, "") if self.claim else ""
        return Report(
            name="history",
            title=f"History of {self.claim}" if self.claim else "History",
            subtitle=name or "Every event of the ledger, oldest first",
            lead=f"{count(len(self.events), 'event')} of {count(len(claims), 'claim')}. Nothing here is ever "
            "changed: a correction is a new event.",
            figures=_figures(self.events),
            tables=(history_table(self.events, names=self.names, zone=zone or ZoneInfo("UTC")),),
            as_of=self.as_of,
            made_at=made_at,
            tool_version=tool_version,
            ledger_head=ledger_head,
        )


def build_history(
    events: Sequence[Event],
    *,
    claim: ClaimReference | None = None,
    names: Mapping[ClaimReference, str] | None = None,
    as_of: date | None = None,
) -> HistoryReport:
    """Return the history of `claim`, or of all claims, as known by the end of `as_of`.

    Names of claims are taken from the events where `names` lacks them.
    """
    chosen = tuple(
        event
        for event in events
        if (claim is None or event.claim == claim) and (as_of is None or event.known_on <= as_of)
    )
    found = {event.claim: event.state.claim_name for event in chosen if event.claim and event.state}
    return HistoryReport(events=chosen, names={**found, **(names or {})}, as_of=as_of, claim=claim)


def event_json(event: Event) -> dict[str, Any]:
    """Return one event: instants as ISO 8601 in UTC, days as 2021-04-01.

    `known_on` is the day on which we knew it, `occurred_on` the one on which it happened.
    """
    return {
        "at": event.at.astimezone(UTC).isoformat() if event.at is not None else None,
        "known_on": event.known_on.isoformat(),
        "claim": event.claim,
        "kind": str(event.kind),
        "actor": event.actor,
        "file": event.file,
        "row": event.row,
        "before": dict(event.before),
        "after": dict(event.after),
        "reason": event.reason,
        "occurred_on": event.occurred_on.isoformat(),
    }


def history_table(
    events: Sequence[Event], *, names: Mapping[ClaimReference, str], zone: ZoneInfo, name: str = "Events"
) -> Table:
    """Return one row per event."""
    return Table(
        name=name,
        title="Events",
        columns=_COLUMNS,
        rows=tuple(_row(event, names, zone) for event in events),
        when_empty="Nothing has happened yet.",
    )


def _row(event: Event, names: Mapping[ClaimReference, str], zone: ZoneInfo) -> tuple[Value, ...]:
    source = f"{event.file}, row {event.row}" if event.file and event.row else event.file
    return (
        event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if event.at else None,
        event.known_on,
        event.occurred_on,
        event.claim,
        names.get(event.claim, "") if event.claim else "",
        event_pill(event),
        changes_in_words(event),
        event.actor,
        source,
        event.reason,
    )


def event_pill(event: Event) -> Pill:
    """Return what happened, in words on its colour."""
    return Pill(_WORDS[event.kind], _TONES.get(event.kind, Tone.QUIET))


def changes_in_words(event: Event) -> str:
    """Return what the event changed: `customer name: Contoso -> Contoso AB; status: editing -> submitted`."""
    parts = []
    if event.kind is EventKind.RECONCILED:
        return _reconciled_in_words(event)
    for field in dict.fromkeys((*event.before, *event.after)):
        new = _in_words(event.after.get(field)) or _BLANK
        label = field.replace("_", " ")
        if field in event.before:
            parts.append(f"{label}: {_in_words(event.before[field]) or _BLANK} → {new}")
        else:
            parts.append(f"{label}: {new}")
    if event.status is not None and "status" not in event.after:
        parts.append(f"status: {event.status}")
    return "; ".join(parts)


def _reconciled_in_words(event: Event) -> str:
    """Return files and figures; the findings themselves stand in the run's report."""
    parts = [
        f"{name.replace('_', ' ')}: {_figures_in_words(value)}"
        for name, value in event.after.items()
        if name not in {"findings", "is_cut", "with_earnings"}
    ]
    return "; ".join(parts)


def _figures_in_words(value: Plain) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number} {name.replace('-', ' ')}" for name, number in value.items()) or "none"
    return _in_words(value)


def _in_words(value: Plain) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_in_words(item) for item in value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _figures(events: Sequence[Event]) -> tuple[Figure, ...]:
    kinds = (EventKind.RECORDED, EventKind.REVISED, EventKind.SUBMITTED, EventKind.STATUS_CHANGED)
    figures = [Figure(label="Events", value=len(events), anchor="Events")]
    for kind in kinds:
        number = sum(event.kind is kind for event in events)
        figures.append(Figure(label=_WORDS[kind], value=number))
    return tuple(figures)
