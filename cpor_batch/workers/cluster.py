"""The workers of a dask.distributed cluster, as an executor that outlives them."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, InvalidStateError
from concurrent.futures import wait as wait_for_all
from contextlib import contextmanager, suppress
from typing import Any, Final, ParamSpec, TypeVar

from cpor_batch.errors import ClusterError
from cpor_batch.settings import Cluster
from cpor_batch.workers.connection import check_workers, connect, look_at_workers, no_worker
from cpor_batch.workers.executor import T, Workers
from cpor_batch.workers.sameness import Describe, WorkerReport

P = ParamSpec("P")
R = TypeVar("R")

RETRIES: Final = 2
"""How often a task is tried again that failed for a reason of the cluster's; ours return their failures."""
_WATCH_SECONDS: Final = 1.0


class WorkerDiedError(BrokenExecutor):
    """The task killed each worker that tried it, as often as the cluster lets it."""


@contextmanager
def open_cluster(cluster: Cluster, describe: Describe | None) -> Iterator["ClusterWorkers"]:
    """Give the cluster's workers; `open_workers` tells how they are left, and what is raised."""
    with connect(cluster) as client:
        check_workers(client, cluster, describe)
        workers = ClusterWorkers(client, cluster)
        try:
            yield workers
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
        workers.shutdown(wait=True)


def ask_workers(cluster: Cluster, describe: Describe | None) -> tuple[WorkerReport, ...]:
    """Return what every worker says of itself; ClusterError where there is none to ask."""
    with connect(cluster) as client:
        return look_at_workers(client, describe)


class ClusterWorkers(Workers):
    """Futures of a cluster whose failures are told in our terms."""

    outlives_its_workers = True

    def __init__(self, client: Any, cluster: Cluster) -> None:  # Any: distributed's own types say little
        """Begin to watch how many workers there are."""
        from distributed.scheduler import KilledWorker

        self._client = client
        self._cluster = cluster
        self._killed = KilledWorker
        # Not pure: the same call twice is two documents, not one result to be looked up.
        self._executor = client.get_executor(pure=False, retries=RETRIES)
        self._count: int = max(1, sum(client.nthreads().values()))
        self._under_way: set[Future[Any]] = set()
        self._is_left = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def count(self) -> int:
        """How many threads all workers have together; a moment ago, for workers come and go."""
        return self._count

    def share(self, value: T) -> T:
        """Return a result of the cluster's own: a worker that needs it fetches it once, from another one."""
        # As the result of a task it outlives the worker that holds it; scattered data would be lost.
        shared: T = self._client.submit(_hand_over, value, pure=False, retries=RETRIES)
        return shared

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return the future of the call; WorkerDiedError ends it, or ClusterError without a cluster."""
        outer: Future[R] = Future()
        if not self._is_connected:
            outer.set_exception(self._lost())
            return outer
        inner: Future[R] = self._executor.submit(fn, *args, **kwargs)
        self._under_way.add(outer)
        inner.add_done_callback(lambda _: self._pass_on(inner, outer))
        outer.add_done_callback(lambda _: inner.cancel() if outer.cancelled() else None)
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base
        """Wait for what is under way, or drop it."""
        if wait and not cancel_futures:
            # Ours, not the cluster's: those that are given up here are never done there.
            wait_for_all(tuple(self._under_way))
        self._is_left.set()
        self._executor.shutdown(wait=False)

    def _pass_on(self, inner: Future[R], outer: Future[R]) -> None:
        self._under_way.discard(outer)
        with suppress(InvalidStateError):  # given up or cancelled meanwhile
            if inner.cancelled():
                # Nobody cancels a future but its caller, and the client that has lost its scheduler.
                outer.set_exception(self._lost())
            elif isinstance(inner.exception(), self._killed):
                outer.set_exception(WorkerDiedError("each worker that did it died"))
            elif (error := inner.exception()) is not None:
                outer.set_exception(error)
            else:
                outer.set_result(inner.result())

    def _watch(self) -> None:
        """Count the workers, and give up what waits for them when there have been none for too long."""
        last_seen = time.monotonic()
        while not self._is_left.wait(_WATCH_SECONDS):
            threads = 0
            if self._is_connected:
                with suppress(OSError, RuntimeError):  # the scheduler has just gone
                    threads = sum(self._client.nthreads().values())
            if threads:
                self._count, last_seen = threads, time.monotonic()
            elif not self._is_connected:
                self._give_up(self._lost())
            elif time.monotonic() - last_seen > self._cluster.timeout_seconds:
                self._give_up(no_worker(self._cluster))

    @property
    def _is_connected(self) -> bool:
        return bool(self._client.status == "running")

    def _give_up(self, why: ClusterError) -> None:
        for future in tuple(self._under_way):
            with suppress(InvalidStateError):
                future.set_exception(why)

    def _lost(self) -> ClusterError:
        return ClusterError(
            "the connection to the scheduler was lost.",
            hint="See its log, then run the same command again: what was done is kept.",
            where=self._cluster.address,
        )


def _hand_over(value: T) -> T:
    """Return the value: the task whose result is what is shared."""
    return value
