"""What a batch costs does not grow with the ledger: `ingest` asks by index, never for whole tables."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event

from tests.builders import OTHER_TENANT, SUBSCRIPTION
from tests.lifecycle.office import GOOD_ROW, Office

GROWING: Final = ("events", "personal", "claims", "standing", "documents")
_SCAN: Final = re.compile(rf"\bSCAN ({'|'.join(GROWING)})\b")
# The end of a table, read backwards through its key: two rows, whatever stands before them.
_END_OF_TABLE: Final = re.compile(r"ORDER BY events\.number DESC\s+LIMIT")
BLANK: Final = {
    "claim_reference": "",
    "partner_center_claim_id": "",
    "subscription_id": "",
    "technical_contact_name": "",
    "technical_contact_title": "",
    "technical_contact_email": "",
}
SALES: Final = {
    "claim_name": "Contoso Sales",
    "solution_area": "Business Applications",
    "product": "Dynamics 365 Sales",
    "subscription_id": SUBSCRIPTION,
    "technical_contact_name": "Terry Technical",
    "technical_contact_title": "Architect",
    "technical_contact_email": "terry@contoso.example",
}


@contextmanager
def plans_noted() -> Iterator[dict[str, list[str]]]:
    """Note how SQLite carries out each statement: statement -> the steps of its plan."""
    plans: dict[str, list[str]] = {}

    # Any: what SQLAlchemy hands to its listeners.
    def note(_c: Any, cursor: Any, statement: str, parameters: Any, _x: Any, is_many: bool) -> None:
        if is_many or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        database: sqlite3.Connection = cursor.connection
        rows = database.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        plans[statement] = [row[-1] for row in rows]

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def find_scans(plans: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the statements that walk along a whole table that grows."""
    return {
        statement: steps
        for statement, steps in plans.items()
        if any(_SCAN.search(step) for step in steps) and not _END_OF_TABLE.search(statement)
    }


def test_no_question_of_an_ingest_reads_a_whole_table(office: Office) -> None:
    other = {"claim_name": "Woodgrove Teams", "product": "Microsoft Teams", "tenant_id": OTHER_TENANT}
    woodgrove = {**other, "customer_name": "Woodgrove Bank", "customer_domain": "woodgrove.example"}
    first = [BLANK, {**BLANK, **SALES}, {**BLANK, **woodgrove}]
    office.ingest(first, day="2021-03-29")
    reference = office.claims("2021-03-29")["Woodgrove Teams"]["reference"]
    second = [
        {**BLANK, "customer_contact_title": "CFO", "submitted_on": "2021-03-30"},
        {**BLANK, **SALES, "submitted_on": "2021-03-30"},
        {**BLANK, **woodgrove, "claim_reference": reference, "partner_center_claim_id": "CA-7"},
        {**BLANK, "claim_name": "Contoso Intune", "product": "Intune"},
    ]
    path = office.write("second.csv", [{**GOOD_ROW, **row} for row in second])

    with plans_noted() as plans:
        said = office.type("ingest", str(path), day="2021-03-30")

    assert said.code == 0
    assert {word for word in GROWING if any(f" {word}" in statement for statement in plans)} >= {
        "events",
        "personal",
        "claims",
        "standing",
    }
    assert find_scans(plans) == {}


def test_a_report_of_all_claims_is_told_apart(office: Office) -> None:
    office.ingest([{}], day="2021-03-29")

    with plans_noted() as plans:
        office.type("status", day="2021-03-29")

    assert find_scans(plans)
