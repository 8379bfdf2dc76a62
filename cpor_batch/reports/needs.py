"""What a claim needs today, and from whom: the heart of the status report. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.edition import Edition, WindowKind
from cpor_batch.domain.lifecycle import CustomerStatus, Window
from cpor_batch.domain.standing import HELD, LAPSED, OPTED_OUT, WITHDRAWN, ClaimState, holds_key
from cpor_batch.reports.words import WINDOW_WORDS, count, days_in_words


class NeedKind(StrEnum):
    """Why a claim is on the list, most urgent first."""

    OVERDUE = "overdue"
    DUE_SOON = "due soon"
    HELD = "held for a conflict"
    SHARED = "another claim holds it too"
    REASSOCIATION = "reassociation needed"
    POE_TOO_OLD = "PoE too old"
    POE_STALE = "PoE going stale"
    SUBSCRIPTION_ENDS = "subscription ends"
    NOT_SUBMITTED = "not submitted yet"
    WAITING_FOR_MICROSOFT = "waiting for Microsoft"
    WAITING_FOR_CUSTOMER = "waiting for the customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One reason why a claim is on the list."""

    kind: NeedKind
    due_on: date | None
    """The day by which something happens or has to happen."""
    what: str
    """In words: what is the matter and what to do."""
    who_acts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A claim on one day, as far as its needs depend on it."""

    state: ClaimState
    edition: Edition
    today: date
    status: str
    """The effective status on that day."""
    customer_status: CustomerStatus | None
    official_on: date | None
    windows: tuple[Window, ...]
    due_within: int
    shared: tuple[Conflict, ...] = ()
    """The keys of the claim that another one holds too."""

    @property
    def is_unsubmitted(self) -> bool:
        """Whether the claim still has to be entered in Partner Center."""
        return self.status == self.edition.settings.first_status

    def window(self, kind: WindowKind) -> Window | None:
        """Return the claim's window of that kind, or None."""
        return next((window for window in self.windows if window.kind is kind), None)

    @property
    def status_window(self) -> Window | None:
        """The window of the present status: the one that is not the customer's."""
        others = (window for window in self.windows if window.kind is not WindowKind.CUSTOMER_OPT_OUT)
        return next(others, None)


def find_needs(now: Situation) -> tuple[Need, ...]:
    """Return what the claim needs, most urgent kind first; empty where nothing is to be done or awaited."""
    found = (*_time_needs(now), *_own_needs(now), *_poe_needs(now), *_subscription_needs(now))
    order = list(NeedKind)
    return tuple(sorted(found, key=lambda need: (order.index(need.kind), need.due_on or date.max)))


def _time_needs(now: Situation) -> Iterator[Need]:
    window = now.status_window
    if window is not None and window.is_overdue(now.today):
        what = f"{WINDOW_WORDS[window.kind]} should have ended {days_in_words(window.days_left(now.today))}. "
        yield Need(
            kind=NeedKind.OVERDUE,
            due_on=window.closes_on,
            what=what + next_step(now),
            who_acts=window.who_acts,
        )
    elif _waits_for_microsoft(now):
        due = window.closes_on if window is not None else None
        yield Need(kind=NeedKind.WAITING_FOR_MICROSOFT, due_on=due, what=next_step(now), who_acts="Microsoft")
    elif window is not None and 0 <= window.days_left(now.today) <= now.due_within:
        what = f"{WINDOW_WORDS[window.kind]} closes {days_in_words(window.days_left(now.today))}. "
        yield Need(
            kind=NeedKind.DUE_SOON,
            due_on=window.closes_on,
            what=what + next_step(now),
            who_acts=window.who_acts,
        )
    if now.customer_status is CustomerStatus.OPT_OUT_OPEN:
        yield _customer_need(now)


def _customer_need(now: Situation) -> Need:
    window = now.window(WindowKind.CUSTOMER_OPT_OUT)
    due = window.closes_on if window is not None else None
    assumed = " (assumed: Microsoft's notice is not recorded yet)" if window and window.is_assumed else ""
    return Need(
        kind=NeedKind.WAITING_FOR_CUSTOMER,
        due_on=due,
        what=f"The customer can opt out until {due}{assumed}.",
        who_acts="customer",
    )


def _waits_for_microsoft(now: Situation) -> bool:
    rule = now.edition.statuses.get(now.status)
    return rule is not None and rule.is_microsofts and "microsoft" in rule.who_acts.casefold()


def _own_needs(now: Situation) -> Iterator[Need]:
    if now.status == HELD:
        yield Need(kind=NeedKind.HELD, due_on=None, what=next_step(now), who_acts="partner")
    if now.state.held_change is not None:
        what = "A change of it waits: cpor-batch conflicts shows what it meets. The claim stays as it is."
        yield Need(kind=NeedKind.HELD, due_on=None, what=what, who_acts="partner")
    for conflict in now.shared:
        yield Need(kind=NeedKind.SHARED, due_on=None, what=_shared(conflict, now.state), who_acts="partner")
    if now.is_unsubmitted:
        yield Need(kind=NeedKind.NOT_SUBMITTED, due_on=None, what=next_step(now), who_acts="partner")
    if needs_reassociation(now.state, now.edition):
        yield Need(kind=NeedKind.REASSOCIATION, due_on=None, what=next_step(now), who_acts="partner")


