"""Where a template's own files are: below the folders of templates, and nowhere else."""

from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.errors import ConfigurationError


def find_source(assets: Assets, name: str) -> Path:
    """Return the path of the file `name`; ConfigurationError if there is none below the folders of templates.

    "../" and links do not lead out of them.
    """
    path = assets.template_path(name)
    if not any(path.resolve().is_relative_to(folder.resolve()) for folder in assets.template_folders()):
        raise ConfigurationError(
            "this file is not in the templates folder.", hint="Copy it there.", where=name
        )
    return path
