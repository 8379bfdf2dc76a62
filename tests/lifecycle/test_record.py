"""Recording and withdrawing by the command, one claim at a time and by workbook."""

import json
from datetime import date

import pytest
from openpyxl import Workbook

from tests.builders import OTHER_PARTNER
from tests.lifecycle.office import GOOD_ROW, Office

SUBMITTED = {"submitted_on": "2021-03-30"}


def test_a_record_says_what_changed_and_what_is_open_now(office: Office) -> None:
    office.ingest([{}], day="2021-03-29")

    said = office.type("record", "Contoso Exchange", "submitted", "--on", "2021-03-30", day="2021-03-30")

    assert said.code == 0
    assert "Contoso Exchange: editing -> submitted on 2021-03-30" in said.out
    assert "Open until 2021-04-08: customer opt out" in said.out
    assert office.claims("2021-03-30")["Contoso Exchange"]["submitted_on"] == "2021-03-30"


def test_the_reference_and_partner_centers_id_name_a_claim_too(office: Office) -> None:
    office.ingest([{"partner_center_claim_id": "CA-1", **SUBMITTED}], day="2021-03-30")
    reference = office.claims("2021-03-30")["Contoso Exchange"]["reference"]

    by_id = office.type("record", "CA-1", "under-review", day="2021-04-06")
    by_reference = office.type("record", reference.lower(), "approved", day="2021-04-09")

    assert (by_id.code, by_reference.code) == (0, 0)


@pytest.mark.parametrize("written", ["ca-1x", "CA-1X", " Ca-1X "])
def test_partner_centers_id_is_found_without_regard_to_case(office: Office, written: str) -> None:
    office.ingest([{"partner_center_claim_id": "Ca-1x", **SUBMITTED}], day="2021-03-30")

    said = office.type("record", written, "under-review", day="2021-04-06")

    assert (said.code, office.claims("2021-04-06")["Contoso Exchange"]["status"]) == (0, "under-review")


def test_ids_that_differ_by_case_alone_are_told_apart_by_it(office: Office) -> None:
    rows = [
        {"partner_center_claim_id": "CA-1", **SUBMITTED},
        {
            "partner_center_claim_id": "ca-1",
            "claim_name": "Contoso Teams",
            "product": "Microsoft Teams",
            **SUBMITTED,
        },
    ]
    office.ingest(rows, day="2021-03-30")

    exact = office.type("record", "ca-1", "under-review", day="2021-04-06")
    unclear = office.type("record", "Ca-1", "under-review", day="2021-04-06")

    assert (exact.code, unclear.code) == (0, 2)
    assert office.claims("2021-04-06")["Contoso Teams"]["status"] == "under-review"
    assert '"Ca-1" names 2 claims' in unclear.err


@pytest.mark.parametrize(
    ("on", "warns"), [("2021-04-08", False), ("2021-04-09", True)], ids=["last day", "day after"]
)
def test_an_opt_out_after_its_window_is_recorded_with_a_warning(office: Office, on: str, warns: bool) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.type("record", "Contoso Exchange", "notified", "--on", "2021-03-30", day="2021-03-30")

    said = office.type("record", "Contoso Exchange", "opted-out", "--on", on, day="2021-06-01")

    assert (said.code, office.claims("2021-06-01")["Contoso Exchange"]["status"]) == (0, "opted-out")
    assert ("the customer's opt-out window had closed on 2021-04-08" in said.err) is warns
    assert "assumed" not in said.err


