"""Reach a dask.distributed cluster and ask its workers what they are.

Together with `cluster`, the only places that know distributed; nothing else imports them unless a cluster is
named, because that takes most of a second.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any, Final

from cpor_batch import __version__
from cpor_batch.errors import ClusterError
from cpor_batch.settings import Cluster
from cpor_batch.workers.sameness import (
    PROGRAM,
    PYTHON,
    Describe,
    WorkerReport,
    compare,
    find_remedy,
    refuse_differences,
)

ALONE: Final = "Or work on this machine alone: CPOR_WORKERS_CLUSTER=none."
_CLOSING_SECONDS: Final = 5


@contextmanager
def connect(cluster: Cluster) -> Iterator[Any]:  # Any: distributed's own types say little
    """Give a client of a cluster that has at least one worker; ClusterError where there is none."""
    distributed = _import_distributed()
    security = _open_certificates(distributed, cluster)
    try:
        with warnings.catch_warnings():
            # Other versions on other machines are told of below, and in our own words.
            warnings.simplefilter("ignore")
            client = distributed.Client(
                cluster.address,
                security=security,
                timeout=cluster.timeout_seconds,
                set_as_default=False,
                name=PROGRAM,
            )
    except (OSError, ValueError, RuntimeError) as exc:
        raise ClusterError(
            f"no scheduler answers within {cluster.timeout_seconds} s ({_reason_of(exc)}).",
            hint=f"Start one with `dask scheduler`, or correct cluster in [workers]. {ALONE}",
            where=cluster.address,
        ) from exc
    try:
        _wait_for_a_worker(client, cluster)
        yield client
    finally:
        client.close(timeout=_CLOSING_SECONDS)


def no_worker(cluster: Cluster) -> ClusterError:
    """Return the error for a cluster without workers."""
    return ClusterError(
        f"the cluster has had no worker for {cluster.timeout_seconds} s.",
        hint=f"Start one with `dask worker {cluster.address}`. {ALONE}",
        where=cluster.address,
    )


def check_workers(client: Any, cluster: Cluster, describe: Describe | None) -> None:  # Any: as above
    """Return when every worker is like this machine; ClusterError names one that is not."""
    refuse_differences(look_at_workers(client, describe), where=cluster.address)


def look_at_workers(client: Any, describe: Describe | None) -> tuple[WorkerReport, ...]:  # Any: as above
    """Return what every worker says of itself, compared with this machine; in order of their addresses."""
    threads: Mapping[str, int] = client.nthreads()
    versions = client.get_versions()
    # A function of the standard library, because a worker with another cpor-batch may know none of ours.
    programs = client.run(resolve_name, "cpor_batch:__version__", on_error="return")
    here = {**_packages_of(versions["client"]), PROGRAM: __version__}
    facts = {
        address: {
            **_packages_of(versions["workers"][address]),
            **({PROGRAM: program} if isinstance(program, str) else {}),
        }
        for address, program in programs.items()
        if address in versions["workers"] and not isinstance(program, OSError)  # that one has just gone
    }
    alike = [address for address, found in facts.items() if compare(found, here) is None]
    problems: dict[str, str] = {}
    if describe is not None and alike:
        here |= describe()
        for address, answer in client.run(describe, workers=alike, on_error="return").items():
            if isinstance(answer, Exception):
                problems[address] = f"it cannot say what it has ({type(answer).__name__}: {answer})"
            else:
                facts[address] |= answer
    return tuple(
        _report(address, threads.get(address, 1), facts[address], here, problems.get(address))
        for address in sorted(facts)
    )


def _report(
    address: str, threads: int, facts: Mapping[str, str], here: Mapping[str, str], problem: str | None
) -> WorkerReport:
    asked = here if problem is None else {}
    first = {name: here[name] for name in _FIRST_ASKED}
    problem = problem or compare(facts, first) or compare(facts, asked)
    return WorkerReport(
        address=address,
        threads=threads,
        facts=facts,
        problem=problem,
        remedy=find_remedy(facts, here) if problem else "",
    )


_FIRST_ASKED: Final = (PYTHON, "distributed", PROGRAM)


def _packages_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return Python's and distributed's versions. Two releases of one Python series are alike."""
    major, minor = str(answer["host"]["python"]).split(".")[:2]
    return {PYTHON: f"{major}.{minor}", "distributed": str(answer["packages"]["distributed"])}


def _import_distributed() -> Any:
    try:
        import dask
        import distributed
    except ImportError as exc:
        raise ClusterError(
            f"[workers] names a cluster, and the package {exc.name or 'distributed'} is not installed.",
            hint=f"Install it with: pip install 'cpor-batch[dask]'. {ALONE}",
        ) from exc
    for name in ("distributed", "distributed.client"):
        # What ends a run is told once, by an error of ours; the rest is for those who run the cluster.
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # A workbook that travels is no mistake.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
    return distributed


def _open_certificates(distributed: Any, cluster: Cluster) -> Any:
    names = {
        "tls_ca_file": cluster.tls_ca,
        "tls_client_cert": cluster.tls_cert,
        "tls_client_key": cluster.tls_key,
    }
    given = {name: str(path) for name, path in names.items() if path is not None}
    if not given:
        return None
    for path in given.values():
        _read_certificate(path)
    security = distributed.Security(require_encryption=True, **given)
    try:
        security.get_connection_args("client")
    except OSError as exc:
        raise ClusterError(
            f"the certificates cannot be used ({_reason_of(exc)}).",
            hint="Check that tls_cert and tls_key belong together and are PEM files without a password.",
            where=", ".join(given.values()),
        ) from exc
    return security


def _read_certificate(path: str) -> None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text as the settings have it
            file.read(1)
    except OSError as exc:
        raise ClusterError(
            f"the certificate cannot be read ({exc.strerror}).",
            hint="Correct tls_ca, tls_cert and tls_key in [workers]; they are relative to cpor-batch.toml.",
            where=path,
        ) from exc


def _wait_for_a_worker(client: Any, cluster: Cluster) -> None:
    try:
        client.wait_for_workers(1, timeout=cluster.timeout_seconds)
    except TimeoutError as exc:
        raise no_worker(cluster) from exc


def _reason_of(exc: BaseException) -> str:
    """Return the cause in one line, without the objects that distributed prints with it."""
    text = str(exc.__cause__ or "") or str(exc) or type(exc).__name__
    return text.rsplit(">: ", maxsplit=1)[-1].splitlines()[0][:200].rstrip(".")
