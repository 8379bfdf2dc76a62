"""The same table written by other programs gives the same verdict, cell by cell."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from cpor_batch.assets import Assets
from cpor_batch.pipeline.check import check
from cpor_batch.pipeline.progress import Silent
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.verdict_json import verdict_json
from cpor_batch.settings import load_settings

Table = Sequence[Sequence[Any]]  # Any: cells of every type
LIBRARIES = {"exceljs": "exceljs@4.4.0", "sheetjs": "xlsx-republish@0.20.3"}


@cache
def table() -> Table:
    """Return the cells of the dirty sample without those that only Excel can make (errors and formulas)."""
    sheet = load_workbook(Assets().sample_data() / "02-dirty.xlsx")["Claims"]
    return [[_portable(cell.value) for cell in row] for row in sheet.iter_rows()]


def _portable(value: Any) -> Any:  # Any: cells of every type
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and value.startswith(("=", "#")):
        return None
    if isinstance(value, str):
        # Producers differ in what they make of characters that XML cannot say.
        return "".join(sign for sign in value if sign >= " " or sign == "\n") or None
    return value


def write_with_openpyxl(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Claims"
    for row in table():
        sheet.append(list(row))
    book.save(path)


def write_with_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Claims")
        for index, row in enumerate(table()):
            sheet.write_row(index, 0, ["" if cell is None else cell for cell in row])


def write_with_libreoffice(path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    source, profile = path.parent / "ods" / path.name, path.parent / "profile"
    source.parent.mkdir()
    write_with_openpyxl(source)
    # By way of its own format, so that every cell is one of LibreOffice's.
    for form, name in (("ods", source), ("xlsx", source.with_suffix(".ods"))):
        outdir = source.parent if form == "ods" else path.parent
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{profile}",
             "--convert-to", form, "--outdir", str(outdir), str(name)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def write_with_node(library: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed: apt-get install npm")
        modules = node_modules(library, path.parent)
        cells = path.with_suffix(".json")
        cells.write_text(json.dumps(table(), default=lambda day: {"date": day.isoformat()}))
        script = Path(__file__).with_name("write_workbook.cjs")
        subprocess.run(
            ["node", str(script), library, str(cells), str(path)],
            check=True, capture_output=True, timeout=120, env={**os.environ, "NODE_PATH": str(modules)},
        )  # fmt: skip

    return write


def node_modules(library: str, folder: Path) -> Path:
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*install, LIBRARIES[library]], check=True, capture_output=True, timeout=280)
    return folder / "node_modules"


PRODUCERS: dict[str, Callable[[Path], None]] = {
    "xlsxwriter": write_with_xlsxwriter,
    "libreoffice": write_with_libreoffice,
    "exceljs": write_with_node("exceljs"),
    "sheetjs": write_with_node("sheetjs"),
}


def verdict_on(path: Path) -> dict[str, Any]:  # Any: what JSON can say
    workspace = Workspace(load_settings(None, as_of="2021-04-01"))
    checked = check([path], workspace, progress=Silent())
    return dict(verdict_json(checked.judgement.verdict))


@pytest.mark.slow
@pytest.mark.parametrize("producer", PRODUCERS)
def test_every_producer_of_the_same_table_gets_the_same_verdict(producer: str, tmp_path: Path) -> None:
    expected, written = tmp_path / "first" / "claims.xlsx", tmp_path / "second" / "claims.xlsx"
    for path in (expected, written):
        path.parent.mkdir()
    write_with_openpyxl(expected)

    PRODUCERS[producer](written)

    wanted, got = verdict_on(expected), verdict_on(written)
    assert len(wanted["issues"]) > 40
    assert got == wanted
