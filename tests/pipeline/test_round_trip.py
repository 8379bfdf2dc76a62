"""The workbook that people get back is mended and read again as it is."""

import shutil
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.domain.issue import IssueCode
from cpor_batch.pipeline.check import check
from cpor_batch.pipeline.progress import Silent
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import load_settings


def test_the_rows_to_fix_are_refused_again_for_the_same_reasons_and_for_no_new_one(tmp_path: Path) -> None:
    dirty = tmp_path / "02-dirty.xlsx"
    shutil.copyfile(Assets().sample_data() / dirty.name, dirty)
    workspace = Workspace(load_settings(None, as_of="2021-04-01"))
    result = tmp_path / "verdict.xlsx"
    first = check([dirty], workspace, progress=Silent(), result=result)

    again = check([result], workspace, progress=Silent())

    before, after = first.judgement.verdict, again.judgement.verdict
    assert after.counts.rows == before.counts.refused
    assert not any("»" in issue.message for issue in after.issues)
    errors = {issue.code for issue in before.issues if issue.severity == "error"}
    # A row whose partner in a comparison was good has nothing to be compared with any more.
    gone = {IssueCode.OWN_DUPLICATE, IssueCode.CELL_FORMULA_UNCALCULATED, IssueCode.CELL_ERROR_VALUE}
    assert errors - gone <= {issue.code for issue in after.issues}
