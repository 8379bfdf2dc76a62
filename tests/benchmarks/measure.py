"""Measure whole processes side by side: wall clock, processor time, and memory over the whole family.

Every round runs every case once, in turn, so that whatever else the machine does meets all of them; a ratio
is taken within a round and the median of the rounds is quoted. Memory is sampled in a round of its own,
because looking at it slows a process down.
"""

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DONE: Final = frozenset({0, 1})
"""Exit codes of a command that did its work; 1 says that rows need somebody."""

_SAMPLE_SECONDS: Final = 0.02
_KIBIBYTE: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One process to be measured."""

    key: str
    label: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None
    """Called before every run, outside of the measurement."""
    units: int = 0
    """How many rows, letters or claims it does; 0 where that says nothing."""
    expected: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """What two cases are compared for."""

    label: str
    of: str
    to: str
    target: str = ""
    """What is aimed at, such as "<= 2.5"; empty where there is no target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases that are measured in the same rounds."""

    key: str
    title: str
    cases: Sequence[Case]
    ratios: Sequence[Ratio] = ()
    rounds: int = 3
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Figures:
    """What was measured of one case, a figure per round."""

    case: Case
    wall: list[float] = field(default_factory=list)
    """Seconds."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of all processes of the family, in user and system mode."""
    peak: int = 0
    """Bytes: the most that all processes had together, shared pages counted once (PSS)."""


def measure(group: Group, *, rounds: int | None = None, with_memory: bool = True) -> list[Figures]:
    """Run all cases of the group for so many rounds, and once more for their memory."""
    figures = [Figures(case=case) for case in group.cases]
    for number in range(rounds or group.rounds):
        # Every other round backwards: nobody always comes after the same neighbour.
        for one in figures[:: -1 if number % 2 else 1]:
            wall, cpu = _run(one.case)
            one.wall.append(wall)
            one.cpu.append(cpu)
            print(
                f"  {group.key} {number + 1}: {one.case.key} {wall:.2f} s, cpu {cpu:.2f} s", file=sys.stderr
            )
    if with_memory:
        for one in figures:
            one.peak = _peak_of(one.case)
    return figures


def ratio_of(figures: Sequence[Figures], ratio: Ratio, *, what: str = "wall") -> float | None:
    """Return the median of the rounds' ratios, or None where a case was not measured."""
    by_key = {one.case.key: one for one in figures}
    if ratio.of not in by_key or ratio.to not in by_key:
        return None
    pairs = zip(_rounds_of(by_key[ratio.of], what), _rounds_of(by_key[ratio.to], what), strict=True)
    return statistics.median(of / to for of, to in pairs)


def _rounds_of(figures: Figures, what: str) -> list[float]:
    return figures.cpu if what == "cpu" else figures.wall


def start(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process with nothing to read and nobody to read it."""
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**_environment(), **(environment or {})},
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    # A process that may not keep its compiled modules compiles them anew every time.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _run(case: Case) -> tuple[float, float]:
    case.prepare()
    began = time.perf_counter()
    process = start(case.command)
    errors = _read_in_background(process)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(case, process.returncode, errors())
    return wall, usage.ru_utime + usage.ru_stime


def _peak_of(case: Case) -> int:
    case.prepare()
    process = start(case.command)
    errors = _read_in_background(process)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_proportional_set_size, _family(process.pid))))
        time.sleep(_SAMPLE_SECONDS)
    _check(case, process.returncode, errors())
    return peak


def _read_in_background(process: "subprocess.Popen[bytes]") -> Callable[[], bytes]:
    collected: list[bytes] = []
    pipe = process.stderr
    if pipe is None:
        raise RuntimeError("the process was started without a pipe for its errors")
    thread = threading.Thread(target=lambda: collected.append(pipe.read()), daemon=True)
    thread.start()

    def errors() -> bytes:
        thread.join(timeout=5)
        return b"".join(collected)

    return errors


def _check(case: Case, code: int, errors: bytes) -> None:
    if code not in case.expected:
        tail = errors.decode(errors="replace")[-2000:]
        raise RuntimeError(f"{case.key} ended with {code}: {tail}")


def _family(pid: int) -> list[int]:
    """Return the process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent_of(entry)
            if parent is not None:
                children.setdefault(parent, []).append(int(entry.name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _parent_of(entry: Path) -> int | None:
    try:
        # The name, in parentheses, may hold anything; what follows the last one does not.
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _proportional_set_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * _KIBIBYTE for line in lines if line.startswith("Pss:"))


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process and its family."""
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()