def test_a_late_opt_out_in_a_workbook_is_warned_of_too(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    steps = {"claim": "Contoso Exchange", "status": "opted-out", "on": "2021-05-20", "reason": ""}
    path = office.write("steps.csv", [steps])

    said = office.type("record", "--from", str(path), "--format", "json", day="2021-06-01")

    assert said.code == 0
    (warning,) = said.json["warnings"]
    assert "had closed on 2021-04-08 (assumed: Microsoft's notice is not recorded)" in warning


def test_json_is_one_document_with_the_events(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    said = office.type(
        "record", "Contoso Exchange", "rejected", "--reason", "insuff", "--format", "json", day="2021-04-09"
    )

    assert (said.json["status"], said.json["recorded"]) == ("rejected", 1)
    assert said.json["events"][0]["reason"] == "Insufficient PoE"


def test_the_same_record_twice_is_done_already(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    office.type("record", "Contoso Exchange", "approved", day="2021-04-09")
    before = office.events("2021-04-10")
    runs = len(list((office.folder / "out" / "runs").iterdir()))

    said = office.type("record", "Contoso Exchange", "approved", day="2021-04-10")

    assert said.code == 0
    assert "nothing is new" in said.out
    assert office.events("2021-04-10") == before
    assert len(list((office.folder / "out" / "runs").iterdir())) == runs


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("record", "Contoso Exchange", "dispute"), "only a rejected claim can be disputed"),
        (("record", "Contoso Exchange", "official"), "follows from Microsoft's notice"),
        (("record", "Contoso Exchange", "editing"), "After submitted may come: under-review"),
        (("record", "Contoso Exchange", "approved", "--on", "2021-04-20"), "lies in the future"),
        (("record", "Contoso Exchange", "approved", "--on", "2021-03-01"), "lies before 2021-03-30"),
        (("record", "Nobody", "approved"), 'no claim is called "Nobody"'),
        (("record", "Contoso Exchange"), "needs a claim and a status"),
        (("record",), "needs a claim and a status"),
        (("record", "Contoso Exchange", "--from", "list.csv"), "--from takes everything"),
        (("withdraw", "Contoso Exchange"), "Missing option '--reason'"),
        (("withdraw", "Contoso Exchange", "--reason", " "), "A withdrawal needs a reason"),
    ],
)
def test_what_cannot_be_is_refused_with_2_and_nothing_is_written(
    office: Office, words: tuple[str, ...], message: str
) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    before = office.events("2021-04-10")

    said = office.type(*words, day="2021-04-10")

    assert said.code == 2
    assert message in said.err
    assert office.events("2021-04-10") == before


def test_a_withdrawn_claim_frees_its_workload_and_owes_nothing(office: Office) -> None:
    office.ingest([{}], day="2021-03-29")

    said = office.type("withdraw", "Contoso Exchange", "--reason", "wrong customer", day="2021-03-30")

    assert said.code == 0
    assert office.events("2021-03-30")[-1]["kind"] == "withdrawn"
    assert "nothing is due" in office.type("documents", "--dry-run", day="2021-03-30").out
    assert office.ingest([{"claim_name": "Another"}], day="2021-03-30").json["recorded"] == 1


