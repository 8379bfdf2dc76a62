"""Several runs at once, and runs that die: nothing is lost, nothing is there twice."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from cpor_batch.domain.known import Wanted
from cpor_batch.errors import ExitCode, LedgerBusyError
from cpor_batch.ledger import Ledger, open_ledger, verify_ledger
from tests.builders import TODAY, claim
from tests.ledger.events import append, recorded, reference_of, run, status_changed

SAME = claim(claim_name="The same claim")


def ingest(url: str, number: int) -> None:
    """Record a claim of its own and, unless it is known, the one that all bring."""
    own = claim(claim_name=f"Claim {number}")
    with open_ledger(url, lock_timeout=60) as ledger, ledger.write(run()) as writing:
        wanted = Wanted(natural_identities=frozenset({SAME.natural_identity}))
        known = ledger.read_known(wanted, today=TODAY)
        events = [recorded(own, claim=writing.new_reference(own))]
        if not known.by_natural_identity:
            events.append(recorded(SAME, claim=writing.new_reference(SAME)))
        writing.append(events)


def at_once(url: str, count: int) -> list[int | None]:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=ingest, args=(url, number)) for number in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def expect_every_claim_once(url: str, count: int) -> None:
    with open_ledger(url) as ledger:
        names = sorted(state.claim.claim_name for state in ledger.read_states())
        numbers = [event.number for event in ledger.read_events()]
    assert names == sorted([SAME.claim_name, *(f"Claim {number}" for number in range(count))])
    assert numbers == list(range(1, count + 2))
    assert verify_ledger(url).is_sound


def test_eight_runs_at_once_lose_nothing_and_repeat_nothing(url: str) -> None:
    codes = at_once(url, 8)

    assert codes == [0] * 8
    expect_every_claim_once(url, 8)


@pytest.mark.long
def test_twenty_runs_at_once_lose_nothing_and_repeat_nothing(url: str) -> None:
    codes = at_once(url, 20)

    assert codes == [0] * 20
    expect_every_claim_once(url, 20)


def test_the_second_run_learns_who_holds_the_ledger(url: str) -> None:
    with open_ledger(url) as first, open_ledger(url, lock_timeout=0.2) as second:
        with first.write(run(command="ingest")), pytest.raises(LedgerBusyError) as caught:
            append(second, recorded(claim()))

        append(second, recorded(claim()))
        assert second.head()[0] == 1

    assert caught.value.exit_code is ExitCode.LEDGER_BUSY
    assert str(os.getpid()) in str(caught.value)
    assert socket.gethostname() in str(caught.value)
    assert "since 20" in str(caught.value)


def test_the_second_run_waits_for_the_first(url: str) -> None:
    with open_ledger(url) as first, open_ledger(url, lock_timeout=30) as second:
        waiting = threading.Thread(target=append, args=(second, recorded(claim(claim_name="Second"))))
        with first.write(run()) as writing:
            waiting.start()
            time.sleep(0.2)
            writing.append([recorded(claim(claim_name="First"))])
        waiting.join(30)

        assert [state.claim.claim_name for state in second.read_states()] == ["First", "Second"]


def test_readers_are_not_kept_waiting(url: str) -> None:
    with open_ledger(url) as writer, open_ledger(url, lock_timeout=0.1) as reader:
        append(writer, recorded(claim()))
        with writer.write(run()) as writing:
            writing.append([status_changed(claim(), "submitted")])
            writing.flush()

            states = [state.status for state in reader.read_states()]

    assert states == ["editing"]


def test_a_reader_sees_one_state_of_the_ledger_from_start_to_end(url: str) -> None:
    names = [f"Claim {number}" for number in range(1200)]
    with open_ledger(url) as writer, open_ledger(url) as reader:
        append(writer, *(recorded(claim(claim_name=name)) for name in names))
        states = reader.read_states()
        first = next(states)

        append(writer, *(status_changed(claim(claim_name=name), "submitted") for name in names))

        assert {state.status for state in (first, *states)} == {"editing"}


def test_a_run_that_another_database_user_blocks_says_so(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{path}", must_exist=False, lock_timeout=0.2) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(LedgerBusyError, match="another program"):
            append(ledger, recorded(claim()))

        other.close()


KILLED = """
    import sys, time
    from cpor_batch.ledger import open_ledger
    from tests.builders import claim
    from tests.ledger.events import recorded, run

    with open_ledger(sys.argv[1], lock_timeout=30) as ledger, ledger.write(run()) as writing:
        for number in range(2000):
            writing.append([recorded(claim(claim_name=f"Lost {number}"))])
        writing.flush()
        writing.owe([])
        print("written", flush=True)
        time.sleep(60)
"""


def kill_in_the_middle(url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process, process.stdout as output:
        assert output.readline() == b"written\n"
        os.kill(process.pid, signal.SIGKILL)


def test_a_killed_run_leaves_the_ledger_as_it_was(url: str) -> None:
    with open_ledger(url) as ledger:
        append(ledger, recorded(claim()))
        before = ledger.head(), list(ledger.read_states())

    kill_in_the_middle(url)

    with open_ledger(url, lock_timeout=10) as ledger:
        assert (ledger.head(), list(ledger.read_states())) == before
        assert verify_ledger(url).is_sound
        append(ledger, status_changed(claim(), "submitted"))
        assert ledger.head()[0] == 2


def test_a_note_of_a_killed_holder_does_not_keep_anybody_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with open_ledger(url, must_exist=False, lock_timeout=1) as ledger:
        (tmp_path / "ledger.db.holder").write_text('{"pid": 1, "host": "gone", "since": "2020-01-01"}')

        append(ledger, recorded(claim()))

    assert not (tmp_path / "ledger.db.holder").exists()


def test_two_claims_never_get_the_same_reference(ledger: Ledger) -> None:
    append(ledger, recorded(SAME))

    with ledger.write(run()) as writing:
        reference = writing.new_reference(SAME)

    assert reference != reference_of(SAME)
