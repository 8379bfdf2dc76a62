"""The commands on a cluster, as people type them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cpor_batch.assets import Assets
from cpor_batch.cli import main
from cpor_batch.errors import ClusterError, ExitCode
from cpor_batch.files import sha256_of
from cpor_batch.pipeline.init import init
from cpor_batch.settings import FILE_NAME, Cluster
from cpor_batch.workers.connection import connect
from tests.cluster.certificates import write_certificates
from tests.cluster.clusters import RunningCluster, running_cluster
from tests.intake.hostile import lying_bomb

TODAY = "as_of = 2021-04-01\n"
ALONE = {"CPOR_WORKERS_CLUSTER": "none"}


def make_workspace(folder: Path, block: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(TODAY + block, encoding="utf-8")
    init(folder)
    for name in ("02-dirty.xlsx", "05-svensk.xlsx"):
        shutil.copyfile(Assets().sample_data() / name, folder / "inbox" / name)
    return folder


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Type = Callable[..., Said]


@pytest.fixture
def type_command(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command in a folder."""
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def type_it(folder: Path, *words: str, **environment: str) -> Said:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            result = CliRunner().invoke(main, list(words), env=environment)
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    return type_it


def hashes_below(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for kind in ("letters", "poe")
        for path in (folder / kind).glob("*.pdf")
    }


@pytest.fixture
def workspace(cluster: RunningCluster, tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "workspace", cluster.block)


def test_check_says_of_many_files_what_it_says_alone(workspace: Path, type_command: Type) -> None:
    (workspace / "inbox" / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (workspace / "inbox" / "plain.csv").write_text("Claim name;MPN ID\nA;1\n", encoding="utf-8")
    (workspace / "inbox" / "bomb.xlsx").write_bytes(lying_bomb())
    words = ("check", *(str(path) for path in sorted(workspace.glob("inbox/*"))), "inbox/absent.xlsx")

    afar = type_command(workspace, *words, "--format", "json")
    here = type_command(workspace, *words, "--format", "json", **ALONE)

    assert afar.code == here.code == ExitCode.INPUT_REFUSED
    assert json.loads(afar.out) == json.loads(here.out)
    assert json.loads(afar.out)["counts"]["files"] == 6


def test_documents_makes_what_this_machine_would(workspace: Path, type_command: Type) -> None:
    recorded = type_command(workspace, "ingest", "inbox/05-svensk.xlsx")
    made = type_command(workspace, "documents")
    afar = hashes_below(workspace / "out")
    shutil.rmtree(workspace / "out" / "letters")

    again = type_command(workspace, "documents", "--all", CPOR_WORKERS="1", **ALONE)

    assert recorded.code == made.code == ExitCode.DONE, made.err
    assert again.code == ExitCode.DONE, again.err
    assert len(afar) > 8
    assert hashes_below(workspace / "out").items() >= afar.items()


def test_ctrl_c_ends_with_130_and_leaves_nothing_on_the_cluster(
    workspace: Path, cluster: RunningCluster, type_command: Type
) -> None:
    recorded = type_command(workspace, "ingest", *(str(path) for path in workspace.glob("inbox/*.xlsx")))
    command = [sys.executable, "-m", "cpor_batch", "documents", "-v"]
    with subprocess.Popen(
        command, cwd=workspace, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while process.poll() is None and not any((workspace / "out").glob("*/*.pdf")):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        complaints = process.communicate(timeout=60)[1]
    with connect(cluster.settings) as client:
        left = client.run_on_scheduler(count_tasks)

    assert recorded.code == ExitCode.NEEDS_YOU
    assert process.returncode == ExitCode.INTERRUPTED
    assert complaints.strip().splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in complaints
    assert left == 0


def count_tasks(dask_scheduler: object) -> int:
    return len(getattr(dask_scheduler, "tasks"))  # noqa: B009 - its type belongs to distributed


def test_doctor_lists_the_workers_with_their_versions(
    workspace: Path, cluster: RunningCluster, type_command: Type
) -> None:
    said = type_command(workspace, "doctor", "--format", "json")

    findings = {one["what"]: one for one in json.loads(said.out)["findings"]}
    workers = [one for what, one in findings.items() if what.startswith("Worker ")]
    assert findings["Cluster"]["found"] == f"{cluster.address}: 2 workers, 2 threads"
    assert len(workers) == 2
    assert all(one["ok"] and "WeasyPrint" in one["found"] for one in workers)


def test_without_a_scheduler_nothing_is_judged_or_made(tmp_path: Path, type_command: Type) -> None:
    block = '[workers]\ncluster = "tcp://127.0.0.1:9"\ntimeout_seconds = 1\n'
    workspace = make_workspace(tmp_path, block)

    said = type_command(workspace, "check", "inbox/02-dirty.xlsx", "inbox/05-svensk.xlsx")
    shown = type_command(workspace, "config", "show")

    assert said.code == ExitCode.CONFIGURATION
    assert "tcp://127.0.0.1:9: no scheduler answers within 1 s" in said.err
    assert "CPOR_WORKERS_CLUSTER=none" in said.err
    assert f"workers_cluster          tcp://127.0.0.1:9  ({FILE_NAME})" in shown.out


def test_a_cluster_with_certificates_works_for_those_who_have_them(
    tmp_path: Path, type_command: Type
) -> None:
    certificates = write_certificates(tmp_path / "certificates", "cluster")
    strange = write_certificates(tmp_path / "certificates", "stranger")
    with running_cluster(tmp_path / "workspaces", workers=1, tls=certificates) as secure:
        known = make_workspace(tmp_path / "known", secure.block)
        secure.tls = strange
        unknown = make_workspace(tmp_path / "unknown", secure.block)
        files = ("inbox/02-dirty.xlsx", "inbox/05-svensk.xlsx")

        good = type_command(known, "check", *files, "--format", "json")
        bad = type_command(unknown, "check", *files, CPOR_WORKERS_TIMEOUT_SECONDS="2")

    assert good.code == ExitCode.NEEDS_YOU, good.err
    assert json.loads(good.out)["counts"]["files"] == 2
    assert bad.code == ExitCode.CONFIGURATION
    assert "certificate verify failed" in bad.err.lower()


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda paths: paths["tls_key"].unlink(), "the certificate cannot be read (No such file"),
        (lambda paths: paths["tls_cert"].write_text("none"), "the certificates cannot be used ("),
    ],
    ids=["absent", "no certificate"],
)
def test_a_certificate_that_cannot_be_used_is_named(
    tmp_path: Path, spoil: Callable[[dict[str, Path]], object], complaint: str
) -> None:
    paths = write_certificates(tmp_path, "cluster")
    spoil(paths)

    with (
        pytest.raises(ClusterError) as caught,
        connect(Cluster(address="tls://127.0.0.1:9", timeout_seconds=1, **paths)),
    ):
        pass

    assert complaint in str(caught.value)
    assert str(tmp_path) in caught.value.where
