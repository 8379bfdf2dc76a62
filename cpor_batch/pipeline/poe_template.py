"""Write a blank PoE form."""

from pathlib import Path

from cpor_batch.documents import write_blank_form
from cpor_batch.errors import OutputError, UsageError
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.texts import supported_languages


def poe_template(
    path: Path, workspace: Workspace, *, language: str | None, may_overwrite: bool = False
) -> Path:
    """Write a blank form in `language` (default: the workspace's) and return its path.

    UsageError for another ending or language; OutputError where the file is there already.
    """
    languages = supported_languages(workspace.assets)
    chosen = (language or workspace.house.language).lower()
    if chosen not in languages:
        raise UsageError(f'--language "{chosen}" is not one of {", ".join(languages)}.')
    if path.suffix.lower() != ".pdf":
        raise UsageError(f"{path.name} does not end in .pdf.", hint="Name a file such as poe.pdf.")
    if path.exists() and not may_overwrite:
        raise OutputError(
            "the file is there already.", hint="Name another one, or add --force.", where=str(path)
        )
    label = workspace.rulebook.edition.settings.identifier_label
    return write_blank_form(path, language=chosen, identifier_label=label, assets=workspace.assets)
