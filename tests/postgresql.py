"""A PostgreSQL server of the tests' own: Debian's binaries, a data folder that goes again, a socket."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg

from cpor_batch.ledger import create_ledger

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_NUMBERS = count(1)


class Server:
    """One PostgreSQL server in a folder of its own, reached by socket and loopback."""

    def __init__(self, folder: Path) -> None:
        self.binaries = BINARIES[-1]
        self.folder = folder
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.port = 0

    def _run(self, program: str, *arguments: str) -> None:
        # initdb and the server refuse to run as root; the data folder then belongs to `postgres`.
        as_user = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, str(self.binaries / program), *arguments],
            check=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user)
        data = str(self.folder / "data")
        self._run(
            "initdb", "--pgdata", data, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "-N"
        )
        options = (
            f"-c unix_socket_directories={self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60 "
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=64MB"
        )
        for is_last in (False, False, True):
            # Between finding a free port and taking it, somebody else may have taken it.
            self.port = _free_port()
            try:
                ports = f"{options} -c port={self.port}"
                self._run("pg_ctl", "-D", data, "-o", ports, "-l", str(self.folder / "log"), "-w", "start")
            except subprocess.CalledProcessError:
                if is_last:
                    raise
            else:
                return

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.folder}&port={self.port}"

    def make_database(self, template: str = "template1") -> str:
        """Return the URL of a new database: an empty one, or a copy of `template`."""
        name = f"ledger_{next(_NUMBERS)}"
        with psycopg.connect(
            host=str(self.folder), port=self.port, user=self.user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self.url(name)

    @cached_property
    def template(self) -> str:
        """The name of a database with an empty ledger, to be copied: quicker than to migrate each."""
        url = self.make_database()
        create_ledger(url)
        return url.partition("?")[0].rpartition("/")[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving() -> Iterator[Server]:
    """Give a server that runs until the block ends, never the cluster that the system starts."""
    # Not pytest's own folder: a socket's path may have 107 characters, and `postgres` must reach it.
    folder = Path(tempfile.mkdtemp(prefix="cpor-pg-", dir="/tmp"))
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
