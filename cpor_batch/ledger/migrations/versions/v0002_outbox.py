"""The outbox of messages to customers: what was handed to a mail server, and what came of it."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "outbox",
        Column("message", String(64), primary_key=True),
        Column("reference", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("sendings", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("message_id", Text, nullable=True),
        Column("reply", Text, nullable=True),
        Column("sent_on", String(10), nullable=True),
        Column("is_told", Integer, nullable=False),
        Column("workspace", Text, nullable=False),
        Column("run", String(64), nullable=False),
        Column("changed_at", String(32), nullable=False),
    )
    op.create_index("outbox_by_reference", "outbox", ["reference"])
