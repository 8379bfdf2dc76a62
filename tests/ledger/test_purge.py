"""Contact data is read back with the events, and can be deleted for good."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cpor_batch.domain.claim import CONTACT_FIELDS
from cpor_batch.domain.event import EventKind
from cpor_batch.domain.standing import fold_events
from cpor_batch.ledger import Ledger, open_ledger, verify_ledger
from cpor_batch.ledger.contacts import find_cards_of
from tests.builders import business_claim, claim
from tests.ledger.events import append, event, recorded, reference_of, run

CONTOSO = claim()
SALES = business_claim(solution_seller_name="Sam Seller")


def purge(ledger: Ledger, person: str) -> tuple[str, ...]:
    with ledger.write(run(command="ledger purge-contact", actor="dpo")) as writing:
        return writing.purge_contact(person, reason="asked to be forgotten")


def every_text(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        parts = [
            str(tuple(row))
            for table in ("events", "personal", "claims", "standing", "runs", "inputs", "documents")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        ]
    engine.dispose()
    return "\n".join(parts)


def test_events_hold_no_contact_data_themselves(url: str) -> None:
    with open_ledger(url) as ledger:
        append(
            ledger, recorded(SALES, after={"status": "editing", "customer_contact_name": "Casey Customer"})
        )
    engine = create_engine(url)
    with engine.connect() as connection:
        bodies = "".join(connection.scalars(text("SELECT body FROM events")))
    engine.dispose()

    values = [getattr(SALES, name) for name in CONTACT_FIELDS]

    assert all(values)
    assert [value for value in values if value in bodies] == []


def test_the_same_person_is_written_once_in_a_run(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, *(recorded(claim(claim_name=f"Claim {number}")) for number in range(50)))
    engine = create_engine(url)
    with engine.connect() as connection:
        cards = connection.scalar(text("SELECT count(*) FROM personal"))
    engine.dispose()

    assert cards == 2


def test_contact_data_of_changes_reads_back(ledger: Ledger) -> None:
    revised = event(
        EventKind.REVISED,
        CONTOSO,
        state=replace(CONTOSO, customer_contact_email="robin@contoso.example"),
        before={"customer_contact_email": "casey@contoso.example", "customer_name": "Contoso AB"},
        after={"customer_contact_email": "robin@contoso.example", "customer_name": "Contoso"},
    )
    sent = event(
        EventKind.DOCUMENT_SENT, CONTOSO, after={"to": ["casey@contoso.example"], "document": "letter"}
    )

    appended = append(ledger, recorded(CONTOSO), revised, sent)

    assert list(ledger.read_events()) == list(appended)


@pytest.mark.parametrize("person", ["casey@contoso.example", " CASEY@Contoso.Example "])
def test_a_purged_person_is_gone_and_the_chain_still_verifies(url: str, person: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(CONTOSO), recorded(SALES))
        before = list(ledger.read_events())

        concerned = purge(ledger, person)

        after = list(ledger.read_events())
        states = {state.reference: state for state in ledger.read_states()}

    assert set(concerned) == {reference_of(CONTOSO), reference_of(SALES)}
    assert [item.kind for item in after[2:]] == [EventKind.CONTACT_PURGED] * 2
    assert {item.actor for item in after[2:]} == {"dpo"}
    forgotten = {
        "customer_contact_name": None,
        "customer_contact_title": None,
        "customer_contact_email": None,
    }
    assert before[0].state is not None
    assert after[0].state == replace(before[0].state, **forgotten)  # type: ignore[arg-type]  # fields by name
    assert states == fold_events(after).claims
    assert "casey" not in every_text(url).casefold()
    assert verify_ledger(url).is_sound


def test_a_purge_leaves_the_successor_alone(url: str) -> None:
    successor = replace(
        CONTOSO, customer_contact_name="Robin Reeve", customer_contact_email="robin@contoso.example"
    )
    with open_ledger(url) as ledger:
        append(ledger, recorded(CONTOSO))
        append(
            ledger,
            event(
                EventKind.REVISED,
                CONTOSO,
                state=successor,
                before={"customer_contact_name": "Casey Customer"},
                after={"customer_contact_name": "Robin Reeve"},
            ),
        )

        purge(ledger, "casey@contoso.example")

        (state,) = ledger.read_states()
    assert state.claim.customer_contact_name == "Robin Reeve"
    assert state.claim.partner_contact_name == "Pat Partner"
    assert "Casey" not in every_text(url)


def test_a_person_can_be_purged_by_name(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(SALES))

        concerned = purge(ledger, "sam seller")

    assert concerned == (reference_of(SALES),)
    assert "Sam Seller" not in every_text(url)
    assert verify_ledger(url).is_sound


def cards(*bodies: dict[str, object]) -> list[tuple[int, str]]:
    return [(number, json.dumps(body)) for number, body in enumerate(bodies)]


def test_whoever_shares_a_mailbox_is_another_person() -> None:
    known = cards(
        {"customer_contact_name": "Casey Customer", "customer_contact_email": "info@contoso.example"},
        {"customer_contact_name": "Robin Reeve", "customer_contact_email": "info@contoso.example"},
        {"customer_contact_email": "info@contoso.example"},
        {"customer_contact_name": "Casey Customer"},
    )

    assert find_cards_of("Casey Customer", known) == {0, 3}
    assert find_cards_of("info@contoso.example", known) == {0, 1, 2, 3}


def test_recipients_of_one_message_are_not_one_person() -> None:
    known = cards(
        {"to": ["casey@contoso.example"], "cc": ["pat@fabrikam.example"]},
        {"customer_contact_name": "Casey Customer", "customer_contact_email": "casey@contoso.example"},
        {"partner_contact_name": "Pat Partner", "partner_contact_email": "pat@fabrikam.example"},
        {"partner_contact_email": "pat@fabrikam.example"},
    )

    assert find_cards_of("casey@contoso.example", known) == {0, 1}
    assert find_cards_of("Pat Partner", known) == {0, 2, 3}


def test_a_stranger_is_not_found(ledger: Ledger) -> None:
    append(ledger, recorded(CONTOSO))

    concerned = purge(ledger, "nobody@example.com")

    assert concerned == ()
    assert ledger.head()[0] == 1


def test_a_person_who_comes_back_is_written_again(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(CONTOSO))
        purge(ledger, "casey@contoso.example")
        append(ledger, event(EventKind.REVISED, CONTOSO, state=CONTOSO))

        (state,) = ledger.read_states()

    assert state.claim.customer_contact_name == "Casey Customer"
    assert verify_ledger(url).is_sound


def test_a_purge_leaves_no_bytes_in_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with open_ledger(url, must_exist=False) as ledger:
        append(ledger, *(recorded(claim(claim_name=f"Claim {number}")) for number in range(20)))
        purge(ledger, "casey@contoso.example")

    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    assert b"casey@contoso" not in left
