"""A change of a claim that Microsoft has, held by a conflict: kept, shown, decided, then made or dropped."""

import pytest
from openpyxl import load_workbook

from tests.builders import OTHER_PARTNER
from tests.lifecycle.office import GOOD_ROW, Office, Said

NAME = "Contoso Exchange"
TEAMS = {"product": "Microsoft Teams", "engagement_description": "Set up calling."}
SHAREPOINT = {"product": "SharePoint Online", "engagement_description": "Built the intranet."}
RIVAL = {**TEAMS, "claim_name": "Rival Teams", "mpn_id": OTHER_PARTNER, "partner_name": "Northwind"}
DAY = "2021-04-12"


def bring(office: Office, *rows: dict[str, str], day: str = DAY) -> Said:
    """Ingest the claim with these lines."""
    submitted = {"submitted_on": "2021-03-30"}
    path = office.write("changed.csv", [{**GOOD_ROW, **submitted, **row} for row in rows])
    return office.type("ingest", str(path), "--format", "json", day=day)


@pytest.fixture
def asked(office: Office) -> Office:
    """Let Microsoft ask for more on a claim, which is then to get a line that another partner holds."""
    office.ingest([{}, RIVAL], day="2021-03-29")
    office.type("record", NAME, "submitted", "--on", "2021-03-30", day="2021-03-30")
    office.type("record", NAME, "partner-action-required", day="2021-04-09")
    return office


def lines_of(office: Office, day: str = DAY) -> list[str]:
    return [line["product"] for line in office.claims(day)[NAME]["lines"]]


def decide(office: Office, decision: str) -> Said:
    """Write the decision into the workbook of conflicts and carry it out."""
    path = office.folder / "decisions.xlsx"
    office.type("conflicts", "--xlsx", str(path), day=DAY)
    book = load_workbook(path)
    sheet = book["Decisions"]
    header = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    row = next(
        cell.row
        for cell in sheet[letter_of(header["Conflict ID"])]
        if cell.value not in (None, "Conflict ID")
    )
    sheet.cell(row, header["Decision"]).value = decision
    sheet.cell(row, header["Reason"]).value = "agreed by phone"
    book.save(path)
    return office.type("resolve", str(path), "--format", "json", day=DAY)


def letter_of(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def test_the_change_is_recorded_and_the_claim_stays_as_it_was(asked: Office) -> None:
    said = bring(asked, {}, TEAMS)

    assert (said.code, said.json["counts"]["held"]) == (1, 2)
    claim = asked.claims(DAY)[NAME]
    assert (claim["status"], lines_of(asked)) == ("partner-action-required", ["Exchange Online"])
    assert "held-for-a-conflict" in [need["kind"] for need in claim["needs"]]
    event = asked.events(DAY, NAME)[-1]
    assert (event["kind"], event["row"]) == ("change-held", 2)
    assert event["after"]["product"] == ["Exchange Online", "Microsoft Teams"]


def test_the_conflict_is_listed(asked: Office) -> None:
    bring(asked, {}, TEAMS)

    said = asked.type("conflicts", "--format", "json", day=DAY)

    assert said.code == 1
    (conflict,) = said.json["conflicts"]
    assert conflict["kind"] == "held-by-other-partner"
    assert [side["claim_name"] for side in conflict["claims"]] == ["Rival Teams", NAME]
    assert (said.json["held_claims"], said.json["waiting_changes"]) == (0, 1)
    assert "1 change waits" in asked.type("conflicts", day=DAY).out


def test_the_same_batch_again_is_nothing_new(asked: Office) -> None:
    bring(asked, {}, TEAMS)
    before = asked.events(DAY)

    bring(asked, {}, TEAMS)

    assert asked.events(DAY) == before


def test_the_change_is_made_when_it_is_decided_so(asked: Office) -> None:
    bring(asked, {}, TEAMS)

    said = decide(asked, "Contest with newer PoE")

    assert (said.code, said.json["counts"]["released"]) == (0, 1)
    assert lines_of(asked) == ["Exchange Online", "Microsoft Teams"]
    assert asked.claims(DAY)[NAME]["status"] == "partner-action-required"
    assert [event["kind"] for event in asked.events(DAY, NAME)][-3:] == [
        "change-held",
        "decided",
        "change-released",
    ]
    assert asked.type("conflicts", day=DAY).code == 0
    assert asked.type("ledger", "verify").code == 0


@pytest.mark.parametrize("decision", ["Keep first", "Withdraw"])
def test_the_change_is_dropped_when_it_gives_way(asked: Office, decision: str) -> None:
    bring(asked, {}, TEAMS)

    said = decide(asked, decision)

    assert (said.code, said.json["withdrawn"], len(said.json["dropped"])) == (0, [], 1)
    assert (asked.claims(DAY)[NAME]["status"], lines_of(asked)) == (
        "partner-action-required",
        ["Exchange Online"],
    )
    assert asked.events(DAY, NAME)[-1]["kind"] == "change-dropped"
    assert asked.type("conflicts", day=DAY).code == 0


def test_another_change_takes_the_place_of_the_one_that_waits(asked: Office) -> None:
    bring(asked, {}, TEAMS)

    said = bring(asked, {}, SHAREPOINT)

    assert (said.code, said.json["recorded"]) == (0, 2)
    assert lines_of(asked) == ["Exchange Online", "SharePoint Online"]
    assert asked.type("conflicts", day=DAY).code == 0


def test_the_claim_as_it_is_drops_the_change_that_waits(asked: Office) -> None:
    bring(asked, {}, TEAMS)

    bring(asked, {})

    assert asked.events(DAY, NAME)[-1]["kind"] == "change-dropped"
    assert asked.type("conflicts", day=DAY).code == 0


def test_a_change_that_nothing_stands_against_any_more_is_made_by_its_batch(asked: Office) -> None:
    bring(asked, {}, TEAMS)
    asked.type("withdraw", "Rival Teams", "--reason", "customer chose another", day=DAY)

    said = bring(asked, {}, TEAMS)

    assert (said.code, said.json["recorded"]) == (0, 2)
    assert lines_of(asked) == ["Exchange Online", "Microsoft Teams"]
    assert asked.type("conflicts", day=DAY).code == 0


def test_a_new_status_ends_the_wait(asked: Office) -> None:
    bring(asked, {}, TEAMS)

    asked.type("record", NAME, "approved", day=DAY)

    assert asked.type("conflicts", day=DAY).code == 0
    assert lines_of(asked) == ["Exchange Online"]


def test_undoing_the_run_drops_the_change(asked: Office) -> None:
    run = bring(asked, {}, TEAMS).json["run"]

    said = asked.type("revert", run, "--reason", "wrong file", day=DAY)

    assert said.code == 0
    assert asked.type("conflicts", day=DAY).code == 0
    assert asked.type("ledger", "verify").code == 0
