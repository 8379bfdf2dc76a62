"""The ledger's tables, as SQLAlchemy Core sees them; `migrations` makes them.

Days and instants are ISO text in UTC, flags are 0 and 1: SQLite and PostgreSQL then keep, sort and compare
them alike, and rows can go past SQLAlchemy's type conversion where there are many.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata: Final = MetaData()

DAY: Final = String(10)
INSTANT: Final = String(32)
HASH: Final = String(64)
REFERENCE: Final = String(16)
GUID: Final = String(36)

runs: Final = Table(
    "runs",
    metadata,
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

inputs: Final = Table(
    "inputs",
    metadata,
    Column("run", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("identity", HASH, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("rulebook", Text, nullable=False),
    Column("header_map", Text, nullable=False),
    Index("inputs_by_identity", "identity"),
)

events: Final = Table(
    "events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("claim", REFERENCE, nullable=True),
    Column("kind", String(32), nullable=False),
    Column("known_on", DAY, nullable=False),
    Column("run", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", HASH, nullable=False),
    Index("events_by_claim", "claim", "number"),
    Index("events_by_known_on", "known_on"),
    Index("events_by_run", "run"),
)

personal: Final = Table(
    "personal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("salt", String(32), nullable=False),
    Column("body", Text, nullable=False),
)

claims: Final = Table(
    "claims",
    metadata,
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
    Column("change_event", BigInteger, nullable=True),
    Index("claims_by_identity", "tenant_id", "mpn_id", "folded_claim_name"),
    Index("claims_by_partner_center_claim_id", "partner_center_claim_id"),
    Index("claims_by_first_event", "first_event"),
    Index("claims_by_customer_name", "folded_customer_name"),
    Index("claims_by_customer_skeleton", "customer_skeleton"),
)

standing: Final = Table(
    "standing",
    metadata,
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
    Index("standing_by_key", "tenant_id", "item"),
)
# Partial: hardly ever does a claim have one.
_HAS_CHANGE: Final = claims.c.change_event.is_not(None)
Index(
    "claims_by_change_event",
    claims.c.change_event,
    sqlite_where=_HAS_CHANGE,
    postgresql_where=_HAS_CHANGE,
)
# Partial: workload lines, which are most of a ledger, have no place in these two.
_HAS_SUBSCRIPTION: Final = standing.c.subscription_id.is_not(None)
Index(
    "standing_by_product",
    standing.c.tenant_id,
    standing.c.product,
    sqlite_where=_HAS_SUBSCRIPTION,
    postgresql_where=_HAS_SUBSCRIPTION,
)
Index(
    "standing_by_subscription",
    standing.c.subscription_id,
    sqlite_where=_HAS_SUBSCRIPTION,
    postgresql_where=_HAS_SUBSCRIPTION,
)

documents: Final = Table(
    "documents",
    metadata,
    Column("reference", REFERENCE, ForeignKey("claims.reference"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("path", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("dated_on", DAY, nullable=False),
    Column("sha256", HASH, nullable=True),
    Column("workspace", Text, nullable=False),
    Column("run", String(64), nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Index("documents_by_sha256", "sha256"),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("message", HASH, primary_key=True),
    # No foreign key: what was sent stays known, also where the claim is not.
    Column("reference", REFERENCE, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sendings", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("message_id", Text, nullable=True),
    Column("reply", Text, nullable=True),
    Column("sent_on", DAY, nullable=True),
    Column("is_told", Integer, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("run", String(64), nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Index("outbox_by_reference", "reference"),
)
