import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cpor_batch.assets import Assets
from cpor_batch.rulebook import load_rulebook
from tests.cli.conftest import Type


def name_poe(workbook: Path, path: str) -> None:
    """Name a PoE document in the first claim of the sample that is not submitted yet."""
    match_header = load_rulebook(Assets()).sheet.match_header
    book = load_workbook(workbook)
    sheet = book.active
    assert sheet is not None
    headers = [
        (number, [match_header(str(value)) if value else None for value in values])
        for number, values in enumerate(sheet.iter_rows(max_row=30, values_only=True), start=1)
    ]
    head, keys = next((number, found) for number, found in headers if "claim_name" in found)
    last = sheet.max_column + 1
    assert "poe_document" not in keys
    sheet.cell(row=head, column=last).value = "PoE document"
    row = next(
        number
        for number in range(head + 1, sheet.max_row)
        if not sheet.cell(row=number, column=keys.index("submitted_on") + 1).value
        and sheet.cell(row=number, column=keys.index("claim_name") + 1).value
    )
    sheet.cell(row=row, column=last).value = path
    book.save(workbook)


def entries(type_command: Type, *words: str) -> list[dict[str, object]]:
    document = json.loads(type_command("entry", "--format", "json", *words).out)
    assert document["schema"] == "cpor-batch.entry/1"
    found: list[dict[str, object]] = document["claims"]
    return found


def test_only_unsubmitted_claims_are_to_be_entered(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    status = json.loads(type_command("status", "--format", "json").out)

    found = {claim["reference"] for claim in entries(type_command)}

    editing = {claim["reference"] for claim in status["claims"] if claim["status"] == "editing"}
    assert found == editing
    assert 0 < len(editing) < len(status["claims"])


def test_a_recorded_submission_takes_the_claim_off_the_list(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    before = entries(type_command)

    type_command("record", str(before[0]["reference"]), "submitted")

    assert len(entries(type_command)) == len(before) - 1


def test_the_form_that_we_made_is_linked_until_a_signed_one_is_named(
    workspace: Path, type_command: Type
) -> None:
    type_command("ingest", "inbox/claims.xlsx")
    type_command("documents", "--only", "poe")
    (workspace / "sheets").mkdir()
    type_command("entry", "--html", "sheets/entry.html")

    forms = [claim["poe"] for claim in entries(type_command) if claim["poe"]["kind"] == "form"]  # type: ignore[index]

    assert forms
    assert all(Path(form["path"]).is_file() for form in forms)  # type: ignore[index]
    page = (workspace / "sheets" / "entry.html").read_text(encoding="utf-8")
    assert f'href="../out/poe/{Path(forms[0]["path"]).name}"' in page  # type: ignore[index]


def test_a_page_is_written_where_format_and_output_say(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    default = type_command("entry", "--format", "html")
    named = type_command("entry", "--format", "html", "--output", "here.html")
    type_command("entry", "--output", "here.txt")

    assert Path(default.out.strip()) == workspace / "out" / "reports" / "entry.html"
    assert named.out.strip() == "here.html"
    assert "to submit" in (workspace / "here.txt").read_text(encoding="utf-8")


def test_json_stays_alone_on_stdout_when_a_page_is_written_too(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    said = type_command("entry", "--format", "json", "--html", "entry.html")

    assert json.loads(said.out)["schema"] == "cpor-batch.entry/1"
    assert "entry.html" in said.err


def test_nothing_to_submit_is_no_failure(workspace: Path, type_command: Type) -> None:
    said = type_command("entry")
    page = type_command("entry", "--html", "entry.html")

    assert (said.code, said.out.strip()) == (0, "No claim is to be submitted.")
    assert page.code == 0
    assert "Nothing to type" in (workspace / "entry.html").read_text(encoding="utf-8")


def test_a_calendar_is_written_beside_the_status(workspace: Path, type_command: Type) -> None:
    type_command("ingest", "inbox/claims.xlsx")

    said = type_command("status", "--ics", "windows.ics", "--format", "json")
    again = (workspace / "windows.ics").read_bytes()
    type_command("status", "--ics", "windows.ics")

    windows = json.loads(said.out)["windows"]
    open_ones = [window for window in windows if window["closes_on"] >= "2021-04-01"]
    assert again.count(b"BEGIN:VEVENT") == len(open_ones) > 0
    assert (workspace / "windows.ics").read_bytes() == again


@pytest.mark.parametrize("folder", ["inbox", "elsewhere"])
def test_the_signed_poe_is_found_beside_the_workbook_that_names_it(
    workspace: Path, type_command: Type, folder: str
) -> None:
    (workspace / folder / "poe").mkdir(parents=True)
    (workspace / folder / "poe" / "signed.pdf").write_bytes(b"%PDF-1.4")
    book = workspace / folder / "signed-claims.xlsx"
    shutil.copyfile(workspace / "inbox" / "claims.xlsx", book)
    name_poe(book, "poe/signed.pdf")
    type_command("ingest", str(book))

    found = [claim["poe"] for claim in entries(type_command)]

    documents = [poe for poe in found if poe["kind"] == "document"]  # type: ignore[index]
    assert documents == [{"kind": "document", "path": str(workspace / folder / "poe" / "signed.pdf")}]
