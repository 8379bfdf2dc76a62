"""The first ledger: events and their chain, contact data, the projection, runs, batches and documents."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Text, text

revision = "0001"
down_revision = None

DAY = String(10)
INSTANT = String(32)
HASH = String(64)
REFERENCE = String(16)
GUID = String(36)
NUMBER = BigInteger().with_variant(Integer, "sqlite")

_NEVER = "BEGIN SELECT RAISE(ABORT, 'what is written in the ledger stays'); END"
_IF_THERE = "WHEN EXISTS (SELECT 1 FROM events WHERE number = NEW.number)"
# REPLACE INTO skips delete triggers on SQLite unless recursive_triggers is on; hence the one on insert.
SQLITE_TRIGGERS = (
    f"CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events {_NEVER}",
    f"CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events {_NEVER}",
    f"CREATE TRIGGER events_refuse_replace BEFORE INSERT ON events {_IF_THERE} {_NEVER}",
    f"CREATE TRIGGER personal_refuse_update BEFORE UPDATE ON personal {_NEVER}",
)
_REFUSE = "EXECUTE FUNCTION ledger_refuse()"
POSTGRESQL_FUNCTION = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is refused on %: what is written stays', TG_OP, TG_TABLE_NAME; END $$
"""
POSTGRESQL_TRIGGERS = (
    POSTGRESQL_FUNCTION,
    f"CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events FOR EACH ROW {_REFUSE}",
    f"CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events FOR EACH ROW {_REFUSE}",
    f"CREATE TRIGGER events_refuse_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT {_REFUSE}",
    f"CREATE TRIGGER personal_refuse_update BEFORE UPDATE ON personal FOR EACH ROW {_REFUSE}",
)


def upgrade() -> None:
    """Make the tables and their triggers."""
    _create_history()
    _create_claims()
    _create_standing()
    _create_documents()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def _create_history() -> None:
    op.create_table(
        "runs",
        Column("id", String(64), primary_key=True),
        Column("command", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("workspace", Text, nullable=False),
        Column("known_on", DAY, nullable=False),
        Column("started_at", INSTANT, nullable=False),
        Column("recorded_at", INSTANT, nullable=False),
        Column("first_event", BigInteger, nullable=True),
        Column("last_event", BigInteger, nullable=True),
        Column("head_number", BigInteger, nullable=False),
        Column("head_hash", HASH, nullable=False),
    )
    op.create_table(
        "inputs",
        Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("identity", HASH, nullable=False),
        Column("name", Text, nullable=False),
        Column("sha256", HASH, nullable=False),
        Column("sheet", Text, nullable=False),
        Column("edition", Text, nullable=False),
        Column("rulebook", Text, nullable=False),
        Column("header_map", Text, nullable=False),
    )
    op.create_index("inputs_by_identity", "inputs", ["identity"])
    op.create_table(
        "events",
        Column("number", NUMBER, primary_key=True, autoincrement=False),
        Column("claim", REFERENCE, nullable=True),
        Column("kind", String(32), nullable=False),
        Column("known_on", DAY, nullable=False),
        Column("run", String(64), nullable=False),
        Column("body", Text, nullable=False),
        Column("hash", HASH, nullable=False),
    )
    op.create_index("events_by_claim", "events", ["claim", "number"])
    op.create_index("events_by_known_on", "events", ["known_on"])
    op.create_index("events_by_run", "events", ["run"])
    op.create_table(
        "personal",
        Column("id", NUMBER, primary_key=True, autoincrement=False),
        Column("salt", String(32), nullable=False),
        Column("body", Text, nullable=False),
    )


def _create_claims() -> None:
    op.create_table(
        "claims",
        Column("reference", REFERENCE, primary_key=True),
        Column("first_event", BigInteger, nullable=False),
        Column("data_event", BigInteger, nullable=False),
        Column("last_event", BigInteger, nullable=False),
        Column("status", Text, nullable=False),
        Column("status_since", DAY, nullable=False),
        Column("recorded_on", DAY, nullable=False),
        Column("notified_on", DAY, nullable=True),
        Column("approved_on", DAY, nullable=True),
        Column("is_adopted", Integer, nullable=False),
        Column("held_for", Text, nullable=False),
        Column("stands_beside", Text, nullable=False, server_default="[]"),
        Column("partner_center_claim_id", Text, nullable=True),
        Column("mpn_id", Text, nullable=False),
        Column("tenant_id", GUID, nullable=False),
        Column("solution_area", Text, nullable=False),
        Column("activity", Text, nullable=False),
        Column("folded_claim_name", Text, nullable=False),
        Column("customer_name", Text, nullable=False),
        Column("customer_domain", Text, nullable=True),
        Column("folded_customer_name", Text, nullable=False),
        Column("customer_skeleton", Text, nullable=True),
    )
    op.create_index("claims_by_identity", "claims", ["tenant_id", "mpn_id", "folded_claim_name"])
    op.create_index("claims_by_partner_center_claim_id", "claims", ["partner_center_claim_id"])
    op.create_index("claims_by_first_event", "claims", ["first_event"])
    op.create_index("claims_by_customer_name", "claims", ["folded_customer_name"])
    op.create_index("claims_by_customer_skeleton", "claims", ["customer_skeleton"])


def _create_standing() -> None:
    op.create_table(
        "standing",
        Column("reference", REFERENCE, ForeignKey("claims.reference"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("tenant_id", GUID, nullable=False),
        Column("level", String(16), nullable=False),
        Column("item", Text, nullable=False),
        Column("product", Text, nullable=False),
        Column("subscription_id", GUID, nullable=True),
        Column("activity", Text, nullable=False),
        Column("mpn_id", Text, nullable=False),
        Column("organisation", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("subscription_ends_on", DAY, nullable=True),
    )
    op.create_index("standing_by_key", "standing", ["tenant_id", "item"])
    has_subscription = text("subscription_id IS NOT NULL")
    for name, columns in (
        ("standing_by_product", ["tenant_id", "product"]),
        ("standing_by_subscription", ["subscription_id"]),
    ):
        op.create_index(
            name, "standing", columns, sqlite_where=has_subscription, postgresql_where=has_subscription
        )


def _create_documents() -> None:
    op.create_table(
        "documents",
        Column("reference", REFERENCE, ForeignKey("claims.reference"), primary_key=True),
        Column("kind", String(16), primary_key=True),
        Column("path", Text, nullable=False),
        Column("fingerprint", Text, nullable=False),
        Column("dated_on", DAY, nullable=False),
        Column("sha256", HASH, nullable=True),
        Column("workspace", Text, nullable=False),
        Column("run", String(64), nullable=False),
        Column("changed_at", INSTANT, nullable=False),
    )
    op.create_index("documents_by_sha256", "documents", ["sha256"])
