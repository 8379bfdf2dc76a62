"""Changes of claims with Microsoft that a conflict holds: the event that brought them."""

from alembic import op
from sqlalchemy import BigInteger, Column, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column to the table of claims."""
    op.add_column("claims", Column("change_event", BigInteger, nullable=True))
    has_change = text("change_event IS NOT NULL")
    op.create_index(
        "claims_by_change_event",
        "claims",
        ["change_event"],
        sqlite_where=has_change,
        postgresql_where=has_change,
    )
