"""Status: where every claim stands on a day, and what is due first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from cpor_batch.domain.calendar import CalendarLookup
from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.document import DocumentRecord
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.event import Event
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.lifecycle import (
    CustomerStatus,
    Window,
    customer_status,
    effective_status,
    find_waits,
    official_on,
)
from cpor_batch.domain.standing import LAPSED, ClaimState
from cpor_batch.domain.timeline import StatusCount
from cpor_batch.reports.needs import Need, Situation, find_needs, next_step
from cpor_batch.reports.tables import Report

STATUS_SCHEMA: Final = "cpor-batch.status/1"
DUE_WITHIN_DAYS: Final = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """One claim on the day of the report."""

    state: ClaimState
    edition: Edition
    status: str
    """The effective status: a claim whose subscriptions have all ended is lapsed."""
    customer_status: CustomerStatus | None
    official_on: date | None
    windows: tuple[Window, ...]
    needs: tuple[Need, ...]
    next_step: str
    documents: tuple[DocumentRecord, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Where every claim stands."""

    as_of: date
    due_within: int
    """Calendar days that count as soon."""
    claims: tuple[ClaimStatus, ...]
    weeks: tuple[StatusCount, ...] = ()
    """The claims by status a week apart, oldest first; empty where the past was not asked for."""

    @property
    def has_overdue(self) -> bool:
        """Whether somebody let a window expire (exit code 1)."""
        return any(window.is_overdue(self.as_of) for claim in self.claims for window in claim.windows)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON document of the contract; days as 2021-04-01."""
        return {
            "schema": STATUS_SCHEMA,
            "as_of": self.as_of.isoformat(),
            "claims": [_claim_json(claim) for claim in self.claims],
            "windows": [
                _window_json(window, self.as_of) for claim in self.claims for window in claim.windows
            ],
        }

    def as_report(
        self, *, made_at: datetime | None = None, tool_version: str = "", ledger_head: str = ""
    ) -> Report:
        """Return the status as a report for any renderer."""
        from cpor_batch.reports.status_report import report_status

        return report_status(self, made_at=made_at, tool_version=tool_version, ledger_head=ledger_head)


def build_status(
    states: Sequence[ClaimState],
    *,
    edition_of: Callable[[ClaimState], Edition],
    calendars: CalendarLookup,
    today: date,
    due_within: int = DUE_WITHIN_DAYS,
    documents: Iterable[DocumentRecord] = (),
    events: Iterable[Event] = (),
    shared: Iterable[Conflict] = (),
) -> StatusReport:
    """Return where every claim stands on `today`, in the order of `states`.

    `documents` are those made or due, `events` those that the claims' cards shall show, `shared` the
    keys that several claims hold; all may be left out. What the chart over time is drawn from is the caller's
    to add.
    """
    documents_of = _by_claim((document.reference, document) for document in documents)
    events_of = _by_claim((event.claim, event) for event in events if event.claim is not None)
    shared_of = _by_claim(
        (side.reference, conflict) for conflict in shared for side in conflict.claims if side.reference
    )
    claims = []
    for state in states:
        now = _situation(state, edition_of(state), calendars, today, due_within)
        now = replace(now, shared=tuple(shared_of.get(state.reference, ())))
        claims.append(
            ClaimStatus(
                state=state,
                edition=now.edition,
                status=now.status,
                customer_status=now.customer_status,
                official_on=now.official_on,
                windows=now.windows,
                needs=find_needs(now),
                next_step=next_step(now),
                documents=tuple(documents_of.get(state.reference, ())),
                events=tuple(events_of.get(state.reference, ())),
            )
        )
    return StatusReport(as_of=today, due_within=due_within, claims=tuple(claims))


def _by_claim(pairs: Iterable[tuple[ClaimReference, T]]) -> Mapping[ClaimReference, list[T]]:
    found: dict[ClaimReference, list[T]] = {}
    for reference, item in pairs:
        found.setdefault(reference, []).append(item)
    return found


def _situation(
    state: ClaimState, edition: Edition, calendars: CalendarLookup, today: date, due_within: int
) -> Situation:
    windows = find_waits(state, edition=edition, calendars=calendars, today=today)
    status = effective_status(state, today=today)
    return Situation(
        state=state,
        edition=edition,
        today=today,
        status=status,
        customer_status=customer_status(state, windows, edition=edition, today=today),
        official_on=official_on(state, windows, edition=edition) if status != LAPSED else None,
        windows=windows,
        due_within=due_within,
    )


def _claim_json(claim: ClaimStatus) -> dict[str, Any]:
    data = claim.state.claim
    return {
        "reference": claim.state.reference,
        "claim_name": data.claim_name,
        "partner_name": data.partner_name,
        "mpn_id": data.mpn_id,
        "partner_organisation": data.partner_organisation,
        "customer_name": data.customer_name,
        "tenant_id": data.tenant_id,
        "solution_area": data.solution_area,
        "activity": data.activity,
        "status": claim.status,
        "customer_status": str(claim.customer_status) if claim.customer_status is not None else None,
        "official_on": _day(claim.official_on),
        "submitted_on": _day(data.submitted_on),
        "notified_on": _day(claim.state.notified_on),
        "poe_signed_on": _day(data.poe_signed_on),
        "edition": data.edition,
        "lines": [_line_json(line) for line in data.lines],
        "next_step": claim.next_step,
        "needs": [_need_json(need) for need in claim.needs],
    }


def _need_json(need: Need) -> dict[str, Any]:
    return {
        "kind": need.kind.lower().replace(" ", "-"),
        "due_on": _day(need.due_on),
        "who_acts": need.who_acts,
        "what": need.what,
    }


def _line_json(line: ClaimLine) -> dict[str, Any]:
    return {
        "product": line.product,
        "subscription_id": line.subscription_id,
        "subscription_ends_on": _day(line.subscription_ends_on),
        "programmes": list(line.programmes),
    }


def _window_json(window: Window, today: date) -> dict[str, Any]:
    return {
        "claim": window.claim,
        "kind": str(window.kind),
        "opened_on": window.opened_on.isoformat(),
        "closes_on": window.closes_on.isoformat(),
        "days_left": window.days_left(today),
        "assumed": window.is_assumed,
        "overdue": window.is_overdue(today),
        "who_acts": window.who_acts,
        "consequence": window.consequence,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
