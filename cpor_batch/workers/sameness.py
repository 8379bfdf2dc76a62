"""Would a worker elsewhere give the same result as this machine? Versions compared, in words. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.errors import ClusterError

Describe = Callable[[], Mapping[str, str]]
"""Says, of the machine it runs on, what a result depends on: name -> version or fingerprint."""

PROGRAM: Final = "cpor-batch"
PYTHON: Final = "Python"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """One worker of a cluster, as far as it could be asked."""

    address: str
    threads: int
    facts: Mapping[str, str] = field(default_factory=dict)
    """Name -> version; what could not be found out is absent."""
    problem: str | None = None
    """Why it must not work for this machine, or None."""
    remedy: str = ""


def compare(facts: Mapping[str, str], here: Mapping[str, str]) -> str | None:
    """Return how a worker differs from this machine, naming both versions; None where it does not."""
    others = [
        f"{name} {facts[name]} (here {value})" if name in facts else f"no {name} (here {value})"
        for name, value in here.items()
        if facts.get(name) != value
    ]
    return f"it has {', '.join(others)}" if others else None


def find_remedy(facts: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return what to do about a worker that differs."""
    if facts.get(PYTHON) != here[PYTHON]:
        return f"Start the worker with Python {here[PYTHON]} and the same packages as here."
    if facts.get(PROGRAM) != here[PROGRAM]:
        return f"Install cpor-batch {here[PROGRAM]} there, or the worker's version here."
    return "Give both the same packages and fonts, best the same image, and start the worker again."


def refuse_differences(reports: Sequence[WorkerReport], *, where: str) -> None:
    """Raise ClusterError for the first worker that must not work for this machine."""
    bad = [report for report in reports if report.problem is not None]
    if bad:
        more = f" In all, {len(bad)} of {len(reports)} workers differ." if len(bad) > 1 else ""
        raise ClusterError(
            f"the worker {bad[0].address} would not do the same as this machine: {bad[0].problem}.{more}",
            hint=bad[0].remedy,
            where=where,
        )
