"""Run tests/scenarios/files/*.yaml: a sentence, a file, and exactly the issues that reading it brings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cpor_batch.domain.issue import FILE_CODES, IssueCode
from cpor_batch.intake import ReadResult
from tests.intake.hostile import KINDS
from tests.intake.workbooks import CLAIM, HEADER, packed, parts, read, row_xml, sheet_xml

Scenario = Mapping[str, Any]  # Any: what YAML can say
FOLDER: Final = Path(__file__).parent / "scenarios" / "files"
SCENARIOS: Final[list[Scenario]] = [
    scenario for path in sorted(FOLDER.glob("*.yaml")) for scenario in yaml.safe_load(path.read_text("utf-8"))
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["sentence"])
def test_a_file_brings_exactly_what_the_scenario_says(scenario: Scenario, tmp_path: Path) -> None:
    result = read_scenario(scenario, tmp_path)

    assert (result.rows is None) is scenario["refused"]
    assert [
        " ".join(filter(None, (issue.code, str(issue.row or "")))) for issue in result.issues
    ] == scenario["issues"]


def test_every_code_of_files_has_its_scenario() -> None:
    found = {IssueCode(issue.split()[0]) for scenario in SCENARIOS for issue in scenario["issues"]}

    assert found >= FILE_CODES
    assert found - FILE_CODES == {"rows-hidden", "macros-ignored", "links-ignored", "column-unknown"}


def read_scenario(scenario: Scenario, folder: Path) -> ReadResult:
    path = folder / scenario.get("name", "claims.xlsx")
    if "file" in scenario:
        kind = next(kind for kind in KINDS if kind.name == scenario["file"])
        return read(kind.write(folder), limits=kind.limits)
    if "text" in scenario:
        path.write_text(scenario["text"])
    elif "sheets" in scenario:
        contents = parts({name: sheet_of(rows, scenario) for name, rows in scenario["sheets"].items()})
        if "part" in scenario:
            contents[scenario["part"]] = "<a/>"
        path.write_bytes(packed(contents))
    return read(path)


def sheet_of(rows: list[list[str]], scenario: Scenario) -> str:
    lines = []
    for number, cells in enumerate(rows, 1):
        good = HEADER if number == 1 else CLAIM
        texts = [text for cell in cells for text in (good if cell == "+" else (cell,))]
        is_hidden = number in scenario.get("hidden", ())
        lines.append(row_xml(number, texts, attributes=' hidden="1"' if is_hidden else ""))
    return sheet_xml(*lines)
