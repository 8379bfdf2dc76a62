"""A workspace as a team has one, and a way to type commands in it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cpor_batch.assets import Assets
from cpor_batch.cli import main
from cpor_batch.pipeline.init import init


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Type = Callable[..., Said]


@pytest.fixture
def type_command() -> Type:
    """Type a command in the current folder."""

    def type_it(*words: str) -> Said:
        result = CliRunner().invoke(main, list(words))
        return Said(code=result.exit_code, out=result.stdout, err=result.stderr)

    return type_it


@pytest.fixture(scope="session")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace to copy: on the day of the samples, with one clean workbook in its inbox."""
    folder = tmp_path_factory.mktemp("workspace")
    samples = Assets().sample_data()
    shutil.copyfile(samples / "cpor-batch.toml", folder / "cpor-batch.toml")
    init(folder)
    shutil.copyfile(samples / "05-svensk.xlsx", folder / "inbox" / "claims.xlsx")
    return folder


@pytest.fixture
def workspace(new_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the current folder: a workspace of the test's own."""
    shutil.copytree(new_workspace, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return tmp_path
