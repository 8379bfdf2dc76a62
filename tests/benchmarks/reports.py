"""Reports: the status of many claims, and which library writes large workbooks fastest."""

import importlib.util
from typing import Final

from tests.benchmarks.batches import TODAY, cache_folder
from tests.benchmarks.measure import DONE, Case, Group, Ratio
from tests.benchmarks.tables import peer_command
from tests.benchmarks.workspaces import CPOR_BATCH, find_workspace

CLAIMS: Final = 100_000
_LINES: Final = 300_000
"""Claim lines that make about so many claims."""
_COLUMNS: Final = 20


def status() -> Group:
    """Return the group about the status report."""
    workspace = find_workspace(_LINES)
    command = [*CPOR_BATCH, "status", "--workspace", str(workspace), "--as-of", TODAY.isoformat(), "--quiet"]
    out = cache_folder() / "status"
    return Group(
        key="status",
        title=f"Status report over about {CLAIMS:,} claims",
        cases=tuple(
            Case(
                key=f"status-{form}",
                label=f"cpor-batch status --format {form}",
                command=[*command, "--format", form, "--output", f"{out}.{form}"],
                expected=DONE,
                units=CLAIMS,
            )
            for form in ("json", "xlsx", "html")
        ),
        ratios=(Ratio(label="as workbook / as JSON", of="status-xlsx", to="status-json"),),
        rounds=2,
    )


def writers() -> Group:
    """Return the group about the libraries that write workbooks."""
    names = {
        "xlsxwriter": "xlsxwriter",
        "openpyxl": "openpyxl, write-only",
        "rustpy_xlsxwriter": "rustpy-xlsxwriter",
    }
    target = cache_folder() / "written.xlsx"
    found = [name for name in names if importlib.util.find_spec(name)]
    return Group(
        key="writers",
        title=f"A table of {CLAIMS:,} rows x {_COLUMNS} columns, by writer",
        cases=tuple(
            Case(
                key=name,
                label=names[name],
                command=peer_command("write_table", name, str(CLAIMS), str(_COLUMNS), str(target)),
                units=CLAIMS,
            )
            for name in found
        ),
        ratios=tuple(
            Ratio(label=f"{names[name]} / xlsxwriter", of=name, to="xlsxwriter")
            for name in found
            if name != "xlsxwriter"
        ),
        rounds=2,
        note="Writers that are not installed are left out.",
    )
