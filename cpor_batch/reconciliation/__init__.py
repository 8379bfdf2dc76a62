"""Compare the ledger with what Partner Center reports. Pure; `import` and `reconcile` share it.

Lines of an export are grouped into claims, claims are matched with the ledger's, and what Partner Center
knows better becomes events. What does not fit comes back as a `Drift` in words.
"""

from cpor_batch.reconciliation.adoption import Adoption, adopt
from cpor_batch.reconciliation.changes import Taken, take_over
from cpor_batch.reconciliation.drift import Drift, DriftKind
from cpor_batch.reconciliation.export import ExportClaim, ExportLine, ExportProduct, group_lines
from cpor_batch.reconciliation.matching import Ambiguous, Matched, Unknown, match_claims, wanted_of
from cpor_batch.reconciliation.statuses import StatusWords

__all__ = [
    "Adoption",
    "Ambiguous",
    "Drift",
    "DriftKind",
    "ExportClaim",
    "ExportLine",
    "ExportProduct",
    "Matched",
    "StatusWords",
    "Taken",
    "Unknown",
    "adopt",
    "group_lines",
    "match_claims",
    "take_over",
    "wanted_of",
]
