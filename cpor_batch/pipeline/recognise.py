"""Tell by its header what a file of Partner Center's is."""

from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path
from typing import Final

from cpor_batch.errors import InputRefusedError
from cpor_batch.intake.streaming import STREAMED, StreamRefusedError, open_stream
from cpor_batch.pipeline.read_export import refuse_other_files
from cpor_batch.pipeline.read_side_sheet import own_map, read_side_sheet
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import (
    EARNINGS,
    EXPORT,
    INELIGIBLE,
    PAYMENTS,
    USAGE,
    SideSheet,
    load_side_sheet,
)

KINDS: Final = {
    EXPORT: "claims export",
    USAGE: "usage report",
    EARNINGS: "earnings",
    PAYMENTS: "payments",
    INELIGIBLE: "ineligible usage",
}
_SAVED_COLUMNS: Final = frozenset({"claim_reference", "claim_id", "status", "submitted_on"})
"""What the page of `entry` saves; the claim's reference is known to nobody else."""
EARNING_SHEETS: Final = (USAGE, EARNINGS, PAYMENTS, INELIGIBLE)
_READABLE: Final = STREAMED | {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_LEAST: Final = 3
"""With fewer known columns a file is nothing of Partner Center's."""


class OtherUse(Enum):
    """What a file is for that is no export of Partner Center's claims."""

    BATCH = auto()
    """Claims to be judged."""
    COPY_SHEETS = auto()
    """What the page of `entry` saves."""
    EARNINGS = auto()
    """Earnings, payments or ineligible usage."""


def find_other_use(path: Path, workspace: Workspace) -> OtherUse | None:
    """Return what the file is for by its header, None where it is an export or nothing that is known."""
    if path.suffix.lower() not in _READABLE:
        return None
    columns = _columns_of(path, workspace, load_side_sheet(workspace.assets, EXPORT))
    if _is_saved_by_page(columns):
        return OtherUse.COPY_SHEETS
    if _count_batch_columns(path, workspace) >= max(_LEAST, len(columns)):
        return OtherUse.BATCH
    if not _is_export(columns) and recognise(path, workspace, among=(EARNINGS, PAYMENTS, INELIGIBLE)):
        return OtherUse.EARNINGS
    return None


def _is_saved_by_page(columns: frozenset[str]) -> bool:
    return "claim_reference" in columns and columns <= _SAVED_COLUMNS


def recognise(path: Path, workspace: Workspace, *, among: Iterable[str] = tuple(KINDS)) -> str | None:
    """Return the name of the side sheet that fits the file's header best, such as EXPORT, or None.

    The file that fits the batch workbook better is none: claims that are still to be judged lie in the same
    inbox.
    """
    if path.suffix.lower() not in _READABLE:
        return None
    best, most = None, max(_LEAST - 1, _count_batch_columns(path, workspace))
    for name in among:
        columns = _columns_of(path, workspace, load_side_sheet(workspace.assets, name))
        if len(columns) > most and (name != EXPORT or _is_export(columns)):
            best, most = name, len(columns)
    return best


def _is_export(columns: frozenset[str]) -> bool:
    try:
        refuse_other_files("", columns)
    except InputRefusedError:
        return False
    return not _is_saved_by_page(columns) and bool({"status", "associated_on"} & columns)


def _columns_of(path: Path, workspace: Workspace, schema: SideSheet) -> frozenset[str]:
    """Return the keys of the columns that the file has, none where required ones are missing."""
    try:
        if path.suffix.lower() not in STREAMED:
            return read_side_sheet(path, workspace, schema=schema).columns
        settings = workspace.settings
        header_map, limit = own_map(settings.header_map, schema), settings.limits.part_bytes
        with open_stream(path, schema=schema, header_map=header_map, file_bytes=limit) as stream:
            return frozenset(stream.header.keys.values())
    except (InputRefusedError, StreamRefusedError):
        return frozenset()


def _count_batch_columns(path: Path, workspace: Workspace) -> int:
    schema, settings = workspace.rulebook.sheet, workspace.settings
    if path.suffix.lower() in STREAMED:
        try:
            limit = settings.limits.part_bytes
            with open_stream(path, schema=schema, header_map={}, file_bytes=limit) as stream:
                return len(stream.header.keys)
        except StreamRefusedError:
            return 0
    from cpor_batch.intake import read_workbook

    rows = read_workbook(path, name=path.name, sheet_schema=schema, limits=settings.limits).rows
    return len(rows.columns) if rows is not None else 0
