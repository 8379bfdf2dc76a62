"""Read files on a cluster: their bytes travel there, the rows come back.

A worker reads as this machine would, in a child process with the limits of the machine that asks.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cpor_batch.intake.reading import Reading, ReadResult, Terms, size_of
from cpor_batch.intake.refusal import RefusedError
from cpor_batch.settings import Cluster
from cpor_batch.workers import Workers, open_workers

FEW: Final = 2
"""Fewer files are read here: one has nothing to be read beside."""
IN_HAND: Final = 2
"""Files given out per worker: none idles, and what waits lies on the disk rather than in memory."""

StartReading = Callable[[str, Path], Reading]
"""Starts to read a file, by the name that issues use and its path."""


@contextmanager
def open_readers(terms: Terms, *, files: int, cluster: Cluster | None) -> Iterator[StartReading]:
    """Give what starts to read a file: here or, where there is a `cluster` and more than one file, there.

    Raises ClusterError where the cluster cannot be used.
    """
    if cluster is None or files < FEW:
        yield lambda name, path: Reading(path, name=name, terms=terms)
        return
    with open_workers(1, cluster=cluster, describe=describe_reading) as workers:
        shared = workers.share(terms)
        places = threading.BoundedSemaphore(IN_HAND * workers.count)
        yield lambda name, path: _ReadingAfar(
            path, name=name, terms=terms, shared=shared, workers=workers, places=places
        )


def describe_reading() -> Mapping[str, str]:
    """Return name -> version of what decides how a cell is read."""
    return {name: version(name) for name in ("python-calamine", "defusedxml")}


class _ReadingAfar(Reading):
    """One file on its way through a cluster."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        terms: Terms,
        shared: Terms,
        workers: Workers,
        places: threading.Semaphore,
    ) -> None:
        self._shared = shared
        self._workers = workers
        self.places = places
        super().__init__(path, name=name, terms=terms)

    def _read(self) -> ReadResult:
        try:
            size_of(self._path, self._terms.limits)
            content = self._path.read_bytes()
        except (RefusedError, OSError):
            return super()._read()  # it cannot travel; why not is told here as for every file
        reading = self._workers.submit(read_bytes, content, self._path.suffix, self._name, self._shared)
        self._looked.set()
        try:
            return reading.result()
        except BrokenExecutor:
            # Not a verdict on the file: it is read once more here, where a child dies in its place.
            return super()._read()


def read_bytes(content: bytes, suffix: str, name: str, terms: Terms) -> ReadResult:
    """Return what came of a file with this content and ending, which issues call `name`. Runs on workers."""
    with tempfile.TemporaryDirectory(prefix="cpor-batch-") as folder:
        path = Path(folder, f"workbook{suffix}")
        path.write_bytes(content)
        return Reading(path, name=name, terms=terms).result()
