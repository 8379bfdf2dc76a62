"""The outbox: due until made, with a date of its own that stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.ledger import Ledger
from tests.builders import TODAY, claim
from tests.ledger.events import append, recorded, reference_of, run

CLAIM = claim()
LETTER = DocumentRecord(
    kind=DocumentKind.LETTER,
    reference=reference_of(CLAIM),
    path="letters/one.pdf",
    fingerprint="f1",
    dated_on=TODAY,
)
POE = replace(LETTER, kind=DocumentKind.POE, path="poe/one.pdf")
MADE = replace(LETTER, sha256="ab" * 32)


@pytest.fixture(autouse=True)
def _claim_in_the_ledger(ledger: Ledger) -> None:
    append(ledger, recorded(CLAIM))


def owe(ledger: Ledger, *documents: DocumentRecord, workspace: str = "") -> None:
    with ledger.write(run(workspace=workspace)) as writing:
        writing.owe(documents)


def test_a_document_is_due_until_it_is_registered(ledger: Ledger) -> None:
    owe(ledger, LETTER, POE)

    with ledger.write(run()) as writing:
        writing.register(MADE)

    assert list(ledger.read_documents(is_due=True)) == [POE]
    assert list(ledger.read_documents(is_due=False)) == [MADE]
    assert list(ledger.read_documents()) == [MADE, POE]


def test_a_document_that_is_due_again_keeps_its_own_date(ledger: Ledger) -> None:
    with ledger.write(run()) as writing:
        writing.register(MADE)

    owe(ledger, replace(LETTER, fingerprint="f2", dated_on=TODAY + timedelta(days=7)))

    assert list(ledger.read_documents()) == [replace(LETTER, fingerprint="f2")]


def test_documents_can_be_chosen_by_claim_kind_and_workspace(ledger: Ledger) -> None:
    other = claim(claim_name="Other")
    append(ledger, recorded(other))
    owe(ledger, LETTER, POE, workspace="north")
    owe(ledger, replace(LETTER, reference=reference_of(other)), workspace="south")

    assert list(ledger.read_documents(kind=DocumentKind.POE)) == [POE]
    assert list(ledger.read_documents([reference_of(CLAIM)])) == [LETTER, POE]
    assert [item.reference for item in ledger.read_documents(workspace="south")] == [reference_of(other)]


def test_a_revised_claim_keeps_its_documents(ledger: Ledger) -> None:
    owe(ledger, LETTER)

    append(ledger, recorded(CLAIM, state=replace(CLAIM, customer_name="Contoso Ltd")))

    assert list(ledger.read_documents()) == [LETTER]
