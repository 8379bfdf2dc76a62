from pathlib import Path

import openpyxl

from tests.cli.conftest import Type


def test_page_and_workbook_tell_the_past_and_end_with_today(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    type_command("status", "--format", "html", "--output", "status.html")
    type_command("status", "--format", "xlsx", "--output", "status.xlsx")

    page = (workspace / "status.html").read_text(encoding="utf-8")
    figure = page.split('<figure class="stack"')[1].split("</figure>")[0]
    latest, before = figure.split('<th scope="row">')[1:3]
    book = openpyxl.load_workbook(workspace / "status.xlsx")
    assert f'<td class="n">{book["Claims"].max_row - 4}</td></tr>' in latest
    assert '<td class="n">0</td></tr>' in before
    # openpyxl reads charts back only where they are real Excel charts; its types do not know them.
    assert len(book["Summary"]._charts) == 5  # type: ignore[attr-defined]
