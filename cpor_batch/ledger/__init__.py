"""The ledger: what happened to every claim, and who holds what. The only room that knows the database."""

from cpor_batch.ledger.run import BatchIdentity, RecordedRun, Run, new_run_id
from cpor_batch.ledger.store import Ledger, create_ledger, open_ledger
from cpor_batch.ledger.writing import Writing

__all__ = [
    "BatchIdentity",
    "Ledger",
    "RecordedRun",
    "Run",
    "Writing",
    "create_ledger",
    "new_run_id",
    "open_ledger",
]
