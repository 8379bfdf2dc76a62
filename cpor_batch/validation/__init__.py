"""Judge rows: rows in, claims and issues out. Pure; never reads a file and never asks the ledger.

Two calls: `judge_rows` for each sheet on its own, then `judge_claims` over all of them together with what the
ledger knows. `wanted_of` says, between the two, what the ledger has to be asked.
"""

from cpor_batch.validation.judged import JudgedRows
from cpor_batch.validation.validate import get_ready, judge_claims, judge_rows
from cpor_batch.validation.wanted import undated_documents, wanted_of

__all__ = ["JudgedRows", "get_ready", "judge_claims", "judge_rows", "undated_documents", "wanted_of"]
