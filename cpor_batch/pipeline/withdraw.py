"""Take a claim back."""

from datetime import date

from cpor_batch.domain.standing import WITHDRAWN
from cpor_batch.domain.transitions import Asked
from cpor_batch.pipeline.record import Recorded, record_as
from cpor_batch.pipeline.workspace import Workspace


def withdraw(
    workspace: Workspace, claim: str, *, reason: str, on: date | None = None, is_dry_run: bool = False
) -> Recorded:
    """Withdraw a claim, which frees what it held; UsageError where its status is final already."""
    asked = Asked(status=WITHDRAWN, on=on, reason=reason)
    return record_as("withdraw", workspace, claim, asked, is_dry_run=is_dry_run)
