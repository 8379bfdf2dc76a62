"""Write a blank batch workbook."""

from pathlib import Path

from cpor_batch.errors import OutputError, UsageError
from cpor_batch.pipeline.workspace import Workspace


def template(path: Path, workspace: Workspace, *, language: str | None, may_overwrite: bool = False) -> Path:
    """Write a blank workbook in `language` (default: the workspace's) and return its path.

    UsageError for another ending or language; OutputError where the file is there already.
    """
    from cpor_batch.reports.batch_template import write_batch_template
    from cpor_batch.rulebook import LANGUAGES

    chosen = (language or workspace.house.language).lower()
    if chosen not in LANGUAGES:
        raise UsageError(f'--language "{chosen}" is not one of {", ".join(LANGUAGES)}.')
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name} does not end in .xlsx.", hint="Name a file such as claims.xlsx.")
    if path.exists() and not may_overwrite:
        raise OutputError(
            "the file is there already.", hint="Name another one, or add --force.", where=str(path)
        )
    write_batch_template(path, rulebook=workspace.rulebook, language=chosen)
    return path
