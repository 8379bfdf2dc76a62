"""Who does the work: processes of this machine, or a cluster. Callers see a concurrent.futures Executor.

A task is a function of a module with values for arguments; it returns a value, and the caller writes. It may
be done more than once where its worker dies, so it must not leave anything half-done behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from cpor_batch.settings import Cluster
from cpor_batch.workers.executor import Workers
from cpor_batch.workers.local import open_processes
from cpor_batch.workers.sameness import Describe, WorkerReport

__all__ = ["Describe", "WorkerReport", "Workers", "ask_workers", "open_workers"]


@contextmanager
def open_workers(
    count: int, *, cluster: Cluster | None = None, describe: Describe | None = None
) -> Iterator[Workers]:
    """Give an executor of `count` processes or, where one is named, of the `cluster`'s workers.

    Leaving it normally waits for what was submitted. On an exception, Ctrl-C included, waiting work is
    dropped, and processes of this machine are ended at once. A task whose process died ends in
    BrokenExecutor.

    `describe` says what must be alike here and on every worker of a cluster, so that the results are alike.
    Raises ClusterError where the cluster cannot be reached, has no workers, or differs.
    """
    if cluster is None:
        with open_processes(count) as processes:
            yield processes
    else:
        from cpor_batch.workers.cluster import open_cluster

        with open_cluster(cluster, describe) as workers:
            yield workers


def ask_workers(cluster: Cluster, describe: Describe) -> tuple[WorkerReport, ...]:
    """Return what every worker of the cluster says of itself; ClusterError where there is none to ask."""
    from cpor_batch.workers.cluster import ask_workers

    return ask_workers(cluster, describe)
