"""A workspace as a team has one, and a way to type commands in it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cpor_batch.assets import Assets
from cpor_batch.cli import main


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


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_command: Type) -> Path:
    """Give the current folder: a workspace on the day of the samples with a clean workbook in its inbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    samples = Assets().sample_data()
    shutil.copyfile(samples / "cpor-batch.toml", tmp_path / "cpor-batch.toml")
    type_command("init")
    shutil.copyfile(samples / "05-svensk.xlsx", tmp_path / "inbox" / "claims.xlsx")
    return tmp_path
