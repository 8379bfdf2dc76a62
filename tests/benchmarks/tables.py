"""Workbooks: checking them against the floor and against what one would write without us."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.benchmarks.batches import TODAY, cache_folder, find_batch
from tests.benchmarks.measure import DONE, Case, Group, Ratio
from tests.benchmarks.workspaces import CPOR_BATCH, copy_workspace, find_workspace

PEERS: Final = Path(__file__).parent / "peers"
ROWS: Final = 100_000
MILLION: Final = 1_000_000
_AS_OF: Final = ("--as-of", TODAY.isoformat())


def check_command(path: Path, *more: str) -> list[str]:
    """Return the command that checks a workbook and prints the result only."""
    return [*CPOR_BATCH, "check", str(path), *_AS_OF, "--quiet", *more]


def peer_command(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the scripts in peers/."""
    return [sys.executable, str(PEERS / f"{name}.py"), *arguments]


def checking() -> Group:
    """Return the group about `check` on 100,000 claim lines."""
    good, bad = find_batch(ROWS), find_batch(ROWS, bad_share=0.2)
    result = cache_folder() / "result.xlsx"
    return Group(
        key="check",
        title=f"Check {ROWS:,} claim lines x 30 columns (.xlsx)",
        cases=(
            Case(
                key="iter_rows",
                label="python-calamine alone, iter_rows",
                command=peer_command("bare_calamine", str(good)),
                units=ROWS,
            ),
            Case(
                key="check",
                label="cpor-batch check, 1 % bad",
                command=check_command(good),
                expected=DONE,
                units=ROWS,
            ),
            Case(
                key="check-bad",
                label="cpor-batch check, 20 % bad",
                command=check_command(bad),
                expected=DONE,
                units=ROWS,
            ),
            Case(
                key="check-result",
                label="cpor-batch check, 1 % bad, --result",
                command=check_command(good, "--result", str(result)),
                expected=DONE,
                units=ROWS,
            ),
        ),
        ratios=(
            Ratio(label="check / bare reading", of="check", to="iter_rows", target="<= 2.5"),
            Ratio(label="20 % bad / 1 % bad", of="check-bad", to="check", target="<= 1.5"),
            Ratio(label="with result workbook / without", of="check-result", to="check", target="<= 1.15"),
        ),
        rounds=5,
    )


def against_pandas() -> Group:
    """Return the group about `check` beside pandas, openpyxl and pandera."""
    good = find_batch(ROWS)
    return Group(
        key="pandas",
        title=f"The same workbook by pandas, openpyxl and pandera ({ROWS:,} claim lines)",
        cases=(
            Case(
                key="check", label="cpor-batch check", command=check_command(good), expected=DONE, units=ROWS
            ),
            Case(
                key="pandas",
                label="pandas.read_excel(openpyxl) + pandera, lazy",
                command=peer_command("pandas_pandera", str(good)),
                units=ROWS,
            ),
        ),
        ratios=(Ratio(label="pandas + pandera / check", of="pandas", to="check", target=">= 6"),),
        rounds=2,
    )


def growth() -> Group:
    """Return the group about how `check` grows with the number of rows."""
    sizes = (1_000, 10_000, ROWS, MILLION)
    return Group(
        key="growth",
        title="Check, by number of claim lines (1 % bad)",
        cases=tuple(
            Case(
                key=f"rows-{size}",
                label=f"{size:,} claim lines",
                command=check_command(find_batch(size)),
                expected=DONE,
                units=size,
            )
            for size in sizes
        ),
        ratios=(
            Ratio(label="1,000,000 / 100,000", of="rows-1000000", to="rows-100000", target="about 10"),
            Ratio(label="100,000 / 10,000", of="rows-100000", to="rows-10000", target="below 10"),
        ),
        rounds=2,
    )


def recording() -> Group:
    """Return the group about `ingest` of a large batch into an empty and into a large ledger."""
    return _recording("ingest", ROWS, ingest_target="<= 1.6", ledger_target="<= 1.2")


def recording_few() -> Group:
    """Return the group about `ingest` of a batch of usual size into an empty and into a large ledger."""
    return _recording("ingest-few", ROWS // 10, ledger_target="<= 1.3")


def _recording(key: str, rows: int, *, ingest_target: str = "", ledger_target: str) -> Group:
    good = find_batch(rows)
    cases = [
        Case(key="check", label="cpor-batch check", command=check_command(good), expected=DONE, units=rows)
    ]
    for lines in (0, MILLION):
        source, target = find_workspace(lines), cache_folder() / f"ingest-into-{lines}"
        cases.append(
            Case(
                key=f"ingest-{lines}",
                label=f"cpor-batch ingest, ledger of {lines:,} claim lines",
                command=[*CPOR_BATCH, "ingest", str(good), "--workspace", str(target), *_AS_OF, "--quiet"],
                prepare=_fresh(source, target),
                expected=DONE,
                units=rows,
            )
        )
    return Group(
        key=key,
        title=f"Record {rows:,} claim lines",
        cases=cases,
        ratios=(
            Ratio(label="ingest, empty ledger / check", of="ingest-0", to="check", target=ingest_target),
            Ratio(
                label="ledger of 1,000,000 / empty ledger",
                of=f"ingest-{MILLION}",
                to="ingest-0",
                target=ledger_target,
            ),
        ),
    )


def _fresh(source: Path, target: Path) -> Callable[[], None]:
    return lambda: copy_workspace(source, target)


def starting() -> Group:
    """Return the group about how soon a small job is done."""
    few = 400
    return Group(
        key="start",
        title="Start-up",
        cases=(
            Case(key="pass", label="python -c pass", command=[sys.executable, "-c", "pass"]),
            Case(key="help", label="cpor-batch --help", command=[*CPOR_BATCH, "--help"]),
            Case(
                key="imports",
                label="import pandas, pandera.pandas",
                command=[sys.executable, "-c", "import pandas, pandera.pandas"],
            ),
            Case(
                key="check-few",
                label=f"cpor-batch check, {few} rows",
                command=check_command(find_batch(few)),
                expected=DONE,
                units=few,
            ),
        ),
        ratios=(
            Ratio(label="--help / python -c pass", of="help", to="pass", target="<= 8"),
            Ratio(label=f"check of {few} rows / the imports", of="check-few", to="imports", target="<= 1.6"),
        ),
        rounds=9,
    )
