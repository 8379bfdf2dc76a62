"""The card of a claim: everything the status report knows about it."""

from datetime import date
from typing import Final

from cpor_batch.domain.claim import Claim, ClaimLine
from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.event import Event
from cpor_batch.domain.lifecycle import Window
from cpor_batch.reports.history import changes_in_words, event_pill
from cpor_batch.reports.status import ClaimStatus
from cpor_batch.reports.tables import Card, CardItem, CardSection, Pill, Tone, Value
from cpor_batch.reports.words import WINDOW_WORDS, days_in_words, status_pill

LAST_EVENTS: Final = 5


def claim_card(claim: ClaimStatus, *, today: date) -> Card:
    """Return the card of one claim; it shows the last five of the events it is given."""
    data = claim.state.claim
    sections = (
        CardSection(title="Claim lines", items=tuple(_line(line) for line in data.lines)),
        CardSection(title="Windows", items=tuple(_window(window, today) for window in claim.windows)),
        CardSection(title="Documents", items=tuple(_document(document) for document in claim.documents)),
        CardSection(title="Last events", items=tuple(_event(event) for event in claim.events[-LAST_EVENTS:])),
    )
    return Card(
        anchor=claim.state.reference,
        title=data.claim_name,
        pill=status_pill(claim.status, claim.edition),
        lead=claim.next_step,
        fields=tuple((label, value) for label, value in _fields(claim, data) if value not in (None, "")),
        sections=tuple(section for section in sections if section.items),
    )


def _fields(claim: ClaimStatus, data: Claim) -> tuple[tuple[str, Value], ...]:
    organisation = data.partner_organisation if data.partner_organisation != data.partner_name else None
    return (
        ("Customer", data.customer_name),
        ("Customer domain", data.customer_domain),
        ("Tenant ID", data.tenant_id),
        ("Customer country", data.customer_country),
        ("Partner", data.partner_name),
        ("Organisation", organisation),
        (claim.edition.settings.identifier_label, data.mpn_id),
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
        ("Edition", claim.edition.name),
    )


def _line(line: ClaimLine) -> CardItem:
    parts = [line.product]
    if line.subscription_id:
        parts.append(f"subscription {line.subscription_id}")
    if line.subscription_ends_on:
        parts.append(f"ends on {line.subscription_ends_on}")
    if line.programmes:
        parts.append(f"counts for {', '.join(line.programmes)}")
    return CardItem(pill=None, text=", ".join(parts))


def _window(window: Window, today: date) -> CardItem:
    if window.is_overdue(today):
        pill = Pill("Overdue", Tone.BAD)
    elif window.is_open(today):
        pill = Pill("Open", Tone.WAITING)
    else:
        pill = Pill("Closed")
    assumed = ", start assumed" if window.is_assumed else ""
    when = f"{window.opened_on} to {window.closes_on} ({days_in_words(window.days_left(today))}{assumed})"
    return CardItem(pill=pill, text=f"{WINDOW_WORDS[window.kind]}, {when}. {window.consequence}")


_KINDS: Final = {DocumentKind.LETTER: "Letter", DocumentKind.POE: "PoE", DocumentKind.BUNDLE: "Bundle"}


def _document(document: DocumentRecord) -> CardItem:
    pill = Pill("Made", Tone.GOOD) if document.sha256 else Pill("Due", Tone.ATTENTION)
    return CardItem(pill=pill, text=f"{_KINDS[document.kind]} of {document.dated_on}: {document.path}")


def _event(event: Event) -> CardItem:
    changes = changes_in_words(event)
    return CardItem(
        pill=event_pill(event), text=f"{event.known_on}, {event.actor}{': ' if changes else ''}{changes}"
    )
