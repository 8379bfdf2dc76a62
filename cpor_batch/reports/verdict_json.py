"""A verdict as the JSON document of the contract."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from cpor_batch.domain.conflict import Conflict, ConflictSide
from cpor_batch.domain.issue import Issue
from cpor_batch.domain.verdict import Verdict

CHECK_SCHEMA: Final = "cpor-batch.check/1"
INGEST_SCHEMA: Final = "cpor-batch.ingest/1"

# `Any`: what json.dumps takes; the shape is fixed by the contract and held by tests.
Json = dict[str, Any]


def verdict_json(
    verdict: Verdict, schema: str = CHECK_SCHEMA, extra: Mapping[str, object] | None = None
) -> Json:
    """Return the verdict as one JSON document; `extra` (run, recorded, unchanged) follows the counts."""
    return {
        "schema": schema,
        "edition": verdict.edition,
        "counts": asdict(verdict.counts),
        **(extra or {}),
        "issues": [issue_json(issue) for issue in verdict.issues],
        "conflicts": [conflict_json(conflict) for conflict in verdict.conflicts],
    }


def issue_json(issue: Issue) -> Json:
    """Return one issue: code, severity, place, message, hint and rule."""
    return {
        "code": str(issue.code),
        "severity": str(issue.severity),
        "file": issue.file,
        "sheet": issue.sheet,
        "cell": issue.cell,
        "row": issue.row,
        "column": issue.column,
        "message": issue.message,
        "hint": issue.hint,
        "rule": issue.rule,
    }


def conflict_json(conflict: Conflict) -> Json:
    """Return one conflict with its claims, the holder first."""
    return {
        "kind": str(conflict.kind),
        "severity": str(conflict.severity),
        "level": str(conflict.level),
        "tenant_id": conflict.tenant_id,
        "product": conflict.product,
        "subscription_id": conflict.subscription_id,
        "claims": [_side_json(side) for side in conflict.claims],
        "rule": conflict.rule,
    }


def _side_json(side: ConflictSide) -> Json:
    return {
        "reference": side.reference,
        "mpn_id": side.mpn_id,
        "claim_name": side.claim_name,
        "file": side.file,
        "row": side.row,
        "status": side.status,
    }
