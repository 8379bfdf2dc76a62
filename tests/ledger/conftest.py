"""A ledger of each kind for every test: SQLite in a file, and a database of the tests' own server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpor_batch.ledger import Ledger, create_ledger, open_ledger
from tests.postgresql import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a place without a ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.make_database()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger, to be copied: quicker than to migrate each."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    create_ledger(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty ledger."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ledger.db")
        return f"sqlite:///{path}"
    server: Server = request.getfixturevalue("postgresql")
    return server.make_database(server.template)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """An empty ledger, open."""
    with open_ledger(url, lock_timeout=2) as opened:
        yield opened
