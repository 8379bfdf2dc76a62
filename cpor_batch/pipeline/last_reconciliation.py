"""Read what the last reconciliation found, from the event that it left in the ledger."""

from typing import Final

from cpor_batch.domain.event import Event, EventKind, Plain
from cpor_batch.domain.finding import EARNING_KINDS, Previous, Remembered
from cpor_batch.ledger import Ledger, RecordedRun

EARNINGS_MARK: Final = "earnings"
"""Stands behind a finding that only the earnings files show."""


def read_last_reconciliation(ledger: Ledger, *, workspace: str) -> Previous | None:
    """Return the last reconciliation of the workspace (else of the ledger), or None before the first.

    What only earnings files show is taken from the last run that had some.
    """
    runs = [run for run in ledger.runs() if run.run.command == "reconcile"]
    own = [run for run in runs if run.run.workspace == workspace] or runs
    last: Event | None = None
    money: Event | None = None
    for run in reversed(own):
        event = _event_of(ledger, run)
        if event is None:
            continue
        if last is None:
            last = event
        if event.after.get("with_earnings"):
            money = event
        if money is not None:
            break
    return None if last is None else _previous(last, money)


def _event_of(ledger: Ledger, run: RecordedRun) -> Event | None:
    events = ledger.read_events(run=run.run.id)
    return next((event for event in events if event.kind is EventKind.RECONCILED), None)


def _previous(last: Event, money: Event | None) -> Previous:
    found = [kept for kept in _findings(last) if not kept.is_of_earnings]
    found += [kept for kept in _findings(money) if kept.is_of_earnings] if money else []
    counts = last.after.get("counts")
    return Previous(
        run=last.run,
        known_on=last.known_on,
        at=last.at,
        counts={name: number for name, number in counts.items() if isinstance(number, int)}
        if isinstance(counts, dict)
        else {},
        findings=tuple(found),
        is_cut=bool(last.after.get("is_cut")) or bool(money and money.after.get("is_cut")),
    )


def _findings(event: Event) -> list[Remembered]:
    kept = event.after.get("findings")
    rows: list[Plain] = kept if isinstance(kept, list) else []
    return [
        Remembered(
            kind=str(row[0]),
            subject=str(row[1]),
            detail=str(row[2]),
            is_of_earnings=EARNINGS_MARK in row[3:] or row[0] in EARNING_KINDS,
        )
        for row in rows
        if isinstance(row, list) and len(row) >= 3  # noqa: PLR2004 - as `reconcile` writes them
    ]
