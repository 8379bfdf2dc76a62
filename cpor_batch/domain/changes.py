"""The events by which a claim changes: a status, its submission, a notice; whether they may, others say."""

from dataclasses import replace
from datetime import date
from typing import Final

from cpor_batch.domain.claim import Source
from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState

SUBMITTED: Final = "submitted"


def build_status_change(
    state: ClaimState,
    status: str,
    on: date,
    *,
    occasion: Occasion,
    kind: EventKind = EventKind.STATUS_CHANGED,
    source: Source | None = None,
    reason: str | None = None,
) -> Event:
    """Return the event by which the claim gets a status; whether it may is asked elsewhere."""
    return replace(
        event_of(
            kind,
            state,
            on,
            occasion=occasion,
            source=source,
            before={"status": state.status},
            after={"status": status},
            reason=reason,
        ),
        status=status,
    )


def build_submission(
    state: ClaimState,
    on: date,
    *,
    occasion: Occasion,
    partner_center_claim_id: str | None = None,
    source: Source | None = None,
    reason: str | None = None,
) -> Event:
    """Return the event of the claim's submission, which gives its data the day (and Microsoft's ID)."""
    before: dict[str, Plain] = {"status": state.status, "submitted_on": None}
    after: dict[str, Plain] = {"status": SUBMITTED, "submitted_on": on.isoformat()}
    claim = replace(state.claim, submitted_on=on)
    if partner_center_claim_id is not None:
        claim = replace(claim, partner_center_claim_id=partner_center_claim_id)
        before["partner_center_claim_id"] = state.claim.partner_center_claim_id
        after["partner_center_claim_id"] = partner_center_claim_id
    return replace(
        event_of(
            EventKind.SUBMITTED,
            state,
            on,
            occasion=occasion,
            source=source,
            before=before,
            after=after,
            reason=reason,
        ),
        status=SUBMITTED,
        state=claim,
    )


def build_notice(
    state: ClaimState,
    on: date,
    *,
    occasion: Occasion,
    source: Source | None = None,
    reason: str | None = None,
) -> Event:
    """Return the event of Microsoft's notice to the customer, which opens the opt-out window."""
    return event_of(
        EventKind.NOTIFIED,
        state,
        on,
        occasion=occasion,
        source=source,
        before={"notified_on": state.notified_on.isoformat() if state.notified_on else None},
        after={"notified_on": on.isoformat()},
        reason=reason,
    )


def event_of(
    kind: EventKind,
    state: ClaimState,
    on: date,
    *,
    occasion: Occasion,
    source: Source | None,
    before: dict[str, Plain],
    after: dict[str, Plain],
    reason: str | None = None,
) -> Event:
    """Return an event of the claim on that occasion that sets neither status nor data."""
    return Event(
        kind=kind,
        claim=state.reference,
        known_on=occasion.today,
        occurred_on=on,
        actor=occasion.actor,
        run=occasion.run,
        before=before,
        after=after,
        file=source.file if source else None,
        row=source.row if source else None,
        reason=reason,
    )
