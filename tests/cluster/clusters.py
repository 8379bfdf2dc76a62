"""Clusters as people start them: a scheduler and workers in processes of their own, on this machine alone."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cpor_batch.settings import Cluster
from cpor_batch.workers.connection import connect

SETUP: Final = Path(__file__).with_name("worker_setup.py")
HOST: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 60


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        return int(listening.getsockname()[1])


def _wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@dataclass
class RunningCluster:
    """A scheduler and what has been started for it."""

    folder: Path
    not_here: Path
    """What workers cannot open: the folders of the tests."""
    address: str
    workers: int
    """How many there are from the start."""
    tls: dict[str, Path] = field(default_factory=dict)
    """The names that the settings have -> certificates."""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Cluster:
        return Cluster(address=self.address, timeout_seconds=PATIENCE_SECONDS, **self.tls)

    @property
    def block(self) -> str:
        """The block of cpor-batch.toml."""
        lines = [f'cluster = "{self.address}"', *(f'{name} = "{path}"' for name, path in self.tls.items())]
        return "\n".join(["[workers]", f"timeout_seconds = {PATIENCE_SECONDS}", *lines, ""])

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        options = {"tls_ca": "--tls-ca-file", "tls_cert": "--tls-cert", "tls_key": "--tls-key"}
        secure = [word for name, path in self.tls.items() for word in (options[name], str(path))]
        with (self.folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard", *secure],
                cwd=self.folder,
                env={**os.environ, **environment, "DASK_TEMPORARY_DIRECTORY": str(self.folder / "scratch")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_workers(self, count: int, *more: str, **environment: str) -> subprocess.Popen[bytes]:
        words = ("worker", self.address, "--host", HOST, "--nworkers", str(count), "--nthreads", "1")
        return self.start(
            *words,
            *("--preload", str(SETUP), *more),
            CPOR_TEST_NOT_HERE=str(self.not_here),
            **environment,
        )

    @contextmanager
    def another_worker(self, **environment: str) -> Iterator[None]:
        """Have one more worker for a while, with an environment of its own."""
        other = self.start_workers(1, **environment)
        try:
            self.wait_for(self.workers + 1)
            yield
        finally:
            self.stop(other)
            self.wait_for(self.workers)

    def wait_for(self, count: int) -> None:
        """Return when there are exactly so many workers."""
        with connect(self.settings) as client:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while len(client.nthreads()) != count:
                assert time.monotonic() < deadline, (self.folder / "dask.log").read_text()
                time.sleep(0.05)

    def worker_processes(self) -> list[int]:
        with connect(self.settings) as client:
            return list(client.run(os.getpid).values())

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        self.processes.remove(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def running_cluster(
    not_here: Path, *, workers: int = 2, tls: dict[str, Path] | None = None, options: Sequence[str] = ()
) -> Iterator[RunningCluster]:
    folder = Path(tempfile.mkdtemp(prefix="cpor-cluster-"))
    port = free_port()
    scheme = "tls" if tls else "tcp"
    cluster = RunningCluster(
        folder=folder,
        not_here=not_here,
        address=f"{scheme}://{HOST}:{port}",
        workers=workers,
        tls=tls or {},
    )
    try:
        cluster.start(
            *("scheduler", "--host", HOST, "--port", str(port), "--protocol", scheme),
            # A document that kills its workers is tried twice, not four times: that is enough to be sure.
            DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1",
        )
        _wait_until_listening(port)
        if workers:
            cluster.start_workers(workers, *options)
            cluster.wait_for(workers)
        yield cluster
    finally:
        for process in tuple(cluster.processes):
            cluster.stop(process)
        shutil.rmtree(folder, ignore_errors=True)
