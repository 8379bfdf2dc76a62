"""Events and runs for the ledger's tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference, claim_reference_for
from cpor_batch.ledger import Ledger, Run, new_run_id
from tests.builders import TODAY, claim


def run(**changes: Any) -> Run:  # Any: the fields of a value by name
    good = Run(id=new_run_id(), command="ingest", actor="kim", known_on=TODAY)
    return replace(good, **changes)


def reference_of(of: Claim) -> ClaimReference:
    return claim_reference_for(of.natural_identity)


def event(kind: EventKind, of: Claim | None, **changes: Any) -> Event:  # Any: the fields of a value by name
    good = Event(
        kind=kind,
        claim=None if of is None else reference_of(of),
        known_on=TODAY,
        occurred_on=TODAY,
        actor="kim",
        run="run-1",
    )
    return replace(good, **changes)


def recorded(of: Claim, **changes: Any) -> Event:  # Any: the fields of a value by name
    good = event(EventKind.RECORDED, of, status="editing", state=of, after={"status": "editing"})
    return replace(good, **changes)


def status_changed(of: Claim, status: str, on: date = TODAY) -> Event:
    return event(EventKind.STATUS_CHANGED, of, status=status, occurred_on=on, after={"status": status})


def append(ledger: Ledger, *events: Event, **changes: Any) -> Sequence[Event]:  # Any: fields of the run
    """Append in a run of its own and return what was appended."""
    with ledger.write(run(**changes)) as writing:
        return writing.append(events)


def claims_by_name(*names: str, **changes: Any) -> tuple[Claim, ...]:  # Any: fields of the claims
    return tuple(claim(claim_name=name, **changes) for name in names)
