"""The reports of scheduled runs: the last ones are kept, and the newest has a name that stays."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cpor_batch.files import write_atomically

STEM: Final = "reconciliation"
FORMS: Final = ("xlsx", "html", "json")
LATEST: Final = "latest"


def report_path(folder: Path, name: str, form: str) -> Path:
    """Return where a report of that name goes: reconciliation-NAME.xlsx."""
    return folder / f"{STEM}-{name}.{form}"


def point_to_latest(folder: Path, written: Sequence[Path]) -> tuple[Path, ...]:
    """Copy the reports to names that stay, and return them: links work neither everywhere nor in mails."""
    copies = []
    for path in written:
        copy = report_path(folder, LATEST, path.suffix.lstrip("."))
        write_atomically(copy, path.read_bytes())
        copies.append(copy)
    return tuple(copies)


def drop_old_reports(folder: Path, *, keep: int) -> tuple[Path, ...]:
    """Remove all reports but those of the last `keep` runs, and return what was removed.

    Runs sort by name, which begins with the time. Other files of the folder are left alone.
    """
    runs: dict[str, list[Path]] = {}
    for form in FORMS:
        for path in folder.glob(f"{STEM}-*Z-*.{form}"):
            runs.setdefault(path.stem, []).append(path)
    removed = []
    for stem in sorted(runs)[: max(len(runs) - keep, 0)]:
        for path in runs[stem]:
            # A report that somebody has open stays for the next run.
            with suppress(OSError):
                path.unlink()
                removed.append(path)
    return tuple(removed)
