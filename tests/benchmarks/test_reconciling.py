"""How long an export of 500,000 rows takes to be reconciled, and how much memory; `make bench` prints it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import PARTNER
from tests.lifecycle.office import Office

ROWS = 500_000
MOST_BYTES = 400 * 1024 * 1024
"""The whole process. Reading everything at once takes several times as much."""
_MEASURED = """
import atexit, resource, sys
from cpor_batch.cli import main
atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file=sys.stderr))
main()
"""
_HEADER = (
    "Claim ID,Claim name,Status,MPN ID,Partner name,Customer name,Customer tenant ID,Solution area,Activity,"
    "Product or workload,Submitted date,Last updated\n"
)
_PRODUCTS = ("Exchange Online", "Microsoft Teams", "SharePoint Online", "Intune", "Viva Engage")


def lines(rows: int) -> Iterator[str]:
    """Yield claims of five workloads each, two claims at a tenant."""
    for row in range(rows):
        claim, product = divmod(row, len(_PRODUCTS))
        tenant = f"{claim // 2:08x}-1111-4111-8111-111111111111"
        yield (
            f"CA-{claim:07d},Woodgrove {claim},Approved,{PARTNER},Fabrikam,Woodgrove {claim // 2},{tenant},"
            f"Microsoft 365,Usage,{_PRODUCTS[product]},2021-03-30,2021-04-09\n"
        )


def reconcile(office: Office, path: Path) -> tuple[int, dict[str, int], int, float]:
    """Return exit code, counts, peak memory in bytes and seconds of one reconciliation in its own process."""
    output = office.folder / "result.json"
    words = [
        sys.executable,
        "-c",
        _MEASURED,
        "reconcile",
        str(path),
        "--format",
        "json",
        "--output",
        str(output),
    ]
    words += ["--workspace", str(office.folder), "--as-of", "2021-04-20"]
    began = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    counts: dict[str, int] = json.loads(output.read_text(encoding="utf-8"))["counts"]
    return done.returncode, counts, int(done.stderr.split()[-1]), seconds


@pytest.mark.long
@pytest.mark.parametrize("share_known", [0, 1], ids=["nothing-known", "all-known"])
def test_an_export_of_500_000_rows_takes_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share_known: int
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    office = Office.open(tmp_path)
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        file.writelines(lines(ROWS))
    if share_known:
        assert office.type("import", str(path), "--adopt", day="2021-04-20").code == 0

    code, counts, peak, seconds = reconcile(office, path)

    claims = ROWS // len(_PRODUCTS)
    print(f"\n{ROWS:,} rows, {claims:,} claims: {seconds:.0f} s, {peak / 2**20:.0f} MB")
    assert counts["rows"] == ROWS
    assert counts["claims"] == claims
    assert counts["matched"] == claims * share_known
    assert code == 1 - share_known
    assert peak < MOST_BYTES
