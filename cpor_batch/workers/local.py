"""Processes of this machine: spawned, all started at once, deaf to Ctrl-C, gone when their parent is."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker

from cpor_batch.workers.executor import T, Workers


class Processes(ProcessPoolExecutor, Workers):
    """Processes of this machine; all of them end when one dies."""

    outlives_its_workers = False

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._max_workers)  # type: ignore[attr-defined]  # a private name: nothing public tells

    def share(self, value: T) -> T:
        """Return the value itself."""
        return value


@contextmanager
def open_processes(count: int) -> Iterator[Processes]:
    """Give an executor of `count` processes; `open_workers` tells how it is left."""
    # Forking a process that runs threads (SQLAlchemy, rich) can deadlock; a spawned one starts clean.
    context = multiprocessing.get_context("spawn")
    # max_tasks_per_child stays unset: it can hang the pool for ever (CPython issue 115634). Whoever runs for
    # hours opens new workers now and then instead.
    executor = Processes(max_workers=count, mp_context=context, initializer=_start_worker)
    try:
        _start_all(executor)
        yield executor
    except BaseException:
        _end(executor)
        raise
    executor.shutdown(wait=True)


def _start_all(executor: ProcessPoolExecutor) -> None:
    """Start the processes deaf to Ctrl-C: one that is just being born would print a traceback of its own."""
    if os.name != "posix":
        return
    # Before the mask, because starting the tracker lifts it again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        executor.submit(_be_there)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_there() -> None:
    """Do nothing: the first task of an executor starts all of its processes."""


def _start_worker() -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    # A killed parent cannot end its workers, and they would wait for work for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end(executor: ProcessPoolExecutor) -> None:
    # A private name, because nothing public ends a running task before Python 3.14 (terminate_workers).
    processes = tuple((executor._processes or {}).values())  # noqa: SLF001
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
