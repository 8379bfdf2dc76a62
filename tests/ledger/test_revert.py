"""A run undone in the ledger: projection, references, documents and personal data."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.reverting import build_reversion
from cpor_batch.domain.standing import fold_events
from cpor_batch.ledger import Ledger, rebuild_ledger, tables, verify_ledger
from tests.builders import TODAY, claim
from tests.ledger.events import append, claims_by_name, event, recorded, reference_of, run, status_changed

FIRST, SECOND = claims_by_name("First", "Second")
LETTER = DocumentRecord(
    kind=DocumentKind.LETTER,
    reference=reference_of(FIRST),
    path="letters/one.pdf",
    fingerprint="f1",
    dated_on=TODAY,
    sha256="ab" * 32,
)
NEXT_DAY = TODAY + timedelta(days=1)


def record(ledger: Ledger, name: str, *events: Event) -> None:
    append(ledger, *(replace(item, run=name) for item in events), id=name)


def undo(ledger: Ledger, name: str, *, by: str) -> None:
    occasion = Occasion(run=by, actor="kim", today=NEXT_DAY)
    stories = tuple(ledger.read_stories(name))
    built = (build_reversion(story, name, occasion=occasion, reason="Wrong file") for story in stories)
    append(ledger, *(item for item in built if item is not None), id=by, known_on=NEXT_DAY)


def references(ledger: Ledger) -> set[ClaimReference]:
    return {state.reference for state in ledger.read_states()}


def require_sound(ledger: Ledger, url: str) -> None:
    """The projection is the fold, before and after it is made anew."""
    for _ in range(2):
        states = {state.reference: state for state in ledger.read_states()}
        assert states == fold_events(ledger.read_events()).claims
        assert verify_ledger(url).problems == ()
        assert rebuild_ledger(url) == len(states)


def test_a_story_holds_the_events_of_other_runs_too(ledger: Ledger) -> None:
    record(ledger, "a", recorded(FIRST), recorded(SECOND))
    record(ledger, "b", status_changed(FIRST, "submitted"))

    stories = {story[0].claim: [item.run for item in story] for story in ledger.read_stories("b")}

    assert stories == {reference_of(FIRST): ["a", "b"]}


def test_forgotten_claims_leave_the_ledger_and_their_history_stays(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST))
    record(ledger, "b", recorded(SECOND))

    undo(ledger, "b", by="r")

    kinds = [item.kind for item in ledger.read_events(reference_of(SECOND))]
    assert references(ledger) == {reference_of(FIRST)}
    assert kinds == [EventKind.RECORDED, EventKind.REVERTED]
    assert set(ledger.read_states_as_of(TODAY).claims) == {reference_of(FIRST), reference_of(SECOND)}
    require_sound(ledger, url)


def test_the_mended_claim_gets_the_same_reference_and_holds_its_key(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST))
    undo(ledger, "a", by="r")
    mended = replace(FIRST, customer_name="Contoso Ltd")

    with ledger.write(run(id="c", known_on=NEXT_DAY)) as writing:
        known = writing.read_known(
            Wanted(natural_identities=frozenset({mended.natural_identity})), today=NEXT_DAY
        )
        reference = writing.new_reference(mended)
        writing.append([recorded(mended, run="c", known_on=NEXT_DAY)])

    assert known.by_natural_identity == {}
    assert reference == reference_of(FIRST)
    assert [state.claim.customer_name for state in ledger.read_states()] == ["Contoso Ltd"]
    require_sound(ledger, url)


def test_a_claim_forgotten_and_recorded_anew_in_one_run_stands(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST), status_changed(FIRST, "submitted"))
    gone = event(EventKind.REVERTED, FIRST, after={"status": "forgotten"})

    record(ledger, "c", gone, recorded(FIRST))

    assert [(state.status, state.last_event) for state in ledger.read_states()] == [("editing", 4)]
    require_sound(ledger, url)


def test_a_reference_is_free_again_within_the_run_that_forgets_it(ledger: Ledger) -> None:
    record(ledger, "a", recorded(FIRST))

    with ledger.write(run()) as writing:
        taken = writing.new_reference(FIRST)
        writing.append([event(EventKind.REVERTED, FIRST, after={"status": "forgotten"})])
        writing.flush()
        free = writing.new_reference(FIRST)

    assert taken != reference_of(FIRST)
    assert free == reference_of(FIRST)


def test_documents_of_a_forgotten_claim_are_registered_no_more(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST), recorded(SECOND))
    record(ledger, "b", status_changed(SECOND, "submitted"))
    other = replace(LETTER, reference=reference_of(SECOND), path="letters/two.pdf")
    with ledger.write(run()) as writing:
        writing.register(LETTER, other)

    undo(ledger, "b", by="r")
    kept = list(ledger.read_documents())
    undo(ledger, "a", by="s")

    assert kept == sorted((LETTER, other), key=lambda item: item.reference)
    assert list(ledger.read_documents()) == []
    require_sound(ledger, url)


def test_documents_made_while_their_claim_was_forgotten_are_left_out(ledger: Ledger) -> None:
    record(ledger, "a", recorded(FIRST), recorded(SECOND))
    undo(ledger, "a", by="r")
    record_again = recorded(SECOND, known_on=NEXT_DAY)
    append(ledger, record_again, known_on=NEXT_DAY)
    other = replace(LETTER, reference=reference_of(SECOND), path="letters/two.pdf")

    with ledger.write(run(known_on=NEXT_DAY)) as writing:
        writing.register(LETTER, other)

    assert list(ledger.read_documents()) == [other]


def test_a_reverted_revert_brings_claims_and_contacts_back(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST))
    before = [replace(state, last_event=0) for state in ledger.read_states()]

    undo(ledger, "a", by="r")
    undo(ledger, "r", by="s")

    assert [replace(state, last_event=0) for state in ledger.read_states()] == before
    assert before[0].claim.customer_contact_name is not None
    require_sound(ledger, url)


def test_a_purge_reaches_what_a_revert_has_put_back(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST))
    changed: Claim = replace(FIRST, customer_name="Contoso Ltd", customer_contact_email="robin@example.com")
    record(ledger, "b", event(EventKind.REVISED, FIRST, state=changed))
    undo(ledger, "b", by="r")
    person = claim().customer_contact_email
    assert person is not None

    with ledger.write(run(known_on=NEXT_DAY)) as writing:
        writing.purge_contact(person, reason="asked for it")

    events = list(ledger.read_events())
    emails = [item.state.customer_contact_email for item in events if item.state]
    assert person not in emails
    assert "robin@example.com" in emails
    assert person not in [item.after.get("customer_contact_email") for item in events]
    assert "robin@example.com" in [item.before.get("customer_contact_email") for item in events]
    require_sound(ledger, url)


def test_verify_tells_of_a_claim_that_stands_although_it_was_forgotten(ledger: Ledger, url: str) -> None:
    record(ledger, "a", recorded(FIRST))
    with ledger.write(run(known_on=NEXT_DAY)) as writing:
        row = writing.connection.execute(select(tables.claims)).one()
        writing.append([event(EventKind.REVERTED, FIRST, known_on=NEXT_DAY, after={"status": "forgotten"})])
        writing.flush()
        writing.connection.execute(insert(tables.claims).values(tuple(row)))

    damaged = [problem.claim for problem in verify_ledger(url).problems]

    assert damaged == [reference_of(FIRST)]
    assert rebuild_ledger(url) == 0
    assert verify_ledger(url).problems == ()
