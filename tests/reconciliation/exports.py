"""Builders for lines of an export: a good one, with one thing changed by name."""

from dataclasses import replace
from datetime import date
from typing import Any

from cpor_batch.domain.claim import Level, Source
from cpor_batch.domain.recording import Occasion
from cpor_batch.reconciliation import ExportClaim, ExportLine, ExportProduct, StatusWords
from tests.builders import PARTNER, TENANT

TODAY = date(2021, 4, 20)
OCCASION = Occasion(run="r1", actor="pat", today=TODAY)
WORDS = StatusWords(spellings={"disputed": "dispute", "inreview": "under-review", "draft": "editing"})
EXCHANGE = ExportProduct(name="Exchange Online", level=Level.WORKLOAD)
SALES = ExportProduct(name="Dynamics 365 Sales", level=Level.SUBSCRIPTION)


def export_line(row: int = 2, **changes: Any) -> ExportLine:  # Any: the fields of a value by name
    good = ExportLine(
        source=Source(file="export.csv", sheet=None, row=row),
        claim_id="CA-1",
        claim_name="Contoso Exchange",
        status="Approved",
        mpn_id=PARTNER,
        partner_name="Fabrikam",
        tenant_id=TENANT,
        customer_name="Contoso AB",
        products=(EXCHANGE,),
        submitted_on=date(2021, 3, 30),
        changed_on=date(2021, 4, 9),
    )
    return replace(good, **changes)


def export_claim(**changes: Any) -> ExportClaim:  # Any: the fields of a value by name
    return ExportClaim(lines=(export_line(**changes),))
