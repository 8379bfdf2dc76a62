from pathlib import Path

import pytest

from tests.lifecycle.office import Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Give an office whose ledger is empty."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return Office.open(tmp_path)
