"""What an export changes in a claim that the ledger knows.

Partner Center is believed in what happens there, whatever step was missed in between. It is not believed
against a later day of the ledger's, nor where the ledger holds, has withdrawn or has opted out a claim.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cpor_batch.domain.changes import (
    SUBMITTED,
    build_notice,
    build_status_change,
    build_submission,
    event_of,
)
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.reasons import match_reasons, reasons_of
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import HELD, OPTED_OUT, WITHDRAWN, ClaimState, apply_event
from cpor_batch.reconciliation.drift import Drift, DriftKind
from cpor_batch.reconciliation.export import ExportClaim, ExportLine
from cpor_batch.reconciliation.matching import Matched
from cpor_batch.reconciliation.statuses import StatusWords, fold

APPROVED: Final = "approved"
# As what Partner Center shows a claim that the customer or the partner has ended.
ENDED: Final = frozenset({"rejected", "rejected-final", OPTED_OUT, WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an export changes in one claim: its events, none where nothing is new, and what does not fit."""

    claim: ExportClaim
    state: ClaimState
    """Before the events."""
    events: tuple[Event, ...]
    drift: Drift | None = None


def take_over(match: Matched, *, edition: Edition, words: StatusWords, occasion: Occasion) -> Taken:
    """Return what the export's claim changes in the ledger's: ID, submission, status, notice."""
    claim, state = match.claim, match.state
    status = status_of(claim, edition=edition, words=words)
    if _is_told_before(claim, state, status, edition):
        drift = _find_other_day(claim, state)
        status = None
    else:
        drift = _find_drift(claim, state, status, edition)
    moves = drift is None and status is not None and _is_new(claim, state, status, edition)
    events = tuple(_events(claim, state, status if moves else None, edition, occasion))
    return Taken(claim=claim, state=state, events=events, drift=drift)


def status_of(claim: ExportClaim, *, edition: Edition, words: StatusWords) -> str | None:
    """Return the claim's status; a usage report has none, but what it lists is associated, hence approved."""
    line = claim.latest
    if line.status is not None:
        return words.read(line.status, edition)
    is_associated = claim.first(lambda item: item.associated_on or item.approved_on) is not None
    return APPROVED if is_associated else None


def status_day(claim: ExportClaim, status: str, *, occasion: Occasion) -> date:
    """Return since when the claim has the status, as far as the export tells; else today. Never later."""
    day = reported_day(claim, status) or occasion.today
    return min(day, occasion.today)


def reported_day(claim: ExportClaim, status: str) -> date | None:
    """Return since when the export has the claim in the status, as far as it tells."""
    line = claim.latest
    if status == APPROVED:
        return (
            claim.earliest(lambda item: item.approved_on)
            or line.changed_on
            or claim.earliest(lambda item: item.associated_on)
        )
    if status == SUBMITTED:
        return claim.earliest(lambda item: item.submitted_on) or line.changed_on
    return line.changed_on


def reason_of(claim: ExportClaim, status: str, edition: Edition) -> str | None:
    """Return the export's reason as the edition spells it, else as it is reported."""
    text = " ".join((claim.latest.reason or "").split())
    return (match_reasons(text, reasons_of(status, edition)) or text) if text else None


def _is_told_before(claim: ExportClaim, state: ClaimState, status: str | None, edition: Edition) -> bool:
    """Whether a file of our own says again that a claim was submitted, whatever became of it since.

    The copy sheets save every claim that was ever typed, by our reference, and know no later status.
    """
    is_own = claim.reference is not None and claim.latest.changed_on is None
    return is_own and status == SUBMITTED and state.status not in {HELD, edition.settings.first_status}


def _find_other_day(claim: ExportClaim, state: ClaimState) -> Drift | None:
    known, said = state.claim.submitted_on, claim.earliest(lambda line: line.submitted_on)
    if known is None or said is None or known == said:
        return None
    return Drift(
        kind=DriftKind.STATUS,
        message=f"{state.reference} was submitted on {known} by the ledger, but on {said} by this file.",
        hint="If the file is right, put its day into the claim's workbook and ingest that again.",
        claim=claim,
        states=(state,),
    )


