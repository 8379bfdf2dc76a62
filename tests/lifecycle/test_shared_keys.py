"""What Microsoft says may put two claims on one key: it is recorded, and told until one gives the key up."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.builders import OTHER_PARTNER
from tests.lifecycle.office import Json, Office

DAY = "2021-04-12"
NORTHWIND = {
    "claim_name": "Northwind Exchange",
    "mpn_id": OTHER_PARTNER,
    "partner_name": "Northwind",
    "partner_contact_email": "pat@northwind.example",
}
SISTER = {**NORTHWIND, "partner_name": "Fabrikam GmbH", "partner_organisation": "Fabrikam"}
TWIN = {"claim_name": "Contoso Exchange again"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def take_the_key(office: Office, second: dict[str, str] = NORTHWIND) -> None:
    """Have Fabrikam's claim rejected and give the key to another claim, which is a draft still."""
    office.ingest([{"submitted_on": "2021-04-01"}], day="2021-04-01")
    office.type("record", "Contoso Exchange", "rejected", day="2021-04-05")
    office.ingest([{"partner_organisation": "", **second}], day="2021-04-06")


def bring_back(office: Office, second: dict[str, str] = NORTHWIND) -> None:
    """Have Microsoft look at the rejected claim once more."""
    take_the_key(office, second)
    said = office.type("record", "Contoso Exchange", "under-review", day=DAY)
    assert said.code == 0, said.err


def open_conflicts(office: Office) -> list[Json]:
    found: list[Json] = office.type("conflicts", "--format", "json", day=DAY).json["conflicts"]
    return found


def decide(office: Office, decision: str) -> tuple[int, str]:
    """Decide the only conflict in the workbook; return the exit code and what was said."""
    path = office.folder / "decisions.xlsx"
    office.type("conflicts", "--xlsx", str(path), day=DAY)
    book = load_workbook(path)
    sheet = book["Decisions"]
    columns = {cell.value: number for number, cell in enumerate(sheet[4], start=1)}
    row = next(
        row
        for row in range(5, sheet.max_row + 1)
        if str(sheet.cell(row, columns["Conflict ID"]).value or "").startswith("K-")
    )
    sheet.cell(row, columns["Decision"]).value = decision
    sheet.cell(row, columns["Reason"]).value = "The customer said so."
    book.save(path)
    said = office.type("resolve", str(path), day=DAY)
    return said.code, said.out + said.err


def statuses(office: Office) -> dict[str, str]:
    claims = office.type("status", "--format", "json", day=DAY).json["claims"]
    return {item["claim_name"]: item["status"] for item in claims}


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (NORTHWIND, "held-by-other-partner"),
        (SISTER, "same-organisation"),
        (TWIN, "own-duplicate"),
    ],
)
def test_two_claims_on_one_key_are_a_conflict_that_holds_nobody(
    office: Office, second: dict[str, str], kind: str
) -> None:
    bring_back(office, second)

    said = office.type("conflicts", "--format", "json", day=DAY)

    (found,) = said.json["conflicts"]
    assert (said.code, found["kind"], said.json["held_claims"]) == (1, kind, 0)
    assert [side["status"] for side in found["claims"]] == ["under-review", "editing"]
    assert "Withdraw" not in found["decisions"]
    assert statuses(office) == {"Contoso Exchange": "under-review", second["claim_name"]: "editing"}


def test_a_claim_that_came_back_to_a_free_key_is_no_conflict(office: Office) -> None:
    office.ingest([{"submitted_on": "2021-04-01"}], day="2021-04-01")
    office.type("record", "Contoso Exchange", "rejected", day="2021-04-05")
    said = office.type("record", "Contoso Exchange", "under-review", day=DAY)

    assert "Warning" not in said.err
    assert office.type("conflicts", day=DAY).code == 0


