import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from cpor_batch.documents.time_limit import TooSlowError, time_limit


def in_this_thread(work: Callable[[], object]) -> object:
    return work()


def in_another_thread(work: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(work).result()


def spin_for_ever() -> None:
    with time_limit(0.05):
        while True:
            time.sleep(0)


def spin_and_swallow() -> None:
    with time_limit(0.05):
        while True:
            with suppress(Exception):  # as a library does that goes on whatever happens
                time.sleep(0.01)


def be_quick() -> str:
    with time_limit(0.05):
        time.sleep(0)
    deadline = time.monotonic() + 0.2
    while time.monotonic() < deadline:
        time.sleep(0)
    return "undisturbed"


@pytest.mark.parametrize("where", [in_this_thread, in_another_thread])
@pytest.mark.parametrize("work", [spin_for_ever, spin_and_swallow])
def test_what_takes_too_long_is_broken_off_in_every_thread(
    where: Callable[[Callable[[], object]], object], work: Callable[[], object]
) -> None:
    with pytest.raises(TooSlowError):
        where(work)


@pytest.mark.parametrize("where", [in_this_thread, in_another_thread])
def test_what_is_done_in_time_is_not_disturbed_later(
    where: Callable[[Callable[[], object]], object],
) -> None:
    assert where(be_quick) == "undisturbed"
