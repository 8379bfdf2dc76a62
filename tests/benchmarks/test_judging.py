"""How long the judgement of a large batch takes; `make bench` prints the figures."""

import time
import uuid
from collections.abc import Mapping

import pytest

from cpor_batch.domain.known import House, Known
from cpor_batch.domain.rows import Cell
from cpor_batch.domain.verdict import Outcome
from cpor_batch.validation import judge_claims, judge_rows, wanted_of
from tests.builders import PARTNER, TODAY, rows, rulebook

ROWS = 100_000
LIMIT_SECONDS = 12.0
PRODUCTS = {
    "Microsoft 365": ("Exchange Online", "SharePoint Online", "Microsoft Teams"),
    "Business Applications": ("Dynamics 365 Sales", "Dynamics 365 Finance", "Power BI"),
}


def one_claim(number: int) -> list[Mapping[str, Cell]]:
    """Return three rows of a customer of its own."""
    area = "Business Applications" if number % 2 else "Microsoft 365"
    head: dict[str, Cell] = {
        "claim_name": f"Claim {number}",
        "mpn_id": PARTNER,
        "partner_name": "Fabrikam",
        "partner_contact_name": "Pat Partner",
        "partner_contact_email": "pat@fabrikam.example",
        "customer_name": f"Customer {number} AB",
        "customer_domain": f"customer{number}.example",
        "tenant_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"tenant {number}")),
        "customer_country": "SE",
        "customer_address": f"Main Street {number}; Springfield",
        "solution_area": area,
        "activity": "Usage",
        "customer_contact_name": f"Casey {number}",
        "customer_contact_title": "CIO",
        "customer_contact_email": f"casey@customer{number}.example",
        "technical_contact_name": f"Terry {number}",
        "technical_contact_title": "Architect",
        "technical_contact_email": f"terry@customer{number}.example",
        "poe_signed_on": TODAY,
    }
    return [
        head
        | {
            "product": product,
            "engagement_description": f"Work {number} on {product}",
            "subscription_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{product} {number}"))
            if number % 2
            else None,
        }
        for product in PRODUCTS[area]
    ]


@pytest.mark.long
def test_a_hundred_thousand_rows_are_judged_in_seconds() -> None:
    sheet = rows([row for number in range(ROWS // 3) for row in one_claim(number)])
    rules, house = rulebook(), House()

    started = time.perf_counter()
    judged = judge_rows(sheet, rulebook=rules, house=house, today=TODAY)
    rows_done = time.perf_counter()
    wanted_of([judged])
    wanted_done = time.perf_counter()
    claims, issues = judge_claims(
        [judged],
        known=Known.nothing(),
        rulebook=rules,
        house=house,
        today=TODAY,
        find_file=lambda _file, _path: True,
    )
    finished = time.perf_counter()

    print(
        f"\n{len(sheet)} rows: each alone {rows_done - started:.1f} s, "
        f"what to ask the ledger {wanted_done - rows_done:.1f} s, together {finished - wanted_done:.1f} s"
    )
    assert issues == ()
    assert {claim.outcome for claim in claims} == {Outcome.ACCEPTED}
    assert finished - started < LIMIT_SECONDS
