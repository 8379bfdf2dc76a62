"""The ledger: what happened to every claim, and who holds what. The only room that knows the database."""

from cpor_batch.ledger.outbox import Outbox, open_outbox
from cpor_batch.ledger.run import BatchIdentity, RecordedRun, Run, new_run_id
from cpor_batch.ledger.store import Ledger, create_ledger, open_ledger, require_ledger
from cpor_batch.ledger.upkeep import Migration, backup_ledger, migrate_ledger, plan_migration, rebuild_ledger
from cpor_batch.ledger.verify import Problem, VerifyReport, verify_ledger
from cpor_batch.ledger.writing import Writing

__all__ = [
    "BatchIdentity",
    "Ledger",
    "Migration",
    "Outbox",
    "Problem",
    "RecordedRun",
    "Run",
    "VerifyReport",
    "Writing",
    "backup_ledger",
    "create_ledger",
    "migrate_ledger",
    "new_run_id",
    "open_ledger",
    "open_outbox",
    "plan_migration",
    "rebuild_ledger",
    "require_ledger",
    "verify_ledger",
]
