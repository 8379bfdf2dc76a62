"""How all tests run, and the PostgreSQL server that they share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgresql import BINARIES, Server, serving

# A busy machine is no reason to fail: no test depends on how long something takes.
settings.register_profile("cpor-batch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cpor-batch")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server per process of the tests, started when the first of them asks."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server binaries; install the package postgresql")
    with serving() as server:
        yield server
