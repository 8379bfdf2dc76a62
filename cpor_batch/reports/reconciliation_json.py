"""The reconciliation as a JSON document: cpor-batch.reconcile/1."""

from collections.abc import Mapping
from typing import Any, Final

from cpor_batch.domain.finding import Finding, Reconciliation, Remembered

RECONCILE_SCHEMA: Final = "cpor-batch.reconcile/1"


def reconciliation_json(result: Reconciliation, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the JSON document; Any: what JSON can say. Amounts are texts, so that no digit is lost."""
    return {
        "schema": RECONCILE_SCHEMA,
        "run": result.run,
        "as_of": result.as_of.isoformat(),
        "files": [
            {"name": file.name, "kind": file.kind, "rows": file.rows, "sha256": file.sha256}
            for file in result.files
        ],
        "counts": dict(counts),
        "previous": _previous_json(result),
        "changes": _changes_json(result),
        "drift": [finding_json(finding) for finding in result.findings],
        "matched": [
            {"claim": one.reference, "claim_id": one.claim_id, "status": one.ledger_status}
            for one in result.matched
        ],
        "earnings": _earnings_json(result),
        "payments": _payments_json(result),
        "refused": [{"file": row.file, "row": row.row, "message": row.message} for row in result.refused],
        "notes": list(result.notes),
        "whole_list": None if result.whole_list is None else str(result.whole_list),
    }


def _previous_json(result: Reconciliation) -> dict[str, Any] | None:  # Any: what JSON can say
    previous = result.changes.previous
    if previous is None:
        return None
    return {
        "run": previous.run,
        "known_on": previous.known_on.isoformat(),
        "counts": {name.replace("-", "_"): number for name, number in previous.counts.items()},
    }


def _changes_json(result: Reconciliation) -> dict[str, Any]:  # Any: what JSON can say
    changes = result.changes
    return {
        "is_told": changes.is_told,
        "new": [_kept_json(finding.remembered) for finding in changes.new],
        "changed": [
            {**_kept_json(finding.remembered), "before": kept.detail} for kept, finding in changes.changed
        ],
        "gone": [_kept_json(kept) for kept in changes.gone],
    }


def _earnings_json(result: Reconciliation) -> list[dict[str, Any]]:  # Any: what JSON can say
    return [
        {
            "currency": total.currency,
            "programme": total.programme,
            "amount": None if total.amount is None else str(total.amount),
            "claims": total.claims,
            "rows": total.rows,
        }
        for total in result.earnings
    ]


def _payments_json(result: Reconciliation) -> list[dict[str, Any]]:  # Any: what JSON can say
    return [
        {
            "currency": total.currency,
            "status": total.status,
            "amount": None if total.amount is None else str(total.amount),
            "payments": total.payments,
        }
        for total in result.payments
    ]


def finding_json(finding: Finding) -> dict[str, Any]:  # Any: what JSON can say
    """Return one finding."""
    return {
        "kind": str(finding.kind),
        "subject": finding.subject,
        "detail": finding.detail,
        "claim": finding.reference,
        "claim_id": finding.claim_id,
        "claim_name": finding.claim_name,
        "customer_name": finding.customer_name,
        "tenant_id": finding.tenant_id,
        "partner_name": finding.partner_name,
        "mpn_id": finding.mpn_id,
        "products": finding.products,
        "ledger_status": finding.ledger_status,
        "reported_status": finding.reported_status,
        "file": finding.file,
        "row": finding.row,
        "cause": finding.cause,
        "next_step": finding.next_step,
    }


def _kept_json(kept: Remembered) -> dict[str, str]:
    return {"kind": kept.kind, "subject": kept.subject, "detail": kept.detail}
