"""The outbox lets every message out at most once, whoever else sends and whenever a process dies."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pytest

from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.mail import MailState, OutboxEntry
from cpor_batch.errors import ConfigurationError, LedgerBusyError
from cpor_batch.ledger import Outbox, backup_ledger, create_ledger, migrate_ledger, open_outbox
from cpor_batch.ledger.engine import open_engine, parse_url, writing_connection
from cpor_batch.ledger.schema import HEAD, KNOWN, alembic_config, upgrade_schema
from tests.builders import TODAY
from tests.ledger.events import run

FIRST, SECOND = "a1" * 32, "b2" * 32
CLAIM = ClaimReference("CB-7K3M9Q2T")


@pytest.fixture
def outbox(url: str) -> Iterator[Outbox]:
    with open_outbox(url, run(), lock_timeout=2) as opened:
        yield opened


def entry(outbox: Outbox, message: str = FIRST) -> OutboxEntry:
    return outbox.read()[message]


def handed_over(outbox: Outbox, message: str = FIRST) -> None:
    outbox.add([(message, CLAIM)], MailState.QUEUED)
    outbox.begin(message, message_id="<a1.1@fabrikam.example>")


def test_a_message_is_queued_handed_over_and_sent(outbox: Outbox) -> None:
    outbox.add([(FIRST, CLAIM)], MailState.QUEUED)

    queued = entry(outbox)
    begun = outbox.begin(FIRST, message_id="<a1.1@fabrikam.example>")
    sending = entry(outbox)
    outbox.finish(FIRST, MailState.SENT, reply="250 OK")
    sent = entry(outbox)

    assert begun
    assert [queued.state, sending.state, sent.state] == [MailState.QUEUED, MailState.SENDING, MailState.SENT]
    assert (queued.sent_on, sending.sent_on) == (None, TODAY)
    assert sent == OutboxEntry(
        fingerprint=FIRST,
        reference=CLAIM,
        state=MailState.SENT,
        attempts=1,
        message_id="<a1.1@fabrikam.example>",
        reply="250 OK",
        sent_on=TODAY,
    )


def test_a_message_is_handed_over_by_one_sender_only(url: str) -> None:
    barrier, won = Barrier(4), []

    def send() -> None:
        with open_outbox(url, run(), lock_timeout=10) as outbox:
            outbox.add([(FIRST, CLAIM)], MailState.QUEUED)
            barrier.wait()
            won.append(outbox.begin(FIRST, message_id="<a1>"))

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False, False, False, True]


@pytest.mark.parametrize(
    "state", [MailState.SENT, MailState.UNKNOWN, MailState.FAILED, MailState.DRAFTED, MailState.SENDING]
)
def test_only_a_queued_message_is_handed_over(state: MailState, outbox: Outbox) -> None:
    outbox.add([(FIRST, CLAIM)], state)

    assert not outbox.begin(FIRST, message_id="<a1>")
    assert entry(outbox).state is state


def test_adding_what_is_there_changes_nothing(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.finish(FIRST, MailState.SENT, reply="250 OK")

    outbox.add([(FIRST, CLAIM), (SECOND, CLAIM)], MailState.QUEUED)

    assert entry(outbox).state is MailState.SENT
    assert entry(outbox, SECOND).state is MailState.QUEUED


def test_what_a_dead_process_was_handing_over_is_of_unknown_fate(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.add([(SECOND, CLAIM)], MailState.QUEUED)

    with outbox.right_to_send():
        left = outbox.find_left_behind()

    assert left == 1
    assert entry(outbox).state is MailState.UNKNOWN
    assert entry(outbox, SECOND).state is MailState.QUEUED
    assert not outbox.begin(FIRST, message_id="<a1>")


def test_who_handed_it_over_knows_better_than_who_found_it(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.find_left_behind()

    assert outbox.finish(FIRST, MailState.SENT, reply="250 OK")
    assert entry(outbox).state is MailState.SENT


def test_one_process_at_a_time_may_send(url: str) -> None:
    with (
        open_outbox(url, run()) as ours,
        open_outbox(url, run()) as theirs,
        ours.right_to_send(),
        pytest.raises(LedgerBusyError, match="another run is sending"),
        theirs.right_to_send(timeout=0.2),
    ):
        pass


def test_the_right_to_send_can_be_had_again(url: str) -> None:
    with open_outbox(url, run()) as ours, open_outbox(url, run()) as theirs:
        with ours.right_to_send():
            pass
        with theirs.right_to_send(timeout=0.2):
            is_had = True

    assert is_had


def test_a_message_of_unknown_fate_is_asked_for_again_under_the_same_number(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.find_left_behind()

    assert outbox.ask_again(FIRST)
    assert (entry(outbox).state, entry(outbox).sendings) == (MailState.QUEUED, 1)


def test_a_message_that_was_sent_is_a_new_one_when_asked_for_again(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.finish(FIRST, MailState.SENT, reply="250 OK")
    outbox.tell([FIRST])

    assert outbox.ask_again(FIRST)
    assert (entry(outbox).state, entry(outbox).sendings, entry(outbox).is_told) == (
        MailState.QUEUED,
        2,
        False,
    )


def test_a_message_that_is_being_handed_over_cannot_be_asked_for_again(outbox: Outbox) -> None:
    handed_over(outbox)

    assert not outbox.ask_again(FIRST)


def test_a_message_of_unknown_fate_can_be_called_sent_with_its_day(outbox: Outbox) -> None:
    handed_over(outbox)
    assert not outbox.call_sent(FIRST)
    outbox.find_left_behind()

    assert outbox.call_sent(FIRST)
    assert (entry(outbox).state, entry(outbox).sent_on) == (MailState.SENT, date(2021, 4, 1))


def test_a_draft_leaves_alone_what_was_sent(outbox: Outbox) -> None:
    handed_over(outbox)
    outbox.finish(FIRST, MailState.SENT, reply="250 OK")
    outbox.add([(SECOND, CLAIM)], MailState.QUEUED)

    outbox.draft([(FIRST, CLAIM), (SECOND, CLAIM)])

    assert entry(outbox).state is MailState.SENT
    assert entry(outbox, SECOND).state is MailState.DRAFTED


def test_a_ledger_of_the_first_version_gets_its_outbox_by_migration(empty_url: str, tmp_path: Path) -> None:
    engine = open_engine(parse_url(empty_url), lock_timeout=2)
    with writing_connection(engine) as connection:
        upgrade_schema(connection, to="0001")
        connection.commit()
    engine.dispose()
    with pytest.raises(ConfigurationError, match="ledger migrate"), open_outbox(empty_url, run()):
        pass

    migrated = migrate_ledger(empty_url, backup=tmp_path / "kept.sqlite")

    assert (migrated.before, migrated.after) == ("0001", HEAD)
    with open_outbox(empty_url, run()) as outbox:
        assert outbox.read() == {}


def test_a_backup_keeps_the_outbox(outbox: Outbox, url: str, tmp_path: Path) -> None:
    handed_over(outbox)

    kept = backup_ledger(url, tmp_path / "kept.sqlite")

    with open_outbox(f"sqlite:///{kept}", run()) as copy:
        assert copy.read() == outbox.read()


def test_the_newest_version_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config())

    assert scripts.get_current_head() == HEAD
    assert {script.revision for script in scripts.walk_revisions()} == KNOWN


def test_a_new_ledger_has_an_empty_outbox(empty_url: str) -> None:
    create_ledger(empty_url)

    with open_outbox(empty_url, run()) as outbox:
        assert outbox.read() == {}
