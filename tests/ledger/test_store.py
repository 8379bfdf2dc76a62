"""What is appended is kept, in one transaction per run."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cpor_batch.domain.event import EventKind
from cpor_batch.domain.standing import fold_events
from cpor_batch.errors import ConfigurationError, UsageError
from cpor_batch.ledger import BatchIdentity, Ledger, create_ledger, open_ledger
from cpor_batch.ledger.chain import GENESIS
from tests.builders import TODAY, business_claim, claim, line, subscription_line
from tests.ledger.events import append, claims_by_name, event, recorded, reference_of, run, status_changed

BATCH = BatchIdentity(
    name="claims.xlsx", sha256="ab" * 32, sheet="Claims", edition="cpor-2021", rulebook="r1"
)


def test_a_new_ledger_is_empty(ledger: Ledger) -> None:
    assert list(ledger.read_events()) == []
    assert list(ledger.read_states()) == []
    assert list(ledger.runs()) == []
    assert ledger.head() == (0, GENESIS)
    assert ledger.last_known_on() is None


def test_making_a_ledger_again_leaves_it_alone(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(claim()))

    made = create_ledger(url)

    with open_ledger(url) as ledger:
        assert not made
        assert ledger.head()[0] == 1


def test_a_ledger_that_is_not_there_is_a_matter_of_configuration(empty_url: str) -> None:
    with pytest.raises(ConfigurationError, match="cpor-batch init"):
        open_ledger(empty_url)


def test_a_ledger_that_need_not_exist_is_made(empty_url: str) -> None:
    with open_ledger(empty_url, must_exist=False) as ledger:
        assert ledger.head()[0] == 0


def test_events_read_back_as_they_were_appended(ledger: Ledger) -> None:
    first = claim(customer_address=("1 Main Street", "Springfield"), poe_signed_on=TODAY, public_sector=True)
    second = business_claim(lines=(subscription_line(subscription_ends_on=date(2022, 1, 31)),))
    events = [
        recorded(first, file="claims.xlsx", row=7),
        recorded(second, after={"status": "editing", "held_for": ["a|b", "c"], "count": 3, "open": True}),
        event(EventKind.RECONCILED, None, reason="export of March", after={"rows": {"known": 3}}),
    ]

    appended = append(ledger, *events)

    assert list(ledger.read_events()) == list(appended)
    assert [replace(item, number=None, at=None) for item in appended] == events
    assert [item.number for item in appended] == [1, 2, 3]
    assert all(item.at is not None and item.at.utcoffset() == timedelta(0) for item in appended)


def test_events_of_one_claim_or_run_can_be_read_alone(ledger: Ledger) -> None:
    first, second = claims_by_name("First", "Second")
    append(ledger, recorded(first, run="r1"), recorded(second, run="r1"))
    append(ledger, replace(status_changed(first, "submitted"), run="r2"))

    of_claim = [item.number for item in ledger.read_events(reference_of(first))]
    of_run = [item.number for item in ledger.read_events(run="r2")]

    assert of_claim == [1, 3]
    assert of_run == [3]


def test_states_are_the_fold_of_the_events(ledger: Ledger) -> None:
    first, second = claim(), business_claim()
    append(ledger, recorded(first), recorded(second, status="held", after={"held_for": ["x"]}))
    append(ledger, status_changed(first, "submitted"), status_changed(first, "approved", date(2021, 4, 9)))
    append(ledger, event(EventKind.NOTIFIED, first, occurred_on=date(2021, 4, 2)))
    append(ledger, event(EventKind.REVISED, second, state=replace(second, customer_name="Contoso Ltd")))

    states = list(ledger.read_states())

    assert {state.reference: state for state in states} == fold_events(ledger.read_events()).claims
    assert [state.reference for state in states] == [reference_of(first), reference_of(second)]
    assert states[0].notified_on == date(2021, 4, 2)
    assert states[1].held_for == ("x",)
    assert list(ledger.read_states(is_waiting=True)) == states[1:]


def test_chosen_states_can_be_read_alone(ledger: Ledger) -> None:
    claims = claims_by_name("First", "Second", "Third")
    append(ledger, *(recorded(item) for item in claims))

    chosen = list(ledger.read_states([reference_of(claims[2]), reference_of(claims[0]), "CB-00000000"]))

    assert [state.claim.claim_name for state in chosen] == ["First", "Third"]


def test_an_exception_leaves_the_ledger_as_it_was(ledger: Ledger) -> None:
    def fail_after_appending() -> None:
        with ledger.write(run()) as writing:
            writing.append([recorded(claim(claim_name="Lost"))])
            list(ledger.read_states())
            raise RuntimeError("power cut")

    append(ledger, recorded(claim()))
    before = ledger.head(), list(ledger.read_states())

    with pytest.raises(RuntimeError, match="power cut"):
        fail_after_appending()

    assert (ledger.head(), list(ledger.read_states())) == before
    append(ledger, status_changed(claim(), "submitted"))
    assert ledger.head()[0] == 2


def test_a_rolled_back_run_shows_what_would_be_and_keeps_nothing(ledger: Ledger) -> None:
    with ledger.write(run(inputs=(BATCH,))) as writing:
        writing.append([recorded(claim())])
        writing.rollback()
        would_be = [state.status for state in ledger.read_states()]

    assert would_be == ["editing"]
    assert ledger.head()[0] == 0
    assert list(ledger.runs()) == []


def test_a_run_sees_what_it_appended_itself(ledger: Ledger) -> None:
    with ledger.write(run()) as writing:
        writing.append([recorded(claim())])

        assert [state.status for state in ledger.read_states()] == ["editing"]
        assert len(list(ledger.read_events())) == 1
        assert ledger.head() == writing.head


def test_events_appended_one_by_one_and_at_once_give_the_same_states(ledger: Ledger) -> None:
    claims = claims_by_name("First", "Second")
    with ledger.write(run()) as writing:
        for item in claims:
            writing.append([recorded(item)])
            writing.append([status_changed(item, "submitted")])

    assert [state.status for state in ledger.read_states()] == ["submitted", "submitted"]
    assert {state.reference: state for state in ledger.read_states()} == fold_events(
        ledger.read_events()
    ).claims


def test_a_run_is_recorded_with_its_batches_and_the_head_it_left(ledger: Ledger) -> None:
    with ledger.write(run(id="run-7", inputs=(BATCH,), workspace="north")) as writing:
        writing.append([recorded(claim()), status_changed(claim(), "submitted")])

    (kept,) = ledger.runs()

    assert (kept.run.id, kept.run.actor, kept.run.workspace) == ("run-7", "kim", "north")
    assert kept.run.inputs == (BATCH,)
    assert (kept.first_event, kept.last_event, kept.head) == (1, 2, ledger.head())


def test_a_run_that_changes_nothing_leaves_no_trace(ledger: Ledger) -> None:
    with ledger.write(run(inputs=(BATCH,))) as writing:
        writing.append([recorded(claim())])

    with ledger.write(run(inputs=(BATCH,))):
        pass

    assert len(list(ledger.runs())) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "cd" * 32},
        {"sheet": "Other"},
        {"edition": "mci-2023"},
        {"rulebook": "r2"},
        {"header_map": {"Tenant": "tenant_id"}},
    ],
)
def test_a_batch_is_known_by_its_bytes_and_how_they_were_read(
    ledger: Ledger, changes: dict[str, str]
) -> None:
    with ledger.write(run(inputs=(BATCH,))) as writing:
        writing.append([recorded(claim())])

    assert ledger.has_recorded(replace(BATCH, name="renamed.xlsx"))
    assert not ledger.has_recorded(replace(BATCH, **changes))  # type: ignore[arg-type]  # fields by name


def test_the_past_is_not_written_afterwards(ledger: Ledger) -> None:
    append(ledger, recorded(claim()))
    yesterday = run(known_on=TODAY - timedelta(days=1))

    with pytest.raises(UsageError, match=f"--as-of {TODAY}"), ledger.write(yesterday):
        pass

    assert ledger.last_known_on() == TODAY


def test_what_was_known_on_a_day_leaves_out_what_came_later(ledger: Ledger) -> None:
    first, second = claims_by_name("First", "Second")
    later = TODAY + timedelta(days=30)
    append(ledger, recorded(first))
    append(ledger, recorded(second, known_on=later), known_on=later)
    append(ledger, replace(status_changed(first, "submitted"), known_on=later), known_on=later)

    then = ledger.read_states_as_of(TODAY)
    now = ledger.read_states_as_of(later)

    assert [state.status for state in then.claims.values()] == ["editing"]
    assert now.claims == {state.reference: state for state in ledger.read_states()}


def test_a_reference_is_given_once(ledger: Ledger) -> None:
    first = claim()

    with ledger.write(run()) as writing:
        one = writing.new_reference(first)
        two = writing.new_reference(first)
        writing.append([recorded(first, claim=one), recorded(first, claim=two)])
    with ledger.write(run()) as writing:
        three = writing.new_reference(first.natural_identity)

    assert one == reference_of(first)
    assert len({one, two, three}) == 3


def test_the_same_identity_recorded_twice_reads_back_as_two_claims(ledger: Ledger) -> None:
    first = claim(lines=(line(), line(product="Intune")))
    with ledger.write(run()) as writing:
        references = [writing.new_reference(first) for _ in range(2)]
        writing.append([recorded(first, claim=reference) for reference in references])

    assert [state.reference for state in ledger.read_states()] == references


def test_a_claim_is_found_by_reference_microsofts_id_or_name(ledger: Ledger) -> None:
    first, second, namesake = (
        claim(claim_name="Contoso Teams", partner_center_claim_id="4711"),
        claim(claim_name="Straße"),
        claim(claim_name="STRASSE", mpn_id="4722001"),
    )
    append(ledger, *(recorded(item) for item in (first, second, namesake)))

    by_reference = ledger.find_claim(f" {reference_of(first).lower()} ")
    by_claim_id = ledger.find_claim("4711")
    by_name = ledger.find_claim("contoso TEAMS")
    several = ledger.find_claim("strasse")

    assert by_reference == by_claim_id == by_name
    assert not isinstance(by_reference, tuple)
    assert isinstance(several, tuple)
    assert {state.claim.claim_name for state in several} == {"Straße", "STRASSE"}
    assert ledger.find_claim("nothing of the kind") == ()


def test_a_list_of_names_is_found_at_once_and_each_answer_is_that_of_one(ledger: Ledger) -> None:
    first, second, namesake = (
        claim(claim_name="Contoso Teams", partner_center_claim_id="4711"),
        claim(claim_name="Straße"),
        claim(claim_name="STRASSE", mpn_id="4722001"),
    )
    append(ledger, *(recorded(item) for item in (first, second, namesake)))
    texts = (
        f" {reference_of(first).lower()} ",
        "4711",
        "contoso TEAMS",
        "strasse",
        "",
        "nothing of the kind",
    )

    found = ledger.find_claims(texts)

    assert found == {text: ledger.find_claim(text) for text in texts}
    assert [isinstance(found[text], tuple) for text in texts] == [False, False, False, True, True, True]


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'ledger.db'}"

    made = create_ledger(url)

    assert made


def test_a_run_may_write_in_several_transactions_and_is_kept_as_one(ledger: Ledger) -> None:
    first, second = claims_by_name("First", "Second")
    one = run(inputs=(BATCH,))
    with ledger.write(one) as writing:
        writing.append([recorded(first)])
    with ledger.write(replace(one, inputs=())) as writing:
        writing.append([recorded(second)])

    (kept,) = ledger.runs()

    assert (kept.first_event, kept.last_event) == (1, 2)
    assert kept.head == ledger.head()
    assert [batch.name for batch in kept.run.inputs] == ["claims.xlsx"]