def test_the_conflict_is_over_when_one_of_them_gives_the_key_up(office: Office) -> None:
    bring_back(office)

    office.type("withdraw", "Northwind Exchange", "--reason", "Agreed", day=DAY)

    said = office.type("conflicts", day=DAY)
    assert (said.code, said.out) == (0, "No conflict is open.\n")


def test_the_text_says_that_both_hold_it(office: Office) -> None:
    bring_back(office)

    said = office.type("conflicts", day=DAY)

    assert said.out.startswith("More than one partner holds it: Exchange Online at Contoso AB")
    assert "1 conflict is open and no claim is held." in said.out


@pytest.mark.parametrize("form", [[], ["--dry-run"], ["--format", "json"]])
def test_record_names_the_other_holder(office: Office, form: list[str]) -> None:
    take_the_key(office)

    said = office.type("record", "Contoso Exchange", "under-review", *form, day=DAY)

    (warning,) = [line for line in said.err.splitlines() if line.startswith("Warning")]
    assert "Northwind holds Exchange Online at Contoso AB too" in warning
    assert "cpor-batch conflicts" in warning


def test_a_workbook_of_records_names_the_other_holder(office: Office) -> None:
    take_the_key(office)
    path = office.write("records.csv", [{"claim": "Contoso Exchange", "status": "under-review"}])

    said = office.type("record", "--from", str(path), day=DAY)

    assert said.err.count("Warning: Northwind holds") == 1


def test_import_names_the_other_holder(office: Office) -> None:
    take_the_key(office)

    said = office.take([{"Status": "Under review", "Last updated": DAY}], day=DAY)

    assert said.err.count("Warning: Northwind holds Exchange Online at Contoso AB too") == 1
    assert [found["kind"] for found in open_conflicts(office)] == ["held-by-other-partner"]


def test_an_adopted_association_beside_a_draft_is_told(office: Office) -> None:
    office.ingest([{}], day="2021-04-01")
    line = {"Claim ID": "CA-9", "Claim name": "Old", "MPN ID": OTHER_PARTNER, "Partner name": "Northwind"}

    said = office.take([line], "--adopt", day=DAY)

    assert said.json["counts"]["adopted"] == 1
    assert said.err.count("Warning: Fabrikam holds Exchange Online") == 1
    assert [found["kind"] for found in open_conflicts(office)] == ["held-by-other-partner"]


def test_status_lists_both_among_what_needs_you(office: Office) -> None:
    bring_back(office)

    claims = office.type("status", "--format", "json", day=DAY).json["claims"]

    needs = [[need["what"] for need in item["needs"] if "too" in need["kind"].split("-")] for item in claims]
    assert ["Northwind" in needs[0][0], "Fabrikam" in needs[1][0]] == [True, True]


def test_keeping_the_claim_that_microsoft_has_withdraws_the_draft(office: Office) -> None:
    bring_back(office)

    code, said = decide(office, "Keep first")

    assert code == 0, said
    assert statuses(office) == {"Contoso Exchange": "under-review", "Northwind Exchange": "withdrawn"}
    assert open_conflicts(office) == []


def test_a_claim_that_microsoft_has_is_not_withdrawn_by_a_decision(office: Office) -> None:
    bring_back(office)

    code, said = decide(office, "Keep second")

    assert code == 1
    assert "cannot be withdrawn by a decision" in said
    assert "Take it back in Partner Center" in said
    assert statuses(office) == {"Contoso Exchange": "under-review", "Northwind Exchange": "editing"}


@pytest.mark.parametrize("second", [NORTHWIND, TWIN])
def test_no_conflict_closes_it_for_good(office: Office, second: dict[str, str]) -> None:
    bring_back(office, second)

    code, said = decide(office, "Not a conflict")

    assert code == 0, said
    assert open_conflicts(office) == []
    again = office.type("record", "Contoso Exchange", "approved", day=DAY)
    assert "Warning" not in again.err
    assert office.type("ledger", "verify").code == 0
