"""The samples are judged exactly as their expected findings say, and are what the generator makes."""

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cpor_batch.cli import main
from tests.make_samples import FOLDER, find_differences, write_files
from tests.samples.claims import BOTH, BUSINESS, M365, PRE_SALES, REVENUE, USAGE, rows_of
from tests.samples.story import build_files, build_workbooks

WORKBOOKS = sorted(FOLDER.glob("*.xlsx"))

# `Any`: what json.loads gives.
Json = dict[str, Any]


def expected_of(workbook: Path) -> Json:
    loaded: Json = json.loads(workbook.with_suffix(".expected.json").read_text(encoding="utf-8"))
    return loaded


def judge(command: str, workbook: Path, *options: str) -> Json:
    arguments = [command, str(workbook), "--as-of", "2021-04-01", "--format", "json", *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code in {0, 1}, result.output
    document: Json = json.loads(result.stdout)
    needs_somebody = document["counts"]["refused"] + document["counts"]["held"] > 0
    assert result.exit_code == int(needs_somebody)
    return document


def findings_of(document: Json, *, file: str) -> Json:
    """Return the parts of a verdict that the expected findings speak of, in an order of their own."""
    assert {issue["file"] for issue in document["issues"]} <= {file}
    return {
        "counts": document["counts"],
        "issues": _sorted(
            {key: issue[key] for key in ("code", "cell", "row", "column", "severity")}
            for issue in document["issues"]
        ),
        "conflicts": _sorted(
            {
                **{key: conflict[key] for key in _CONFLICT_KEYS},
                "claims": _sorted({key: side[key] for key in _SIDE_KEYS} for side in conflict["claims"]),
            }
            for conflict in document["conflicts"]
        ),
    }


_CONFLICT_KEYS = ("kind", "severity", "level", "tenant_id", "product", "subscription_id")
_SIDE_KEYS = ("mpn_id", "claim_name", "file", "row", "status")


def _sorted(items: Iterable[Json]) -> list[Json]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True, default=str))


def _expected_findings(expected: Json) -> Json:
    conflicts = ({**conflict, "claims": _sorted(conflict["claims"])} for conflict in expected["conflicts"])
    return {
        "counts": expected["counts"],
        "issues": _sorted(expected["issues"]),
        "conflicts": _sorted(conflicts),
    }


@pytest.mark.parametrize("workbook", WORKBOOKS, ids=lambda path: path.stem)
def test_check_finds_exactly_what_is_expected_of_a_sample(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    document = judge("check", workbook)

    assert findings_of(document, file=workbook.name) == _expected_findings(expected_of(workbook))


def test_ingest_of_the_samples_in_their_order_finds_exactly_what_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = tmp_path / "desk"
    assert CliRunner().invoke(main, ["init", str(workspace)]).exit_code == 0
    shutil.copyfile(FOLDER / "cpor-batch.toml", workspace / "cpor-batch.toml")
    monkeypatch.chdir(workspace)

    for position, workbook in enumerate(WORKBOOKS):
        expected = expected_of(workbook)["ingest"]
        document = judge("ingest", workbook)

        assert expected["after"] == [earlier.name for earlier in WORKBOOKS[:position]]
        assert findings_of(document, file=workbook.name) == _expected_findings(expected)


def test_samples_are_what_the_generator_makes() -> None:
    assert list(find_differences(build_files(), FOLDER)) == []


def test_generator_makes_the_same_bytes_on_every_run() -> None:
    assert build_files() == build_files()


def test_a_changed_missing_or_foreign_sample_is_told(tmp_path: Path) -> None:
    files = build_files()
    write_files(files, tmp_path)
    (tmp_path / "05-svensk.xlsx").write_bytes(files["01-clean.xlsx"])
    (tmp_path / "cpor-batch.toml").unlink()
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    differences = list(find_differences(files, tmp_path))

    assert [text.partition(" ")[0] for text in differences] == [
        "notes.txt",
        "05-svensk.xlsx",
        "cpor-batch.toml",
    ]


def test_samples_are_as_large_and_as_mixed_as_an_incentive_teams_own() -> None:
    claims = [claim for sample in build_workbooks() for claim in sample.claims]
    rows = rows_of(claims)

    assert len(claims) >= 130
    assert 360 <= len(rows) <= 440
    assert sum(not claim.is_submitted for claim in claims) >= 60
    assert {row.cells["activity"] for row in rows} >= {USAGE, PRE_SALES, BOTH, REVENUE}
    assert {row.cells["solution_area"] for row in rows} >= {M365, BUSINESS}
    assert {row.cells.get("customer_country") for row in rows} >= {"SE", "DE", "FR", "ES", "JP", "US", "GB"}


def test_dirty_sample_shows_at_least_twenty_five_codes() -> None:
    expected = expected_of(FOLDER / "02-dirty.xlsx")

    assert len({issue["code"] for issue in expected["issues"]}) >= 25


def test_conflict_samples_together_show_every_kind() -> None:
    expected = [
        expected_of(FOLDER / name)["ingest"] for name in ("03-conflicts-a.xlsx", "04-conflicts-b.xlsx")
    ]
    kinds = {conflict["kind"] for findings in expected for conflict in findings["conflicts"]}

    assert kinds == {
        "own-duplicate",
        "same-organisation",
        "contested-in-batch",
        "held-by-other-partner",
        "possible-overlap",
        "lookalike-customer",
    }


def test_export_speaks_of_submitted_claims_and_of_two_that_no_workbook_brings() -> None:
    clean = build_workbooks()[0]
    submitted = {claim.name for claim in clean.claims if claim.is_submitted}

    with (FOLDER / "partner-center-export.csv").open(encoding="utf-8-sig", newline="") as export:
        lines = list(csv.DictReader(export))

    names = {line["Claim name"] for line in lines}
    assert len(submitted - names) == 0
    assert len(names - submitted) == 2
    assert len({line["Claim ID"] for line in lines}) == len(names)
    assert {line["Status"] for line in lines} == {
        "Submitted",
        "Under review",
        "Partner action required",
        "Approved",
        "Rejected",
    }
