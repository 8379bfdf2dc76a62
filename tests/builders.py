"""Builders for tests: a good value of each kind, with one thing changed by name."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from cpor_batch.assets import Assets
from cpor_batch.domain.claim import Claim, ClaimLine, Level, Source
from cpor_batch.domain.edition import DEFAULT_EDITION, Edition
from cpor_batch.domain.ids import ClaimReference, MpnId, SubscriptionId, TenantId, claim_reference_for
from cpor_batch.domain.known import Known
from cpor_batch.domain.rows import Cell, Column, Rows
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.verdict import JudgedClaim, Outcome, RowPlace
from cpor_batch.rulebook import Rulebook, load_rulebook

TODAY = date(2021, 4, 1)
TENANT = TenantId("6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b")
OTHER_TENANT = TenantId("1b2c3d4e-5f60-4172-8394-a5b6c7d8e9fa")
SUBSCRIPTION = SubscriptionId("0f1e2d3c-4b5a-4697-8877-66554433aabb")
OTHER_SUBSCRIPTION = SubscriptionId("a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d")
PARTNER = MpnId("4711001")
OTHER_PARTNER = MpnId("4722001")


@cache
def rulebook(edition_name: str = DEFAULT_EDITION) -> Rulebook:
    """Return the packaged rulebook."""
    return load_rulebook(Assets(), edition=edition_name)


def edition(name: str = DEFAULT_EDITION) -> Edition:
    return rulebook(name).edition


def line(**changes: Any) -> ClaimLine:  # Any: the fields of a value by name
    good = ClaimLine(
        product="Exchange Online",
        level=Level.WORKLOAD,
        programmes=("OSU-Microsoft 365",),
        engagement_description="Moved 400 mailboxes and trained the help desk.",
        source=Source(file="claims.xlsx", sheet="Claims", row=2),
    )
    return replace(good, **changes)


def subscription_line(**changes: Any) -> ClaimLine:  # Any: the fields of a value by name
    good = line(
        product="Dynamics 365 Sales",
        level=Level.SUBSCRIPTION,
        programmes=("OSU-Business Applications",),
        subscription_id=SUBSCRIPTION,
    )
    return replace(good, **changes)


def claim(**changes: Any) -> Claim:  # Any: the fields of a value by name
    good = Claim(
        claim_name="Contoso Exchange",
        mpn_id=PARTNER,
        partner_name="Fabrikam",
        partner_organisation="Fabrikam",
        partner_country="SE",
        partner_contact_name="Pat Partner",
        partner_contact_email="pat@fabrikam.example",
        tenant_id=TENANT,
        customer_name="Contoso AB",
        customer_domain="contoso.example",
        customer_country="SE",
        customer_contact_name="Casey Customer",
        customer_contact_title="CIO",
        customer_contact_email="casey@contoso.example",
        solution_area="Microsoft 365",
        activity="Usage",
        edition=DEFAULT_EDITION,
        lines=(line(),),
    )
    return replace(good, **changes)


def business_claim(**changes: Any) -> Claim:  # Any: the fields of a value by name
    good = claim(
        claim_name="Contoso Sales",
        solution_area="Business Applications",
        technical_contact_name="Terry Technical",
        technical_contact_title="Architect",
        technical_contact_email="terry@contoso.example",
        lines=(subscription_line(),),
    )
    return replace(good, **changes)


def state(of: Claim | None = None, **changes: Any) -> ClaimState:  # Any: the fields of a value by name
    known = of or claim()
    reference = known.claim_reference or claim_reference_for(known.natural_identity)
    good = ClaimState(
        reference=ClaimReference(reference),
        claim=replace(known, claim_reference=reference),
        status="submitted" if known.submitted_on else "editing",
        status_since=known.submitted_on or TODAY,
        recorded_on=TODAY,
        last_event=1,
    )
    return replace(good, **changes)


def known(*states: ClaimState) -> Known:
    """Return what a ledger with these claims knows when asked for everything."""
    return Known(
        by_reference={item.reference: item for item in states},
        by_partner_center_claim_id={
            item.claim.partner_center_claim_id: item for item in states if item.claim.partner_center_claim_id
        },
        by_natural_identity={item.claim.natural_identity: item for item in states},
        claims=states,
    )


def judged(of: Claim, *, row: int = 2, file: str = "claims.xlsx", **changes: Any) -> JudgedClaim:
    """Return `of` as a claim of a run, its lines in consecutive rows from `row`."""
    lines = tuple(
        replace(item, source=Source(file=file, sheet="Claims", row=row + offset))
        for offset, item in enumerate(of.lines)
    )
    good = JudgedClaim(
        name=of.claim_name,
        mpn_id=of.mpn_id,
        rows=tuple(RowPlace(file, "Claims", row + offset) for offset in range(len(lines))),
        claim=replace(of, lines=lines),
        outcome=Outcome.ACCEPTED,
    )
    return replace(good, **changes)


def rows(
    cells: Sequence[Mapping[str, Cell]],
    *,
    file: str = "claims.xlsx",
    first_row: int = 2,
    sheet: str = "Claims",
) -> Rows:
    """Return a sheet with one row per mapping of key -> cell, its columns in the contract's order."""
    wanted = {key for row in cells for key in row}
    keys = [rule.key for rule in rulebook().sheet.columns if rule.key in wanted]
    columns = {}
    for index, key in enumerate(keys):
        values: dict[tuple[type, Cell], int] = {}
        codes = array(
            "l", [values.setdefault((type(row.get(key)), row.get(key)), len(values)) for row in cells]
        )
        header = next(rule.headers["en"] for rule in rulebook().sheet.columns if rule.key == key)
        columns[key] = Column(header, column_letter(index), codes, tuple(value for _, value in values))
    return Rows(
        file=file,
        sheet=sheet,
        header_row=first_row - 1,
        numbers=array("l", range(first_row, first_row + len(cells))),
        columns=columns,
    )


def column_letter(index: int) -> str:
    """Return the letter of the column with this index from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
