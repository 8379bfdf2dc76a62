"""All files of sample_data/, from the seed alone."""

import json
from collections.abc import Mapping

from tests.samples.clean import build_clean
from tests.samples.collisions import build_conflicts_a, build_conflicts_b
from tests.samples.dirty import build_dirty
from tests.samples.expected import expected_json
from tests.samples.export import export_text, returned_poe, settings_text, unknown_claims
from tests.samples.poe import POE_PATH, UNSIGNED_POE_PATH
from tests.samples.swedish import build_swedish
from tests.samples.workbooks import SampleWorkbook
from tests.samples.writing import workbook_bytes


def build_workbooks() -> tuple[SampleWorkbook, ...]:
    """Return the workbooks in the order in which they are recorded."""
    clean, recorded = build_clean()
    conflicts_a, later = build_conflicts_a(recorded)
    conflicts_b = build_conflicts_b({**recorded, **later})
    return clean, build_dirty(), conflicts_a, conflicts_b, build_swedish()


def build_files() -> dict[str, bytes]:
    """Return the content of every file of sample_data/, by its path in that folder."""
    workbooks = build_workbooks()
    by_name: Mapping[str, SampleWorkbook] = {sample.file: sample for sample in workbooks}
    files: dict[str, bytes] = {}
    for index, sample in enumerate(workbooks):
        before = [earlier.file for earlier in workbooks[:index]]
        expected = expected_json(sample, before=before, others=by_name)
        files[sample.file] = workbook_bytes(sample)
        name = sample.file.removesuffix(".xlsx") + ".expected.json"
        files[name] = (json.dumps(expected, ensure_ascii=False, indent=1) + "\n").encode()
    claims = workbooks[0].claims
    files["partner-center-export.csv"] = export_text(claims, unknown_claims()).encode("utf-8-sig")
    files["cpor-batch.toml"] = settings_text().encode()
    files[POE_PATH] = returned_poe(claims, is_signed=True)
    files[UNSIGNED_POE_PATH] = returned_poe(claims, is_signed=False)
    return files
