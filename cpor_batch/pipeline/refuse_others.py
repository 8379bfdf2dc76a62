"""Refuse files that are no export of Partner Center's claims, and say which command takes them."""

from pathlib import Path

from cpor_batch.errors import InputRefusedError
from cpor_batch.pipeline.recognise import OtherUse, find_other_use
from cpor_batch.pipeline.workspace import Workspace

_REFUSALS = {
    OtherUse.BATCH: ("This is a batch workbook.", "Use cpor-batch ingest."),
    OtherUse.COPY_SHEETS: (
        "This is for cpor-batch import.",
        "It says what was typed into Partner Center, not what Partner Center has.",
    ),
    OtherUse.EARNINGS: ("This is an earnings file.", "Give it to cpor-batch reconcile with --earnings."),
}


def refuse_absent(path: Path) -> None:
    """Raise InputRefusedError where there is no file of that name."""
    if path.is_dir():
        raise InputRefusedError(
            "This is a folder.",
            hint="Name the file, or let its newest exports be taken: cpor-batch reconcile --inbox DIR.",
            where=str(path),
        )
    if not path.is_file():
        raise InputRefusedError("There is no such file.", hint="Check the name.", where=str(path))


def refuse_other_uses(path: Path, workspace: Workspace, *, takes: frozenset[OtherUse] = frozenset()) -> None:
    """Raise InputRefusedError where the file is absent, or belongs to another command; not for `takes`."""
    refuse_absent(path)
    use = find_other_use(path, workspace)
    if use is not None and use not in takes:
        message, hint = _REFUSALS[use]
        raise InputRefusedError(message, hint=hint, where=path.name)
