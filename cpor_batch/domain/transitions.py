"""Which change of a claim's status is possible, and the events that record it.

Pure. What may follow a status is the edition's data; a change that cannot be comes back as a `Refusal` that
names what can.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from cpor_batch.domain.calendar import CalendarLookup
from cpor_batch.domain.changes import SUBMITTED, build_notice, build_status_change, build_submission
from cpor_batch.domain.claim import Source
from cpor_batch.domain.edition import Edition, WindowKind
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.lifecycle import effective_status, find_windows, last_day
from cpor_batch.domain.reasons import match_reasons, reasons_of
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import HELD, LAPSED, WITHDRAWN, ClaimState

NOTIFIED: Final = "notified"
"""Microsoft's notice to the customer: no status, but recorded as one is."""
DISPUTE: Final = "dispute"
_UNDER_REVIEW: Final = "under-review"
# What the calendar says of a claim; nobody records it.
_COMPUTED: Final = frozenset({"official", "opt-out-open"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A change of one claim as somebody asks for it."""

    status: str
    """A status of the edition in any spelling, or `notified`, or `dispute`."""
    on: date | None = None
    """The day on which it happened; None for today."""
    reason: str | None = None
    source: Source | None = None
    """Where it was read; None for the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a change cannot be, and what can."""

    message: str
    hint: str


def build_change(
    state: ClaimState,
    asked: Asked,
    *,
    edition: Edition,
    calendars: CalendarLookup,
    occasion: Occasion,
    past: Callable[[], Iterable[Event]] = tuple,
) -> tuple[Event, ...] | Refusal:
    """Return the events of a change, none where the ledger knows it so already, or why it cannot be.

    `past` gives the claim's events so far; it is asked where the state alone does not tell.
    """
    on = asked.on or occasion.today
    if on > occasion.today:
        return Refusal(
            message=f"{on} lies in the future; today is {occasion.today}.",
            hint="Record what has happened, on the day on which it happened.",
        )
    status = _find_status(asked.status, state, edition, on)
    if isinstance(status, Refusal):
        return status
    if status == NOTIFIED:
        return _build_notice(state, asked, on, edition=edition, occasion=occasion)
    if status == state.status:
        return ()
    refusal = _refuse_step(state, status, on, edition) or _refuse_dispute(
        state, status, on, edition=edition, calendars=calendars, past=past
    )
    if refusal is not None:
        # A list that is sent again tells of steps that the claim has left behind.
        is_known = any(event.status == status and event.occurred_on == on for event in past())
        return () if is_known else refusal
    reason = _read_reason(asked, status, edition)
    if isinstance(reason, Refusal):
        return reason
    return (_build_event(state, status, on, reason, asked=asked, occasion=occasion),)


def find_next(state: ClaimState, *, edition: Edition, today: date) -> tuple[str, ...]:
    """Return the statuses that somebody may record next, in the edition's order."""
    status = effective_status(state, today=today)
    if status == HELD:
        return (WITHDRAWN,)
    if status == LAPSED:
        return _find_next_of_lapsed(state, edition)
    return _follow(status, edition)


def _follow(status: str, edition: Edition) -> tuple[str, ...]:
    rule = edition.statuses.get(status)
    if rule is not None:
        return tuple(name for name in rule.next if name != HELD)
    # A word of Partner Center's that no edition describes: nothing is known of what may follow.
    never = {HELD, edition.settings.first_status}
    return tuple(name for name in edition.statuses if name not in never)


def _find_next_of_lapsed(state: ClaimState, edition: Edition) -> tuple[str, ...]:
    """Return what may follow though the subscriptions have ended.

    A claim that Microsoft never saw can only be given up. One under way still gets Microsoft's answer, but
    is not submitted anew; an approved one has ended with its subscriptions.
    """
    if state.status == edition.settings.first_status:
        return (WITHDRAWN,)
    if state.status == "approved":
        return ()
    return tuple(name for name in _follow(state.status, edition) if name != SUBMITTED)


def _find_status(text: str, state: ClaimState, edition: Edition, on: date) -> str | Refusal:
    word = "-".join(text.replace("_", " ").replace("-", " ").casefold().split())
    if word in edition.statuses or word == NOTIFIED:
        return word
    if word in _COMPUTED:
        return Refusal(
            message=f'"{word}" is not recorded: it follows from Microsoft\'s notice, the approval and the '
            "calendar.",
            hint='Record the notice (notified) and the approval (approved); "status" then shows it.',
        )
    if word == DISPUTE:
        if state.status == "rejected":
            return _UNDER_REVIEW
        return Refusal(
            message=f"{state.reference} is {state.status}; only a rejected claim can be disputed.",
            hint=_say_what_may_come(state, edition, on),
        )
    names = (*(name for name in edition.statuses if name != HELD), NOTIFIED)
    near = get_close_matches(word, names, n=1)
    return Refusal(
        message=f'"{text}" is not a status of {edition.name}.',
        hint=f"Did you mean {near[0]}?" if near else f"Use one of: {_listed(names)}.",
    )


def _refuse_step(state: ClaimState, status: str, on: date, edition: Edition) -> Refusal | None:
    current = effective_status(state, today=on)
    allowed = find_next(state, edition=edition, today=on)
    if status not in allowed and current == HELD:
        return Refusal(
            message=f"{state.reference} is held for a conflict and cannot become {status}.",
            hint="Decide the conflict first (cpor-batch conflicts), or withdraw the claim.",
        )
    if status not in allowed and current == LAPSED:
        return _refuse_lapsed(state, status, on, edition)
    if status not in allowed:
        return Refusal(
            message=f"{state.reference} is {current} and cannot become {status}.",
            hint=_say_what_may_come(state, edition, on),
        )
    # The first status begins when we hear of the claim, which may be after its submission.
    if on < state.status_since and state.status != edition.settings.first_status:
        return Refusal(
            message=f"{on} lies before {state.status_since}, when {state.reference} became {state.status}.",
            hint=f"Give a day from {state.status_since} on.",
        )
    return None


def _refuse_lapsed(state: ClaimState, status: str, on: date, edition: Edition) -> Refusal:
    may_come = _say_what_may_come(state, edition, on)
    rule = edition.statuses.get(state.status)
    if rule is not None and not rule.may_change.isdisjoint({"*", "subscription_ends_on"}):
        way_out = 'Correct "Subscription ends on" in its row and ingest it again if the date is wrong. '
        may_come = f"{way_out}{may_come}"
    return Refusal(
        message=f"{state.reference} is lapsed, since its subscription ended on {last_day(state.claim)}, and "
        f"cannot become {status}.",
        hint=may_come,
    )


def _refuse_dispute(
    state: ClaimState,
    status: str,
    on: date,
    *,
    edition: Edition,
    calendars: CalendarLookup,
    past: Callable[[], Iterable[Event]],
) -> Refusal | None:
    if status not in {DISPUTE, _UNDER_REVIEW}:
        return None
    windows = find_windows(state, edition=edition, calendars=calendars)
    window = next((item for item in windows if item.kind is WindowKind.DISPUTE), None)
    if window is None:
        return None
    if status == DISPUTE and any(event.status == DISPUTE for event in past()):
        return Refusal(
            message=f"{state.reference} was disputed before; {edition.name} allows one dispute per claim.",
            hint="Make a new claim with an updated PoE.",
        )
    if on > window.closes_on:
        return Refusal(
            message=f"{state.reference} was rejected on {window.opened_on}; the last day to dispute it was "
            f"{window.closes_on}.",
            hint="Make a new claim with an updated PoE.",
        )
    return None


def _read_reason(asked: Asked, status: str, edition: Edition) -> str | Refusal | None:
    text = " ".join((asked.reason or "").split())
    if not text:
        if status == WITHDRAWN:
            return Refusal(message="A withdrawal needs a reason.", hint="Say why with --reason.")
        return None
    known = reasons_of(status, edition)
    if not known:
        return text
    matched = match_reasons(text, known)
    if matched is None:
        return Refusal(
            message=f'"{text}" is not a reason for {status}.',
            hint=f"Use one of: {'; '.join(known)}. Words of your own may follow a colon.",
        )
    return matched


def _build_notice(
    state: ClaimState, asked: Asked, on: date, *, edition: Edition, occasion: Occasion
) -> tuple[Event, ...] | Refusal:
    if on == state.notified_on:
        return ()
    rule = edition.statuses.get(state.status)
    if state.is_adopted:
        return Refusal(
            message=f"{state.reference} is an existing association; its opt-out window is long closed.",
            hint="Record opted-out if the customer has opted out.",
        )
    current = effective_status(state, today=on)
    is_first = state.status == edition.settings.first_status
    if is_first or (rule is not None and not (rule.holds_key and rule.is_microsofts)):
        return Refusal(
            message=f"{state.reference} is {current}; Microsoft's notice comes after the submission.",
            hint=f"Record its submission first: {SUBMITTED}."
            if current == edition.settings.first_status
            else "There is nothing to record.",
        )
    submitted_on = state.claim.submitted_on
    if submitted_on is not None and on < submitted_on:
        return Refusal(
            message=f"{on} lies before the submission of {state.reference} on {submitted_on}.",
            hint=f"Give a day from {submitted_on} on.",
        )
    return (build_notice(state, on, occasion=occasion, source=asked.source, reason=asked.reason),)


def _build_event(
    state: ClaimState, status: str, on: date, reason: str | None, *, asked: Asked, occasion: Occasion
) -> Event:
    if status == SUBMITTED and state.claim.submitted_on is None:
        return build_submission(state, on, occasion=occasion, source=asked.source, reason=reason)
    kind = EventKind.WITHDRAWN if status == WITHDRAWN else EventKind.STATUS_CHANGED
    return build_status_change(
        state, status, on, kind=kind, occasion=occasion, source=asked.source, reason=reason
    )


def _say_what_may_come(state: ClaimState, edition: Edition, on: date) -> str:
    current = effective_status(state, today=on)
    allowed = find_next(state, edition=edition, today=on)
    if not allowed:
        return f"Nothing follows {current}; make a new claim."
    return f"After {current} may come: {_listed(allowed)}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
