"""Reaching a cluster: who may work for this machine, and what is said where nobody can."""

import os
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Final

import pytest

import cpor_batch
from cpor_batch import __version__
from cpor_batch.documents import describe_printing
from cpor_batch.errors import ClusterError, ExitCode
from cpor_batch.settings import Cluster
from cpor_batch.workers import ask_workers, open_workers
from cpor_batch.workers.sameness import WorkerReport, compare, find_remedy, refuse_differences
from tests.cluster.clusters import RunningCluster, free_port, running_cluster

HERE: Final = {"Python": "3.11", "distributed": "2026.8.0", "cpor-batch": "1.0.0", "WeasyPrint": "70.0"}


def program_of_another_version(folder: Path) -> Path:
    """Return a folder for PYTHONPATH: the same program, which says that it is another version."""
    package = folder / "cpor_batch"
    package.mkdir(parents=True)
    source = Path(cpor_batch.__file__).parent
    for path in source.iterdir():
        if path.name not in {"__init__.py", "__pycache__"}:
            (package / path.name).symlink_to(path)
    text = (source / "__init__.py").read_text(encoding="utf-8")
    (package / "__init__.py").write_text(text.replace(__version__, "0.0.9"), encoding="utf-8")
    return folder


def fail_with(text: str) -> None:
    raise ValueError(text)


def test_work_is_done_by_the_workers_and_failures_travel_back(cluster: RunningCluster) -> None:
    with open_workers(1, cluster=cluster.settings) as workers:
        processes = {workers.submit(os.getpid).result() for _ in range(6)}
        shared = workers.share(("a", "value"))
        length = workers.submit(len, shared).result()
        failed = workers.submit(fail_with, "why").exception()
        count = workers.count

    assert os.getpid() not in processes
    assert length == 2
    assert isinstance(failed, ValueError)
    assert str(failed) == "why"
    assert count == 2


def test_a_task_that_kills_each_worker_ends_as_a_broken_executor(cluster: RunningCluster) -> None:
    with open_workers(1, cluster=cluster.settings) as workers:
        with pytest.raises(BrokenExecutor):
            workers.submit(os._exit, 3).result()
        after = workers.submit(len, "abc").result()

    assert after == 3


def refused(cluster: Cluster) -> ClusterError:
    with (
        pytest.raises(ClusterError) as caught,
        open_workers(1, cluster=cluster, describe=describe_printing),
    ):
        pass
    return caught.value


def test_a_worker_with_another_version_of_the_program_is_named_with_both(cluster: RunningCluster) -> None:
    program = program_of_another_version(cluster.folder / "program")

    with cluster.another_worker(PYTHONPATH=str(program)):
        error = refused(cluster.settings)

    assert error.exit_code is ExitCode.CONFIGURATION
    assert error.where == cluster.address
    assert f"it has cpor-batch 0.0.9 (here {__version__})." in error.message
    assert error.hint == f"Install cpor-batch {__version__} there, or the worker's version here."


@pytest.mark.long
def test_a_worker_with_other_fonts_is_noticed(cluster: RunningCluster) -> None:
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Open Sans"], capture_output=True, text=True, check=True
    )
    configuration = cluster.folder / "fonts.conf"
    configuration.write_text(f"<fontconfig><dir>{Path(found.stdout).parent}</dir></fontconfig>")

    with cluster.another_worker(FONTCONFIG_FILE=str(configuration)):
        error = refused(cluster.settings)
        reports = ask_workers(cluster.settings, describe_printing)

    assert (
        "it has fonts Open Sans (here BIZ UDPGothic, Open Sans), a PoE form (ja) printed as" in error.message
    )
    assert [report.problem is None for report in reports].count(False) == 1
    assert next(report.problem for report in reports if report.problem is not None) in error.message
    assert all(report.facts["cpor-batch"] == __version__ for report in reports)


def test_a_worker_without_the_program_is_told_apart() -> None:
    found = {name: value for name, value in HERE.items() if name != "cpor-batch"}

    assert compare(found, HERE) == "it has no cpor-batch (here 1.0.0)"
    assert compare(HERE, HERE) is None


def test_another_python_comes_before_what_follows_from_it() -> None:
    found = HERE | {"Python": "3.13", "WeasyPrint": "71.0"}

    assert compare(found, HERE) == "it has Python 3.13 (here 3.11), WeasyPrint 71.0 (here 70.0)"
    assert find_remedy(found, HERE) == "Start the worker with Python 3.11 and the same packages as here."


def test_one_worker_is_named_and_the_others_are_counted() -> None:
    reports = [
        WorkerReport(address=f"tcp://10.0.0.{number}:1", threads=1, problem="it has no fonts", remedy="Add.")
        for number in (1, 2)
    ]
    good = WorkerReport(address="tcp://10.0.0.3:1", threads=1)

    with pytest.raises(ClusterError) as caught:
        refuse_differences([good, *reports], where="tcp://10.0.0.9:8786")

    assert str(caught.value) == (
        "tcp://10.0.0.9:8786: the worker tcp://10.0.0.1:1 would not do the same as this machine: "
        "it has no fonts. In all, 2 of 3 workers differ. Add."
    )


def test_a_scheduler_that_does_not_answer_is_named_with_the_remedy() -> None:
    address = f"tcp://127.0.0.1:{free_port()}"

    error = refused(Cluster(address=address, timeout_seconds=1))

    assert error.exit_code is ExitCode.CONFIGURATION
    assert f"{address}: no scheduler answers within 1 s (" in str(error)
    assert "dask scheduler" in error.hint


def test_a_cluster_without_workers_is_told_so(tmp_path: Path) -> None:
    with running_cluster(tmp_path, workers=0) as empty:
        error = refused(Cluster(address=empty.address, timeout_seconds=2))

    assert f"{empty.address}: the cluster has had no worker for 2 s." in str(error)
    assert f"dask worker {empty.address}" in error.hint


@pytest.mark.long
def test_work_is_given_up_when_the_last_worker_has_gone_for_good(tmp_path: Path) -> None:
    with running_cluster(tmp_path, workers=1, options=("--no-nanny",)) as brief:
        settings = Cluster(address=brief.address, timeout_seconds=4)
        with open_workers(1, cluster=settings) as workers:
            error = workers.submit(os._exit, 3).exception()

    assert isinstance(error, ClusterError)
    assert "has had no worker for 4 s" in str(error)


def test_a_scheduler_that_is_lost_on_the_way_ends_the_work(tmp_path: Path) -> None:
    with running_cluster(tmp_path, workers=1) as brief:
        settings = Cluster(address=brief.address, timeout_seconds=5)
        with open_workers(1, cluster=settings) as workers:
            task = workers.submit(time.sleep, 600)
            brief.stop(brief.processes[0])
            error = task.exception()
            later = workers.submit(len, "abc").exception()

    assert isinstance(error, ClusterError)
    assert f"{brief.address}: the connection to the scheduler was lost" in str(error)
    assert isinstance(later, ClusterError)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    error = refused(Cluster(address="tcp://127.0.0.1:8786"))

    assert "pip install 'cpor-batch[dask]'" in error.hint


def test_the_program_starts_without_loading_dask() -> None:
    code = (
        "import sys, cpor_batch.workers, cpor_batch.pipeline.run;"
        "print({'dask', 'distributed'} & {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
