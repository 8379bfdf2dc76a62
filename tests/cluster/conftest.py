"""One cluster of two workers that the tests of a file share."""

from collections.abc import Iterator

import pytest

from tests.cluster.clusters import RunningCluster, running_cluster


@pytest.fixture(scope="package")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    with running_cluster(tmp_path_factory.getbasetemp()) as running:
        yield running


@pytest.fixture
def cluster(shared_cluster: RunningCluster) -> RunningCluster:
    """Give the cluster at its full strength: what a test has killed comes back in a moment."""
    shared_cluster.wait_for(shared_cluster.workers)
    return shared_cluster
