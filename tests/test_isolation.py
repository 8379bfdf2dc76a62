import os
import signal
import time
from pathlib import Path

import pytest

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.isolation import Channel, Child, ChildDiedError, ChildFailedError, Death

MEBIBYTE = 1024 * 1024
HERE = "tests.test_isolation"


def answer(channel: Channel, *arguments: object) -> None:
    """Child: send back what it was given, then what it is sent."""
    channel.send(arguments)
    channel.send(channel.receive())


def greet(channel: Channel) -> None:
    print("what a library prints")
    os.write(1, b"and what it writes")
    channel.send("hello")


def sleep(channel: Channel) -> None:
    channel.send("started")
    time.sleep(60)


def eat(channel: Channel, size: int) -> None:
    channel.send(len(bytearray(size)))


def die(_channel: Channel, number: int) -> None:
    os.kill(os.getpid(), number)


def stumble(_channel: Channel) -> None:
    raise LookupError("of all places")


def smuggle(channel: Channel, path: str) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, (f"touch {path}",)

    channel.send(Trap())


def _child(
    function: str, *arguments: object, memory_bytes: int = 1024 * MEBIBYTE, seconds: float = 20
) -> Child:
    return Child(f"{HERE}:{function}", *arguments, memory_bytes=memory_bytes, seconds=seconds)


def test_values_travel_both_ways() -> None:
    issue = Issue(code=IssueCode.FILE_TYPE, file="a.xlsx", message="No.", hint="Yes.")

    with _child("answer", 1, "two", issue) as child:
        first = child.receive()
        child.send({"four": [5.0, None]})
        second = child.receive()

    assert first == (1, "two", issue)
    assert second == {"four": [5.0, None]}


def test_what_the_child_prints_is_no_message() -> None:
    with _child("greet") as child:
        assert child.receive() == "hello"


def test_child_that_takes_too_long_is_ended() -> None:
    with _child("sleep", seconds=1.0) as child:
        child.receive()

        with pytest.raises(ChildDiedError) as caught:
            child.receive()

    assert caught.value.death is Death.DEADLINE


def test_child_that_wants_too_much_memory_is_told_apart() -> None:
    with (
        _child("eat", 500 * MEBIBYTE, memory_bytes=200 * MEBIBYTE) as child,
        pytest.raises(ChildDiedError) as caught,
    ):
        child.receive()

    assert caught.value.death is Death.MEMORY


@pytest.mark.parametrize(
    ("number", "death"),
    [(signal.SIGABRT, Death.CRASH), (signal.SIGSEGV, Death.CRASH), (signal.SIGKILL, Death.MEMORY)],
)
def test_child_that_dies_is_reported_by_its_cause(number: signal.Signals, death: Death) -> None:
    with _child("die", int(number)) as child, pytest.raises(ChildDiedError) as caught:
        child.receive()

    assert caught.value.death is death


def test_bug_in_the_child_is_a_bug_here() -> None:
    with _child("stumble") as child, pytest.raises(ChildFailedError, match="LookupError: of all places"):
        child.receive()


def test_child_cannot_make_its_parent_call_anything(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    with _child("smuggle", str(trace)) as child, pytest.raises(ChildDiedError, match="no part of a message"):
        child.receive()

    assert not trace.exists()


def test_nothing_is_left_running() -> None:
    with _child("sleep") as child:
        child.receive()
        process = child._process

    assert process.returncode is not None
