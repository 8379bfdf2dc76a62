"""One cluster of two workers that the tests of a file share."""

from collections.abc import Iterator

import pytest

from tests.cluster.clusters import RunningCluster, running_cluster


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    with running_cluster(tmp_path_factory.getbasetemp()) as running:
        yield running
