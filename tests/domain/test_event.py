"""Events bear whatever they were made with, their place and time added."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from tests import builders

AT = datetime(2021, 4, 1, 9, 30, tzinfo=UTC)


def test_a_numbered_event_keeps_everything_else() -> None:
    event = Event(
        kind=EventKind.REVISED,
        claim=ClaimReference("CB-7K3M9Q2T"),
        known_on=date(2021, 4, 1),
        occurred_on=date(2021, 3, 31),
        actor="anna",
        run="20210401-093000",
        status="editing",
        state=builders.claim(),
        held_change=builders.claim(customer_name="Contoso Ltd"),
        before={"customer_name": "Contoso"},
        after={"customer_name": "Contoso AB"},
        file="claims.xlsx",
        row=7,
        reason="the customer was renamed",
    )

    numbered = event.numbered(12, at=AT)

    assert numbered == replace(event, number=12, at=AT)
    assert all(getattr(numbered, field.name) is not None for field in fields(Event))
