"""Events survive being written, byte for byte."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given

from cpor_batch.domain.claim import CONTACT_FIELDS, Claim
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.ledger.codec import canonical, event_from_plain, plain_from_event
from cpor_batch.ledger.contacts import CardBox, card_ids, merge_cards
from tests.builders import TODAY, claim
from tests.ledger.events import recorded
from tests.ledger.strategies import claims, events

AT = datetime(2026, 3, 1, 10, 15, 2, 7, tzinfo=UTC)


def write(event: Event, box: CardBox) -> str:
    bare, references = box.take_apart(event)
    return canonical(plain_from_event(bare, references))


def read(body: str, box: CardBox) -> Event:
    plain = json.loads(body)
    return event_from_plain(plain, merge_cards(plain, {card.id: json.loads(card.body) for card in box.fresh}))


@given(event=events)
def test_any_event_reads_back_as_it_was(event: Event) -> None:
    box = CardBox()

    body = write(event, box)

    assert read(body, box) == event
    assert body.isascii()
    assert canonical(json.loads(body)) == body


@given(claim=claims)
def test_a_written_claim_holds_no_contact_data(claim: Claim) -> None:
    event = replace(recorded(claim), number=1, at=AT)

    plain = json.loads(write(event, CardBox()))

    assert not CONTACT_FIELDS & plain["state"].keys()
    assert not CONTACT_FIELDS & plain.get("after", {}).keys()


@given(event=events)
def test_cards_have_ids_of_their_own(event: Event) -> None:
    box = CardBox()

    body = write(event, box)

    ids = [card.id for card in box.fresh]
    assert len(set(ids)) == len(ids)
    assert set(card_ids(json.loads(body))) == set(ids)
    assert all(event.number is not None and card // 16 == event.number for card in ids)


def test_the_bytes_of_an_event_never_change() -> None:
    """The hash chain of every ledger in the world hangs on them."""
    event = replace(
        recorded(claim(customer_name="Åre AB", poe_signed_on=date(2021, 3, 1)), file="claims.xlsx", row=7),
        number=1,
        at=AT,
    )

    body = write(replace(event, state=None, before={"b": [1, None, True], "a": {"ü": "x"}}), CardBox())

    assert body == (
        '{"actor":"kim","after":{"status":"editing"},"at":"2026-03-01T10:15:02.000007+00:00",'
        '"before":{"a":{"\\u00fc":"x"},"b":[1,null,true]},"claim":"' + str(event.claim) + '",'
        '"file":"claims.xlsx","kind":"recorded","known_on":"2021-04-01","number":1,'
        '"occurred_on":"2021-04-01","row":7,"run":"run-1","status":"editing","v":1}'
    )


def test_a_field_that_came_later_reads_back_as_its_default() -> None:
    event = replace(recorded(claim(public_sector=True)), number=1, at=AT)
    plain = json.loads(write(event, CardBox()))
    del plain["state"]["public_sector"]

    state = event_from_plain(plain, {}).state

    assert state is not None
    assert state.public_sector is False


@pytest.mark.parametrize("value", [1.5, TODAY, ("a", "b"), {"x": {1: "y"}}, [float("nan")], b"x"])
def test_what_json_cannot_say_is_refused(value: Any) -> None:  # Any: wrong on purpose
    event = replace(recorded(claim(), after={"wrong": value}), number=1, at=AT)

    with pytest.raises(TypeError):
        write(event, CardBox())


def test_an_event_without_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="number"):
        plain_from_event(recorded(claim()), {})


def test_every_kind_of_event_has_a_name_of_its_own() -> None:
    assert len({kind.value for kind in EventKind}) == len(EventKind)
