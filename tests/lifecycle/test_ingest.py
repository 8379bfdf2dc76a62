"""What `ingest` says it did is what the ledger got."""

from tests.builders import OTHER_PARTNER
from tests.lifecycle.office import GOOD_ROW, Office, Said

RIVAL = {**GOOD_ROW, "claim_name": "Rival Exchange", "mpn_id": OTHER_PARTNER, "partner_name": "Northwind"}


def ingest_rival(office: Office, *, day: str, form: str = "json") -> Said:
    path = office.write("rival.csv", [RIVAL])
    return office.type("ingest", str(path), "--format", form, day=day)


def hold_and_free(office: Office) -> None:
    """Let a claim be held by another partner's, which is then withdrawn."""
    office.ingest([{}], day="2021-03-29")
    assert ingest_rival(office, day="2021-03-30").json["counts"]["held"] == 1
    office.type("withdraw", "Contoso Exchange", "--reason", "customer chose another", day="2021-03-31")


def test_a_batch_that_comes_again_and_releases_a_claim_has_recorded_it(office: Office) -> None:
    hold_and_free(office)

    said = ingest_rival(office, day="2021-04-01").json

    assert (said["recorded"], said["unchanged"], said["released"]) == (1, 0, 1)
    assert [event["kind"] for event in office.events("2021-04-01", "Rival Exchange")] == [
        "recorded",
        "released",
    ]


def test_the_closing_line_says_that_claims_were_released(office: Office) -> None:
    hold_and_free(office)

    said = ingest_rival(office, day="2021-04-01", form="text")

    assert "1 row: 1 recorded (1 released from a conflict), 0 refused" in said.out
    assert "Nothing is new" not in said.out
    assert "cpor-batch documents" in said.out
