"""The card of a claim: everything the status report knows about it."""

from datetime import date
from typing import Final

from cpor_batch.domain.claim import Claim
from cpor_batch.reports.history import changes_in_words, event_pill
from cpor_batch.reports.status import ClaimStatus
from cpor_batch.reports.tables import Card, ColumnSpec, Kind, Pill, Table, Tone, Value
from cpor_batch.reports.words import WINDOW_WORDS, status_pill

LAST_EVENTS: Final = 5

_LINE_COLUMNS: Final = (
    ColumnSpec("product", "Product", Kind.TEXT, 26),
    ColumnSpec("subscription_id", "Subscription ID", Kind.ID, 38),
    ColumnSpec("subscription_ends_on", "Ends", Kind.DATE, 12),
    ColumnSpec("programmes", "Incentive programme", Kind.TEXT, 30),
)
_WINDOW_COLUMNS: Final = (
    ColumnSpec("kind", "Window", Kind.TEXT, 20),
    ColumnSpec("state", "State", Kind.STATUS, 12),
    ColumnSpec("opened_on", "Opened", Kind.DATE, 12),
    ColumnSpec("closes_on", "Last day", Kind.DATE, 12),
    ColumnSpec("days_left", "Days left", Kind.NUMBER, 10),
    ColumnSpec("consequence", "What happens then", Kind.TEXT, 40),
)
_DOCUMENT_COLUMNS: Final = (
    ColumnSpec("kind", "Document", Kind.TEXT, 12),
    ColumnSpec("state", "State", Kind.STATUS, 10),
    ColumnSpec("dated_on", "Dated", Kind.DATE, 12),
    ColumnSpec("path", "File", Kind.TEXT, 44),
)
_EVENT_COLUMNS: Final = (
    ColumnSpec("known_on", "Known on", Kind.DATE, 12),
    ColumnSpec("kind", "What happened", Kind.STATUS, 22),
    ColumnSpec("changes", "What changed", Kind.TEXT, 50),
    ColumnSpec("actor", "By", Kind.TEXT, 14),
)


def claim_card(claim: ClaimStatus, *, today: date) -> Card:
    """Return the card of one claim; it shows the last five of the events it is given."""
    data = claim.state.claim
    tables = (_lines(claim), _windows(claim, today), _documents(claim), _events(claim))
    return Card(
        anchor=claim.state.reference,
        title=f"{claim.state.reference}  {data.claim_name}",
        pill=status_pill(claim.status, claim.edition),
        lead=claim.next_step,
        fields=tuple((label, value) for label, value in _fields(claim, data) if value not in (None, "")),
        tables=tuple(table for table in tables if table.rows),
    )


def _fields(claim: ClaimStatus, data: Claim) -> tuple[tuple[str, Value], ...]:
    label = claim.edition.settings.identifier_label
    return (
        ("Customer", data.customer_name),
        ("Customer domain", data.customer_domain),
        ("Tenant ID", data.tenant_id),
        ("Customer country", data.customer_country),
        ("Partner", data.partner_name),
        (
            "Organisation",
            data.partner_organisation if data.partner_organisation != data.partner_name else None,
        ),
        (label, data.mpn_id),
        ("Solution area", data.solution_area),
        ("Activity", data.activity),
        ("Partner Center claim ID", data.partner_center_claim_id),
        ("Recorded on", claim.state.recorded_on),
        ("Submitted on", data.submitted_on),
        ("Customer notified on", claim.state.notified_on),
        ("Official on", claim.official_on),
        ("PoE signed on", data.poe_signed_on),
        ("PoE document", data.poe_document),
        ("Existing association", "Yes" if claim.state.is_adopted else None),
        ("Edition", claim.edition.title),
    )


def _lines(claim: ClaimStatus) -> Table:
    rows = tuple(
        (line.product, line.subscription_id, line.subscription_ends_on, ", ".join(line.programmes))
        for line in claim.state.claim.lines
    )
    return Table(name="lines", title="Claim lines", columns=_LINE_COLUMNS, rows=rows)


def _windows(claim: ClaimStatus, today: date) -> Table:
    rows: list[tuple[Value, ...]] = []
    for window in claim.windows:
        if window.is_overdue(today):
            pill = Pill("Overdue", Tone.BAD)
        elif window.is_open(today):
            pill = Pill("Open", Tone.WAITING)
        else:
            pill = Pill("Closed")
        left = window.days_left(today) if pill.text != "Closed" else None
        name = WINDOW_WORDS[window.kind] + (" (assumed)" if window.is_assumed else "")
        rows.append((name, pill, window.opened_on, window.closes_on, left, window.consequence))
    return Table(name="windows", title="Windows", columns=_WINDOW_COLUMNS, rows=tuple(rows))


def _documents(claim: ClaimStatus) -> Table:
    rows = tuple(
        (
            "Letter" if document.kind.value == "letter" else "PoE",
            Pill("Made", Tone.GOOD) if document.sha256 else Pill("Due", Tone.ATTENTION),
            document.dated_on,
            document.path,
        )
        for document in claim.documents
    )
    return Table(name="documents", title="Documents", columns=_DOCUMENT_COLUMNS, rows=rows)


def _events(claim: ClaimStatus) -> Table:
    rows = tuple(
        (event.known_on, event_pill(event), changes_in_words(event), event.actor)
        for event in claim.events[-LAST_EVENTS:]
    )
    return Table(name="events", title="Last events", columns=_EVENT_COLUMNS, rows=rows)
