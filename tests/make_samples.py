"""Make sample_data/, or say whether it is what this makes: `python -m tests.make_samples [--check]`."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from tests.samples.story import build_files

FOLDER: Final = Path(__file__).resolve().parent.parent / "sample_data"


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write all files below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def find_differences(files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """Yield a sentence for each file that is missing, superfluous or not as the generator makes it.

    Workbooks are compared cell by cell: their bytes also depend on the versions of XlsxWriter and zlib.
    """
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(there - files.keys()):
        yield f"{name} is not made by the generator."
    for name, content in files.items():
        if name not in there:
            yield f"{name} is missing."
            continue
        found = (folder / name).read_bytes()
        if found != content and not (name.endswith(".xlsx") and _cells(found) == _cells(content)):
            yield f"{name} differs from what the generator makes."


def _cells(workbook: bytes) -> list[tuple[str, str, object, bool]]:
    """Return every filled cell: sheet, place, value or formula, and whether its row is hidden."""
    from openpyxl import load_workbook

    return [
        (sheet.title, cell.coordinate, cell.value, bool(sheet.row_dimensions[cell.row].hidden))
        for data_only in (False, True)
        for sheet in load_workbook(BytesIO(workbook), data_only=data_only).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the samples, or with --check print what differs; 1 if something does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what differs")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    files = build_files()
    if not options.check:
        write_files(files, options.folder)
        return 0
    differences = list(find_differences(files, options.folder))
    print("\n".join(differences) or "The samples are what the generator makes.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
