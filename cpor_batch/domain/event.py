"""Events: what happened to a claim, who did it, when it was known. Appended, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.ids import ClaimReference

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What an event's before and after may hold: what JSON can say, without floats."""

NOTHING: Final[Mapping[str, Plain]] = MappingProxyType({})


class EventKind(StrEnum):
    """What can happen to a claim or to the ledger."""

    RECORDED = "recorded"
    """A claim is known for the first time."""
    REVISED = "revised"
    """Its data changed."""
    SUBMITTED = "submitted"
    """It was entered in Partner Center."""
    HELD = "held"
    """A conflict holds it until somebody decides."""
    RELEASED = "released"
    """It is held no longer."""
    CHANGE_HELD = "change-held"
    """A conflict holds a change of a claim that Microsoft has; that one stays as it is meanwhile."""
    CHANGE_RELEASED = "change-released"
    """Such a change was made after all."""
    CHANGE_DROPPED = "change-dropped"
    """Such a change was given up."""
    STATUS_CHANGED = "status-changed"
    """Partner Center's status, by hand or from an export."""
    NOTIFIED = "notified"
    """Microsoft's notice reached the customer: the opt-out window opens."""
    WITHDRAWN = "withdrawn"
    ADOPTED = "adopted"
    """An existing association was taken over from an export."""
    DECIDED = "decided"
    """Somebody decided a conflict."""
    DOCUMENT_ISSUED = "document-issued"
    DOCUMENT_SENT = "document-sent"
    RECONCILED = "reconciled"
    REVERTED = "reverted"
    """A run was undone: the claim is as it was before, or forgotten if it was not known then."""
    CONTACT_PURGED = "contact-purged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened."""

    kind: EventKind
    claim: ClaimReference | None
    """None for what concerns the whole ledger."""
    known_on: date
    """The day on which we knew it: today, or the run's --as-of."""
    occurred_on: date
    """The day on which it happened: the day of submission, of the notice, of the status."""
    actor: str
    run: str
    """The run that brought it."""
    status: str | None = None
    """The claim's status after the event, where the event sets one."""
    state: Claim | None = None
    """The claim's whole data after the event, where the event brings data."""
    held_change: Claim | None = None
    """The claim as a change would make it that waits from this event on."""
    before: Mapping[str, Plain] = field(default_factory=lambda: NOTHING)
    after: Mapping[str, Plain] = field(default_factory=lambda: NOTHING)
    """What changed, for people: field -> value."""
    file: str | None = None
    row: int | None = None
    reason: str | None = None
    number: int | None = None
    """Its place in the ledger, from 1; None until it is appended."""
    at: datetime | None = None
    """When it was written (UTC); None until it is appended."""

    def numbered(self, number: int, *, at: datetime) -> "Event":
        """Return the event with its place in the ledger and the time (UTC) at which it was written.

        As `dataclasses.replace` would, at a third of the cost: a run appends tens of thousands.
        """
        return Event(
            kind=self.kind,
            claim=self.claim,
            known_on=self.known_on,
            occurred_on=self.occurred_on,
            actor=self.actor,
            run=self.run,
            status=self.status,
            state=self.state,
            held_change=self.held_change,
            before=self.before,
            after=self.after,
            file=self.file,
            row=self.row,
            reason=self.reason,
            number=number,
            at=at,
        )