def _shared(conflict: Conflict, state: ClaimState) -> str:
    others = ", ".join(
        f"{side.partner_name} ({side.reference}, {side.status})"
        for side in conflict.claims
        if side.reference != state.reference
    )
    item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
    return f"{item} is held by {others} too. cpor-batch conflicts shows them side by side."


def needs_reassociation(state: ClaimState, edition: Edition) -> bool:
    """Whether an adopted association is so old that it counts no longer and must be claimed anew."""
    rule = edition.statuses.get(state.status)
    would_hold = rule is None or rule.holds_key
    return state.is_adopted and would_hold and not holds_key(state, edition)


def _poe_needs(now: Situation) -> Iterator[Need]:
    signed = now.state.claim.poe_signed_on
    is_wanted = now.is_unsubmitted or now.status in {HELD, "partner-action-required"}
    if signed is None or not is_wanted or now.state.is_adopted:
        return
    settings = now.edition.settings
    last_good = _add_months(signed, settings.poe_max_age_months)
    kind = NeedKind.POE_STALE
    if now.today > last_good:
        kind = NeedKind.POE_TOO_OLD
        what = f"The PoE was signed on {signed}, more than {settings.poe_max_age_months} months ago."
        what += " Have the customer sign a new one."
    elif now.today > _add_months(signed, settings.poe_warn_age_months):
        what = f"The PoE was signed on {signed}, more than {settings.poe_warn_age_months} months ago."
        what += f" Submit the claim by {last_good}, or have it signed anew."
    else:
        return
    yield Need(kind=kind, due_on=last_good, what=what, who_acts="partner")


def _add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month where it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (next_month - timedelta(days=1)).day))


def _subscription_needs(now: Situation) -> Iterator[Need]:
    is_alive = now.status == LAPSED or holds_key(now.state, now.edition)
    if not is_alive:
        return
    ends = [line.subscription_ends_on for line in now.state.claim.lines if line.subscription_ends_on]
    horizon = now.today + timedelta(days=now.edition.settings.expiry_warning_days)
    due = sorted(day for day in ends if day <= horizon)
    if not due:
        return
    verb = "ended" if due[0] < now.today else "ends"
    which = "A subscription" if len(due) == 1 else count(len(due), "subscription")
    what = f"{which} {verb} {days_in_words((due[0] - now.today).days)}. Make a new claim for what is renewed."
    yield Need(kind=NeedKind.SUBSCRIPTION_ENDS, due_on=due[0], what=what, who_acts="partner")


def next_step(now: Situation) -> str:
    """Return the next step in one or two sentences."""
    if needs_reassociation(now.state, now.edition):
        return "Claim it anew: an association this old earns nothing any more."
    if now.is_unsubmitted:
        return "Enter the claim in Partner Center, then record the day of submission."
    ours = _STEPS.get(now.status)
    if ours is not None:
        return ours
    return _step_in_window(now)


_STEPS = {
    HELD: "Decide the conflict: cpor-batch conflicts shows it side by side.",
    WITHDRAWN: "Nothing to do: the claim was withdrawn.",
    LAPSED: "The subscription has ended. Make a new claim for its renewal.",
    OPTED_OUT: "Talk to the customer before you claim again.",
    "rejected-final": "Nothing more can be done on this claim; start a new one if the facts have changed.",
}


def _step_in_window(now: Situation) -> str:
    window = now.status_window
    closes = window.closes_on if window is not None else None
    is_late = window is not None and now.today > window.closes_on
    match now.status:
        case "approved":
            return _step_when_approved(now)
        case "partner-action-required" if is_late:
            return "Answer Microsoft in Partner Center at once: the time to answer is over."
        case "partner-action-required":
            return f"Answer Microsoft in Partner Center{_by(closes)}."
        case "rejected" if is_late:
            return "The time to dispute is over. Make a new claim if the facts have changed."
        case "rejected":
            return f"Dispute the rejection{_by(closes)}, or let it go."
        case _ if is_late:
            return "Ask Partner Center support why the claim has not moved on."
        case _ if _waits_for_microsoft(now):
            return f"Wait for Microsoft{_by(closes)}."
    rule = now.edition.statuses.get(now.status)
    return rule.meaning if rule is not None else "Look up in Partner Center what this status asks for."


def _by(day: date | None) -> str:
    return f" by {day}" if day is not None else ""


def _step_when_approved(now: Situation) -> str:
    if now.official_on is None:
        return "Nothing to do."
    if now.official_on <= now.today:
        return f"Nothing to do: official since {now.official_on}."
    return f"Wait: it becomes official on {now.official_on} unless the customer opts out."