def test_a_held_claim_can_be_withdrawn_and_nothing_else(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    rival = {"claim_name": "Rival", "mpn_id": OTHER_PARTNER, "partner_name": "Northwind"}
    path = office.write("rival.csv", [{**GOOD_ROW, **rival}])
    assert office.type("ingest", str(path), day="2021-03-31").code == 1

    submitted = office.type("record", "Rival", "submitted", day="2021-04-01")
    withdrawn = office.type("withdraw", "Rival", "--reason", "the other one was first", day="2021-04-01")

    assert (submitted.code, withdrawn.code) == (2, 0)
    assert "Decide the conflict first" in submitted.err
    assert office.type("conflicts", day="2021-04-01").code == 0


def test_a_dry_run_judges_and_writes_nothing(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")

    fine = office.type("record", "Contoso Exchange", "approved", "--dry-run", day="2021-04-09")
    wrong = office.type("record", "Contoso Exchange", "editing", "--dry-run", day="2021-04-09")

    assert (fine.code, wrong.code) == (0, 2)
    assert "nothing was written" in fine.out
    assert office.claims("2021-04-09")["Contoso Exchange"]["status"] == "submitted"


def test_run_json_tells_of_a_record(office: Office) -> None:
    office.ingest([SUBMITTED], day="2021-03-30")
    run = office.type("record", "Contoso Exchange", "approved", "--format", "json", day="2021-04-09").json[
        "run"
    ]

    document = json.loads((office.folder / "out" / "runs" / run / "run.json").read_text(encoding="utf-8"))

    assert (document["command"], document["counts"], document["exit_code"]) == ("record", {"events": 1}, 0)
    assert document["ledger_head"]["event"] == len(office.events("2021-04-09"))


def _list(office: Office) -> str:
    """Write a list of two good rows, one that is known already and four bad ones."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Claim", "Status", "Date", "Reason"),
        ("Contoso Exchange", "Under review", date(2021, 4, 6), None),
        ("Contoso Exchange", "rejected", date(2021, 4, 9), "insufficient: page 2"),
        ("Contoso Teams", "submitted", "2021-03-30", None),
        ("Contoso Teams", "rejected", "2021-04-09", "bad luck"),
        ("Nobody", "approved", None, None),
        ("Contoso Teams", None, None, None),
        ("Contoso Teams", "approved", "03/04/2021", None),
    ):
        sheet.append(row)
    path = office.folder / "list.xlsx"
    book.save(path)
    return str(path)


def test_a_list_records_its_good_rows_and_names_the_bad_ones(office: Office) -> None:
    office.ingest(
        [SUBMITTED, {"claim_name": "Contoso Teams", "product": "Microsoft Teams", **SUBMITTED}],
        day="2021-03-30",
    )

    said = office.type("record", "--from", _list(office), "--format", "json", day="2021-04-12")

    assert said.code == 1
    assert said.json["counts"] == {"rows": 7, "recorded": 2, "unchanged": 1, "refused": 4}
    assert [row["row"] for row in said.json["refused"]] == [5, 6, 7, 8]
    claims = office.claims("2021-04-12")
    assert (claims["Contoso Exchange"]["status"], claims["Contoso Teams"]["status"]) == (
        "rejected",
        "submitted",
    )
    last = office.events("2021-04-12")[-1]
    assert (last["file"], last["row"], last["reason"]) == ("list.xlsx", 3, "Insufficient PoE: page 2")


def test_a_list_that_comes_again_changes_nothing(office: Office) -> None:
    office.ingest(
        [SUBMITTED, {"claim_name": "Contoso Teams", "product": "Microsoft Teams", **SUBMITTED}],
        day="2021-03-30",
    )
    office.type("record", "--from", _list(office), day="2021-04-12")
    before = office.events("2021-04-13")

    said = office.type("record", "--from", _list(office), "--format", "json", day="2021-04-13")

    assert said.json["counts"] == {"rows": 7, "recorded": 0, "unchanged": 3, "refused": 4}
    assert office.events("2021-04-13") == before


def test_an_ambiguous_date_of_a_list_is_read_by_its_locale(office: Office) -> None:
    office.ingest(
        [SUBMITTED, {"claim_name": "Contoso Teams", "product": "Microsoft Teams", **SUBMITTED}],
        day="2021-03-30",
    )

    said = office.type(
        "record", "--from", _list(office), "--locale", "en_GB", "--format", "json", day="2021-04-12"
    )

    assert said.json["counts"]["recorded"] == 3


@pytest.mark.parametrize(
    ("name", "text"), [("missing.csv", None), ("other.csv", "One,Two\n1,2\n"), ("list.pdf", "%PDF")]
)
def test_a_list_that_cannot_be_read_ends_with_4(office: Office, name: str, text: str | None) -> None:
    path = office.folder / name
    if text is not None:
        path.write_text(text, encoding="utf-8")

    said = office.type("record", "--from", str(path))

    assert said.code == 4
    assert name in said.err


def test_a_claim_keeps_the_rules_of_its_edition(office: Office) -> None:
    row = {
        "solution_area": "Modern Work and Security",
        "activity": "Use or consume",
        "submitted_on": "2024-03-04",
    }
    office.ingest([row], day="2024-03-05", edition="mci-2023")
    office.type("record", "Contoso Exchange", "rejected", day="2024-03-25")

    disputed = office.type("record", "Contoso Exchange", "dispute", day="2024-04-24")
    office.type("record", "Contoso Exchange", "partner-action-required", day="2024-04-25")
    office.type("record", "Contoso Exchange", "rejected", day="2024-05-20")
    again = office.type("record", "Contoso Exchange", "dispute", day="2024-05-21")

    assert (disputed.code, again.code) == (0, 2)
    assert "one dispute per claim" in again.err