def _find_drift(claim: ExportClaim, state: ClaimState, status: str | None, edition: Edition) -> Drift | None:
    if status is None or fold(status) == fold(state.status):
        return None
    shown = claim.latest.status or status
    first = edition.settings.first_status
    if state.status == HELD and status != first:
        message = f"{state.reference} is held for a conflict, but Partner Center has it as {shown}."
        hint = "Decide the conflict (cpor-batch conflicts), then import the export again."
    elif state.status in {OPTED_OUT, WITHDRAWN} and status not in ENDED:
        message = (
            f"{state.reference} is {state.status} since {state.status_since}, but Partner Center has it "
        )
        message += f"as {shown}."
        hint = "Ask Microsoft to reject it, or record it as a new claim."
    elif status == first and state.status not in {HELD, first}:
        message = (
            f"{state.reference} is {state.status} since {state.status_since}, but Partner Center has it "
        )
        message += f"as {shown}."
        hint = "Submit it there, or look whether the export is older."
    else:
        return None
    return Drift(kind=DriftKind.STATUS, message=message, hint=hint, claim=claim, states=(state,))


def _is_new(claim: ExportClaim, state: ClaimState, status: str, edition: Edition) -> bool:
    if fold(status) == fold(state.status) or state.status in {HELD, OPTED_OUT, WITHDRAWN}:
        return False
    if claim.latest.status is None:
        # A usage report speaks of months past: it can confirm what is under way, never revive what has ended.
        rule = edition.statuses.get(state.status)
        return rule is not None and rule.holds_key
    if state.status == edition.settings.first_status:
        return True  # its day is when we heard of the claim
    days = (reported_day(claim, status), claim.latest.changed_on)
    known = [day for day in days if day is not None]
    return not known or max(known) >= state.status_since


def _events(
    claim: ExportClaim, state: ClaimState, status: str | None, edition: Edition, occasion: Occasion
) -> Iterator[Event]:
    """Yield the events in the order in which they happened: data, submission, status, notice."""
    submitted_on = claim.earliest(lambda line: line.submitted_on)
    is_known = state.claim.submitted_on is not None
    if status == SUBMITTED and not is_known:
        submitted_on = submitted_on or status_day(claim, status, occasion=occasion)
    is_early = state.status == edition.settings.first_status
    if status is not None and is_early and not is_known and submitted_on is not None:
        event: Event | None = build_submission(
            state,
            min(submitted_on, occasion.today),
            occasion=occasion,
            partner_center_claim_id=_new_id(claim, state),
            source=claim.source,
        )
    else:
        is_submitted = status is not None or not (is_early or state.status == HELD)
        event = _data_event(claim, state, submitted_on if is_submitted else None, occasion)
    if event is not None:
        yield event
        state = apply_event(state, event) or state
    if status is not None and status != state.status:
        # A status cannot have begun before the submission, whatever the order of the export's days.
        day = status_day(claim, status, occasion=occasion)
        floor = state.claim.submitted_on or day
        yield build_status_change(
            state,
            status,
            min(max(day, floor), occasion.today),
            occasion=occasion,
            source=claim.latest.source,
            reason=reason_of(claim, status, edition),
        )
    yield from _notice(claim, state, occasion)


def _new_id(claim: ExportClaim, state: ClaimState) -> str | None:
    return claim.claim_id if state.claim.partner_center_claim_id is None else None


def _data_event(
    claim: ExportClaim, state: ClaimState, submitted_on: date | None, occasion: Occasion
) -> Event | None:
    """Return the event by which the claim gets Microsoft's ID and the day of its submission, where new."""
    known = state.claim
    after: dict[str, Plain] = {}
    claim_id = _new_id(claim, state)
    if claim_id is not None:
        known = replace(known, partner_center_claim_id=claim_id)
        after["partner_center_claim_id"] = claim_id
    if submitted_on is not None and state.claim.submitted_on is None:
        day = min(submitted_on, occasion.today)
        known = replace(known, submitted_on=day)
        after["submitted_on"] = day.isoformat()
    if not after:
        return None
    event = event_of(
        EventKind.REVISED,
        state,
        occasion.today,
        occasion=occasion,
        source=claim.source,
        before=dict.fromkeys(after),
        after=after,
    )
    return replace(event, state=known)


def _notice(claim: ExportClaim, state: ClaimState, occasion: Occasion) -> Iterator[Event]:
    day = claim.earliest(_notified_on)
    if day is None or state.is_adopted or state.status == HELD:
        return
    day = min(day, occasion.today)
    if day != state.notified_on:
        yield build_notice(state, day, occasion=occasion, source=claim.source)


def _notified_on(line: ExportLine) -> date | None:
    return line.notified_on
