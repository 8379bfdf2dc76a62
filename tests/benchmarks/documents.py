"""Letters: ours beside WeasyPrint as its manual begins, and beside other ways to make a PDF of a letter."""

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Final

from tests.benchmarks.batches import TODAY, VERSION, cache_folder
from tests.benchmarks.measure import Case, Group, Ratio, start
from tests.benchmarks.tables import peer_command
from tests.benchmarks.workspaces import CPOR_BATCH, copy_workspace, find_workspace

LETTERS: Final = 100
_LINES: Final = 450
"""Claim lines of which more than so many claims are owed a letter."""
_MANY_LINES: Final = 6_600
"""Claim lines that make about 2,000 claims."""


def letters() -> Group:
    """Return the group about making letters."""
    pages = _pages()
    target = cache_folder() / "letters"
    cases = [
        Case(
            key="naive",
            label="WeasyPrint, HTML(string=...).write_pdf() each",
            command=peer_command("naive_weasyprint", str(pages), str(target)),
            units=LETTERS,
        ),
        *(
            Case(
                key=f"ours-{workers}",
                label=f"ours, PDF/A-3a, {workers} worker{'s' if workers > 1 else ''}",
                command=[
                    sys.executable,
                    "-m",
                    "tests.benchmarks.peers.our_letters",
                    str(LETTERS),
                    str(workers),
                    str(target),
                ],
                units=LETTERS,
            )
            for workers in (1, 2)
        ),
        *_other_peers(pages, target),
    ]
    return Group(
        key="letters",
        title=f"Make {LETTERS} letters, one PDF each",
        cases=cases,
        ratios=(
            Ratio(label="naive WeasyPrint / ours, 1 worker", of="naive", to="ours-1", target=">= 1.6"),
            Ratio(label="1 worker / 2 workers", of="ours-1", to="ours-2", target=">= 1.8"),
            *(
                Ratio(label=f"{case.label} / ours, 1 worker", of=case.key, to="ours-1")
                for case in _other_peers(pages, target)
            ),
        ),
        rounds=3,
        note="Start-up included. LibreOffice and Typst set a plainer layout of their own.",
    )


def _other_peers(pages: Path, target: Path) -> list[Case]:
    found = []
    if shutil.which("chromium") and importlib.util.find_spec("playwright"):
        command = peer_command("chromium_pdf", str(pages), str(target))
        found.append(Case(key="chromium", label="Chromium, print to PDF", command=command, units=LETTERS))
    if shutil.which("soffice") and importlib.util.find_spec("docxtpl"):
        command = peer_command("office_letters", str(LETTERS), str(target))
        found.append(Case(key="office", label="docxtpl + LibreOffice", command=command, units=LETTERS))
    if importlib.util.find_spec("typst"):
        command = peer_command("typst_letters", str(LETTERS), str(target))
        found.append(Case(key="typst", label="Typst", command=command, units=LETTERS))
    return found


def _pages() -> Path:
    """Return a folder with the letters as HTML, each with its stylesheet in it."""
    folder = cache_folder() / f"v{VERSION}-pages-{LETTERS}"
    shutil.rmtree(folder, ignore_errors=True)
    process = start(
        [sys.executable, "-m", "tests.benchmarks.peers.our_letters", str(LETTERS), "0", str(folder)]
    )
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(errors.decode())
    return folder


def unchanged() -> Group:
    """Return the group about a run that has nothing to make."""
    kept = cache_folder() / f"v{VERSION}-made-{_MANY_LINES}"
    command = [*CPOR_BATCH, "documents", "--workspace", str(kept), "--as-of", TODAY.isoformat(), "--quiet"]
    if not kept.exists():
        unfinished = kept.with_suffix(".part")
        copy_workspace(find_workspace(_MANY_LINES), unfinished)
        process = start([part if part != str(kept) else str(unfinished) for part in command])
        _, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(errors.decode())
        unfinished.rename(kept)
    return Group(
        key="unchanged",
        title="Documents of about 2,000 claims, none of them due",
        cases=(
            Case(key="pass", label="python -c pass", command=[sys.executable, "-c", "pass"]),
            Case(key="unchanged", label="cpor-batch documents", command=command, units=2_000),
        ),
        ratios=(Ratio(label="cpor-batch documents / python -c pass", of="unchanged", to="pass"),),
        note="To be done within 3 s.",
    )
