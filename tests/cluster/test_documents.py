"""Letters and forms made on a cluster, with a real scheduler and real workers."""

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.documents import DocumentResult, write_documents
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import ExitCode
from tests.cluster.clusters import RunningCluster
from tests.documents.orders import BRAND, letter, poe
from tests.documents.test_production import files_in, numbered
from tests.documents.test_rendering import overridden

SHAPES = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'
    '<rect width="40" height="10" fill="red"/></svg>'
)


def some_orders(count: int = 8) -> list[DocumentOrder]:
    languages = ("en", "ja", "sv", "de")
    return [
        numbered((letter, poe)[number % 2](languages[number % 4]), number) for number in range(1, count + 1)
    ]


def hashes(results: Sequence[DocumentResult]) -> list[str | None]:
    return [result.sha256 for result in results]


def test_a_cluster_makes_the_same_bytes_as_this_machine(cluster: RunningCluster, tmp_path: Path) -> None:
    orders = some_orders()

    afar = write_documents(
        orders, out=tmp_path / "afar", assets=Assets(), workers=1, cluster=cluster.settings
    )
    here = write_documents(orders[:4], out=tmp_path / "here", assets=Assets(), workers=1)

    assert hashes(afar)[:4] == hashes(here)
    assert None not in hashes(afar)
    assert files_in(tmp_path / "afar") == sorted(result.path for result in afar)


def test_own_templates_and_logos_travel_to_workers_that_cannot_open_them(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    own = (
        "{% extends 'builtin/documents/letter.html.j2' %}{% block letter %}<img src='own.svg'>{% endblock %}"
    )
    assets = overridden(tmp_path / "templates", own)
    (tmp_path / "templates" / "own.svg").write_text(SHAPES.replace("red", "blue"))
    (tmp_path / "brand.svg").write_text(SHAPES)
    brand = replace(BRAND, logo=str(tmp_path / "brand.svg"))
    orders = [replace(order, partner=brand) for order in some_orders()]

    afar = write_documents(orders, out=tmp_path / "afar", assets=assets, workers=1, cluster=cluster.settings)
    here = write_documents(orders[:4], out=tmp_path / "here", assets=assets, workers=1)

    assert [result.error for result in afar] == [None] * len(orders)
    assert hashes(afar)[:4] == hashes(here)


@pytest.mark.long
def test_failures_are_told_in_the_words_and_paths_of_this_machine(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    assets = overridden(tmp_path / "templates", "{{ nothing }}")
    orders = some_orders()
    missing = replace(BRAND, logo=str(tmp_path / "missing.png"))
    orders[1] = replace(orders[1], partner=missing)

    afar = write_documents(orders, out=tmp_path / "afar", assets=assets, workers=1, cluster=cluster.settings)
    here = write_documents(orders, out=tmp_path / "here", assets=assets, workers=1)

    assert [result.error for result in afar] == [result.error for result in here]
    assert [result.exit_code for result in afar] == [result.exit_code for result in here]
    assert {str(tmp_path) in str(result.error) for result in afar if result.error} == {True}
    assert sum(result.error is None for result in afar) == 4


def test_a_worker_that_is_killed_costs_nothing_but_time(cluster: RunningCluster, tmp_path: Path) -> None:
    orders = some_orders(12)
    victims = cluster.worker_processes()[:1]
    expected = hashes(write_documents(orders[:2], out=tmp_path / "here", assets=Assets(), workers=1))

    def kill(_result: DocumentResult) -> None:
        if victims:
            os.kill(victims.pop(), signal.SIGKILL)

    results = write_documents(
        orders,
        out=tmp_path / "out",
        assets=Assets(),
        workers=1,
        cluster=cluster.settings,
        on_done=kill,
    )

    assert not victims
    assert [result.error for result in results] == [None] * len(orders)
    assert hashes(results)[:2] == expected
    assert len(files_in(tmp_path / "out")) == len(orders)


def test_a_document_that_kills_its_workers_fails_alone(cluster: RunningCluster, tmp_path: Path) -> None:
    (tmp_path / "deadly.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    orders = some_orders(9)
    orders[4] = replace(orders[4], partner=replace(BRAND, logo=str(tmp_path / "deadly.png")))

    results = write_documents(
        orders, out=tmp_path / "out", assets=Assets(), workers=1, cluster=cluster.settings
    )

    assert [result.error is None for result in results] == [number != 4 for number in range(9)]
    assert results[4].exit_code is ExitCode.SOME_FAILED
    assert "CB-00000005: the process that made it died." in str(results[4].error)
