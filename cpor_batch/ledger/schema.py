"""Which version of the tables a ledger has, and the way to the present one."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from cpor_batch.errors import ConfigurationError, LedgerDamagedError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0003"
"""The newest migration; a test compares it with the folder of migrations."""
KNOWN: Final = frozenset({"0001", "0002", "0003"})

_FOLDER: Final = Path(__file__).with_name("migrations")


def read_revision(connection: Connection) -> str | None:
    """Return the version of the ledger's tables, or None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)


def require_current(revision: str | None, *, where: str) -> None:
    """Raise what the user has to know about a ledger that is not of this version."""
    if require_known(revision, where=where) != HEAD:
        raise ConfigurationError(
            f"the ledger is of an older version ({revision}).",
            hint="Run cpor-batch ledger migrate; it makes a backup first.",
            where=where,
        )


def require_known(revision: str | None, *, where: str) -> str:
    """Return the version; raise where there is no ledger or one of a newer program."""
    if revision is None:
        raise ConfigurationError(
            "the database holds no ledger.", hint="Make one: cpor-batch init.", where=where
        )
    if revision in KNOWN:
        return revision
    raise LedgerDamagedError(
        f'the ledger is of a newer version ("{revision}") than this program.',
        hint="Install the newest cpor-batch.",
        where=where,
    )


def create_schema(connection: Connection) -> None:
    """Make all tables and triggers, in the caller's transaction."""
    upgrade_schema(connection, to=HEAD)


def upgrade_schema(connection: Connection, *, to: str) -> None:
    """Bring the tables to version `to`, in the caller's transaction."""
    from alembic import command

    command.upgrade(alembic_config(connection), to)


def alembic_config(connection: Connection | None = None) -> "Config":
    """Return alembic's configuration; it needs no file of its own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config
