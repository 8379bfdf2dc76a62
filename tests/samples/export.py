"""What goes along with the workbooks: a Partner Center export, the demo's settings and a signed PoE."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Final

from tests.samples.cast import ADVENTURE, FABRIKAM_SE, PARTNERS
from tests.samples.claims import BUSINESS, Formula, Row, SampleClaim
from tests.samples.plans import Plan, make_claim
from tests.samples.poe import POE_CLAIM, Paper, poe_bytes

_HEADER: Final = (
    "Claim ID",
    "Claim name",
    "Status",
    "MPN ID",
    "Partner name",
    "Customer name",
    "Customer tenant ID",
    "Solution area",
    "Engagement",
    "Activity",
    "Product or workload",
    "Subscription ID",
    "Created date",
    "Submitted date",
    "Last updated",
    "Reason",
)
_ENGAGEMENTS: Final = {"Usage": "OSU-Business Applications", "Pre-sales": "OSA Sell"}


def export_text(claims: Sequence[SampleClaim], others: Sequence[SampleClaim]) -> str:
    """Return the export: every submitted claim of `claims`, as Partner Center shows it on 1 April 2021.

    `others`, which no workbook brings, stand for claims that somebody typed into Partner Center by hand.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for number, claim in enumerate([*(item for item in claims if item.is_submitted), *others], start=1):
        status, updated, reason = _status(claim, number)
        for row in claim.rows:
            writer.writerow(_export_row(claim, row, status, updated, reason, number))
    return out.getvalue()


def _status(claim: SampleClaim, number: int) -> tuple[str, date, str]:
    """Return what has become of a claim by 1 April 2021: the older, the further."""
    submitted = _submitted_on(claim)
    if submitted < date(2021, 1, 31):
        return "Approved", submitted + timedelta(days=11), ""
    if submitted < date(2021, 2, 20):
        return "Rejected", submitted + timedelta(days=14), "Insufficient PoE"
    if submitted < date(2021, 3, 10):
        return "Approved", submitted + timedelta(days=12), ""
    if submitted < date(2021, 3, 20):
        return "Partner action required", submitted + timedelta(days=12), "Missing customer acknowledgement"
    if submitted < date(2021, 3, 29):
        return "Under review", submitted + timedelta(days=5 + number % 2), ""
    return "Submitted", submitted, ""


def _submitted_on(claim: SampleClaim) -> date:
    day = claim.rows[0].cells["submitted_on"]
    if not isinstance(day, date):
        raise TypeError(f"{claim.name} is not submitted")
    return day


def _export_row(
    claim: SampleClaim, row: Row, status: str, updated: date, reason: str, number: int
) -> list[str]:
    first = claim.rows[0].cells
    submitted = _submitted_on(claim)
    partner = first["partner_name"]
    activity = str(first["activity"])
    engagement = _ENGAGEMENTS.get(activity, activity)
    return [
        str(first.get("partner_center_claim_id") or f"CA-{710_000 + number * 29}"),
        claim.name,
        status,
        str(first["mpn_id"]),
        partner.result if isinstance(partner, Formula) else str(partner),
        str(first["customer_name"]).strip(),
        str(first["tenant_id"]),
        str(first["solution_area"]),
        engagement if first["solution_area"] == BUSINESS else "OSU-Microsoft 365",
        activity,
        str(row.cells["product"]),
        str(row.cells["subscription_id"] or ""),
        (submitted - timedelta(days=2)).isoformat(),
        submitted.isoformat(),
        updated.isoformat(),
        reason,
    ]


def settings_text() -> str:
    """Return the cpor-batch.toml of the demo."""
    lines = [
        "# The settings of the demo: today is 1 April 2021 in all sample data.",
        'as_of = "2021-04-01"',
        'actor = "Incentive desk"',
        'country = "SE"',
        'language = "en"',
        'edition = "cpor-2021"',
        "",
        "# The partner locations that claims are made for. Letters bear their colours.",
    ]
    for partner in PARTNERS:
        address = ", ".join(f'"{line}"' for line in partner.address)
        lines += [
            "",
            "[[partners]]",
            f'mpn_id = "{partner.mpn_id}"',
            f'name = "{partner.name}"',
            f'organisation = "{partner.organisation}"',
            f'country = "{partner.country}"',
            f"address = [{address}]",
            f'sender = "{partner.contact_name}"',
            f'colour = "{partner.colour}"',
        ]
    return "\n".join(lines) + "\n"


def returned_poe(claims: Sequence[SampleClaim], *, is_signed: bool) -> bytes:
    """Return the PoE of one of the claims as the customer sent it back, with or without a signature."""
    claim = next(item for item in claims if item.name.endswith(POE_CLAIM))
    first = claim.rows[0].cells
    signatory = {
        "customer_name": str(first["customer_contact_name"]),
        "customer_title": str(first["customer_contact_title"]),
    }
    return poe_bytes(
        Paper(
            title="Proof of Execution",
            before=[
                "1  Partner and customer",
                f"Partner: {FABRIKAM_SE.name}, MPN ID {first['mpn_id']}",
                f"Customer: {first['customer_name']}",
                f"Customer domain: {first['customer_domain']}",
                f"Tenant ID: {first['tenant_id']}",
                "",
                "2  Acknowledgement by the customer",
                "We confirm that the partner has done the work of section 3 for the products of section 4.",
            ],
            after=[
                "3  The partner's work",
                *(f"- {row.cells['engagement_description']}" for row in claim.rows),
                "",
                "4  Products and workloads",
                *(f"[x] {row.cells['product']}" for row in claim.rows),
            ],
            values={**signatory, "customer_date": str(first["poe_signed_on"])} if is_signed else signatory,
            is_signed=is_signed,
        )
    )


def unknown_claims() -> list[SampleClaim]:
    """Return claims that Partner Center knows and no workbook brings."""
    return [
        make_claim(
            Plan(who="GB13", partner=ADVENTURE, theme="Typed by hand", lines="TEA", submitted="2020-12-01")
        ),
        make_claim(
            Plan(
                who="SE19",
                partner=FABRIKAM_SE,
                theme="Inlagt för hand",
                lines="SAL:a",
                submitted="2021-03-16",
            )
        ),
    ]
