from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from cpor_batch.assets import Assets
from cpor_batch.pipeline.demo_weeks import EARLIER, write_as_of
from cpor_batch.rulebook import load_rulebook

HEADER = ["Claim name", "PoE document", "PoE signed on", "Submitted on"]


def sheet_on(
    day: date, tmp_path: Path, *rows: Sequence[str | datetime | None], claims: int = 9
) -> list[list[object]]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Claims of the month"])
    sheet.append(HEADER)
    for row in rows:
        sheet.append(list(row))
    book.save(tmp_path / "whole.xlsx")
    match_header = load_rulebook(Assets()).sheet.match_header

    write_as_of(
        tmp_path / "whole.xlsx", tmp_path / "then.xlsx", day, claims=claims, match_header=match_header
    )

    then = load_workbook(tmp_path / "then.xlsx").active
    assert then is not None
    return [list(row) for row in then.iter_rows(min_row=3, values_only=True)]


def test_what_happened_later_is_left_out(tmp_path: Path) -> None:
    early, late = datetime(2021, 3, 2), datetime(2021, 3, 9)  # noqa: DTZ001 - as a sheet has them

    rows = sheet_on(
        date(2021, 3, 3),
        tmp_path,
        ["A", "a.pdf", early, late],
        ["B", "b.pdf", late, late],
        ["C", None, None, early],
    )

    assert rows == [["A", "a.pdf", early, None], ["B", None, None, None], ["C", None, None, early]]


def test_claims_that_came_later_are_left_out_whole(tmp_path: Path) -> None:
    rows = sheet_on(date(2021, 3, 3), tmp_path, ["A"], ["A"], ["B"], ["C"], claims=2)

    assert [row[0] for row in rows] == ["A", "A", "B"]


@pytest.mark.parametrize("name", sorted({name for _, name, _ in EARLIER}))
def test_the_weeks_of_a_workbook_grow(name: str) -> None:
    weeks = [(day, claims) for day, earlier, claims in EARLIER if earlier == name]

    assert weeks == sorted(weeks)
    assert (Assets().sample_data() / name).is_file()
