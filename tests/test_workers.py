import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from cpor_batch.workers import open_workers

PARENT_THAT_IS_KILLED = """
import os, sys, time
from cpor_batch.workers import open_workers
if __name__ == "__main__":
    with open_workers(2) as workers:
        print(*{workers.submit(os.getpid).result() for _ in range(4)}, flush=True)
        workers.submit(time.sleep, 600)
        os.kill(os.getpid(), 9)
"""


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", maxsplit=1)[1].split()[0] not in {
            "Z",
            "X",
        }
    except FileNotFoundError:
        return False


def wait_until_gone(processes: list[int]) -> list[int]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(map(is_running, processes)):
        time.sleep(0.05)
    return [process for process in processes if is_running(process)]


def raise_while_work_is_running(processes: list[int]) -> None:
    with open_workers(1) as workers:
        processes.append(workers.submit(os.getpid).result())
        workers.submit(time.sleep, 600)
        workers.submit(time.sleep, 600)
        raise RuntimeError("enough")


def test_work_is_done_in_other_processes() -> None:
    with open_workers(2) as workers:
        processes = {workers.submit(os.getpid).result() for _ in range(4)}

    assert os.getpid() not in processes
    assert wait_until_gone(list(processes)) == []


def test_an_exception_ends_running_work_at_once() -> None:
    processes: list[int] = []
    started = time.monotonic()

    with pytest.raises(RuntimeError, match="enough"):
        raise_while_work_is_running(processes)

    assert time.monotonic() - started < 30
    assert len(processes) == 1
    assert wait_until_gone(processes) == []


def test_a_worker_that_dies_is_reported() -> None:
    with open_workers(1) as workers, pytest.raises(BrokenProcessPool):
        workers.submit(os._exit, 3).result()


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(PARENT_THAT_IS_KILLED)

    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == -9
    assert wait_until_gone([int(number) for number in done.stdout.split()]) == []
