"""Results as people and programs read them: a table of text, and JSON; both say when and where."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.measure import Figures, Group, ratio_of

FOLDER: Final = Path(__file__).parent
_JSON: Final = FOLDER / "results.json"
_TEXT: Final = FOLDER / "results.txt"
_MEBIBYTE: Final = 1024 * 1024
_NOTE: Final = """\
Whole processes, start to end. Medians over the rounds; a ratio is the median of the rounds' own ratios.
All cases of a group take turns in every round, so compare within a group only. The machine has two cores
and other work ran on them meanwhile (see load). That stretches the wall clock, most of all of
what uses both cores itself, more than the processor time. cpu counts all processes of the case; peak is
the memory of all of them together (PSS)."""

Entry = dict[str, Any]  # Any: what JSON can say


def keep(group: Group, figures: Sequence[Figures], *, load: float) -> Entry:
    """Add the group to the two files, in place of its older figures, and return it."""
    entry = _entry(group, figures, load)
    kept: Entry = json.loads(_JSON.read_text()) if _JSON.exists() else {"groups": {}}
    kept = {"schema": "cpor-batch.bench/1", "groups": {**kept["groups"], group.key: entry}}
    _JSON.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    tables = "\n".join(table_of(one) for one in kept["groups"].values())
    _TEXT.write_text(f"{_NOTE}\n\n{tables}")
    return entry


def _entry(group: Group, figures: Sequence[Figures], load: float) -> Entry:
    return {
        "title": group.title,
        "note": group.note,
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": _machine() | {"load_before": round(load, 1), "load_after": round(os.getloadavg()[0], 1)},
        "rounds": len(figures[0].wall),
        "cases": [_case(one) for one in figures],
        "ratios": [
            {
                "label": ratio.label,
                "wall": _ratio(figures, group, number, "wall"),
                "cpu": _ratio(figures, group, number, "cpu"),
                "target": ratio.target,
            }
            for number, ratio in enumerate(group.ratios)
        ],
    }


def _case(one: Figures) -> Entry:
    return {
        "key": one.case.key,
        "label": one.case.label,
        "units": one.case.units,
        "wall_seconds": [round(seconds, 3) for seconds in one.wall],
        "cpu_seconds": [round(seconds, 3) for seconds in one.cpu],
        "peak_bytes": one.peak or None,
    }


def _ratio(figures: Sequence[Figures], group: Group, number: int, what: str) -> float | None:
    ratio = ratio_of(figures, group.ratios[number], what=what)
    return None if ratio is None else round(ratio, 3)


def _machine() -> Entry:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def table_of(entry: Entry) -> str:
    """Return a group as text: its ratios first, then what they come from."""
    machine = entry["machine"]
    when = f"  {entry['measured_at'][:10]}, {entry['rounds']} rounds, {machine['cores']} cores"
    where = f"{machine['processor']}, {machine['memory_gb']} GB, Python {machine['python']}"
    load = f"load {machine['load_before']} to {machine['load_after']}"
    lines = [entry["title"], f"{when}, {where}, {load}"]
    for ratio in entry["ratios"]:
        if ratio["wall"] is not None:
            target = f"   aim {ratio['target']}" if ratio["target"] else ""
            lines.append(f"  {ratio['label']:<48} {ratio['wall']:7.2f} wall {ratio['cpu']:7.2f} cpu{target}")
    lines.append(f"  {'':<52} {'wall s':>8} {'cpu s':>8} {'peak MB':>8} {'per s':>9}")
    lines += map(_line, entry["cases"])
    if entry["note"]:
        lines.append(f"  {entry['note']}")
    return "\n".join(lines) + "\n"


def _line(case: Entry) -> str:
    wall, cpu = statistics.median(case["wall_seconds"]), statistics.median(case["cpu_seconds"])
    peak = f"{case['peak_bytes'] / _MEBIBYTE:8.0f}" if case["peak_bytes"] else f"{'':8}"
    rate = f"{case['units'] / wall:9,.0f}" if case["units"] else ""
    return f"  {case['label']:<52} {wall:8.2f} {cpu:8.2f} {peak} {rate}".rstrip()
