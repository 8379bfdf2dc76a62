from pathlib import Path

import pytest

from cpor_batch.intake import Limits, is_lock_file
from tests.intake.hostile import KINDS, MEBIBYTE, READ, Hostile, spaces
from tests.intake.workbooks import HEADER, codes, good_parts, packed, read, row_xml, write_claims


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.expected != READ], ids=lambda kind: kind.name
)
def test_hostile_file_is_refused_with_the_code_that_fits(kind: Hostile, tmp_path: Path) -> None:
    result = read(kind.write(tmp_path), limits=kind.limits)

    assert result.rows is None
    assert codes(result) == [kind.expected]
    assert kind.says in result.issues[0].message
    assert result.issues[0].hint
    assert result.issues[0].row is None


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.expected == READ], ids=lambda kind: kind.name
)
def test_odd_but_honest_file_is_read(kind: Hostile, tmp_path: Path) -> None:
    result = read(kind.write(tmp_path), limits=kind.limits)

    assert codes(result) == []
    assert result.rows is not None
    assert list(result.rows.numbers) == [2]
    assert list(result.rows.columns["customer_name"]) == ["Contoso"]


def test_a_gibibyte_of_spaces_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "spaces.xlsx"
    path.write_bytes(spaces(1024 * MEBIBYTE))

    result = read(path, limits=Limits(child_bytes=400 * MEBIBYTE))

    assert codes(result) == ["file-too-large"]
    assert "250 times" in result.issues[0].message


def test_there_are_at_least_thirty_kinds_of_refusal() -> None:
    assert len([kind for kind in KINDS if kind.expected != READ]) >= 30


def test_missing_file_is_named_as_missing(tmp_path: Path) -> None:
    result = read(tmp_path / "claims.xlsx")

    assert codes(result) == ["file-not-found"]
    assert (result.size, result.sha256) == (0, "")


def test_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "claims.xlsx"
    folder.mkdir()

    assert codes(read(folder)) == ["file-type"]


def test_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    import os

    pipe = tmp_path / "claims.xlsx"
    os.mkfifo(pipe)

    assert codes(read(pipe)) == ["file-type"]


def test_lock_file_of_excel_is_told_by_its_name() -> None:
    assert is_lock_file(Path("inbox/~$claims.xlsx"))
    assert not is_lock_file(Path("inbox/claims.xlsx"))


def test_file_that_needs_more_memory_than_allowed_is_too_large(tmp_path: Path) -> None:
    rows = [row_xml(number, [f"{number} {header}" for header in HEADER]) for number in range(2, 20_000)]
    path = write_claims(tmp_path / "claims.xlsx", row_xml(1, HEADER), *rows)

    result = read(path, limits=Limits(child_bytes=40 * MEBIBYTE))

    assert codes(result) == ["file-too-large"]
    assert "memory" in result.issues[0].message


def test_file_that_takes_longer_than_allowed_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    path.write_bytes(packed(good_parts()))

    result = read(path, limits=Limits(seconds=0.0))

    assert codes(result) == ["file-too-large"]
    assert "0 seconds" in result.issues[0].message
