"""Open the workspace that the options of a command line name."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.pipeline.workspace import Workspace


def open_workspace(
    options: Mapping[str, Any], *, is_needed: bool = True
) -> "Workspace":  # Any: Click's values
    """Return the workspace with settings read; ConfigurationError where one is needed and none is found."""
    from cpor_batch.pipeline.workspace import Workspace
    from cpor_batch.settings import load_settings

    flags = {
        name: options[name]
        for name in ("edition", "locale", "as_of", "actor", "schemas_dir", "templates_dir")
        if options.get(name) is not None
    }
    maps = parse_maps(options.get("maps", ()))
    settings = load_settings(options.get("workspace"), **flags, **({"header_map": maps} if maps else {}))
    workspace = Workspace(settings)
    if "edition" in flags:
        workspace.require_edition()  # also where nothing is judged by it: a misspelt flag is never ignored
    if is_needed:
        workspace.folder  # noqa: B018 - raises where there is none, before anything else is done
    return workspace


def refuse_to_overwrite(files: Iterable[Path], outputs: Iterable[Path | None]) -> None:
    """Raise UsageError where a result would be written over one of the workbooks that are read."""
    inputs = {path.resolve() for path in files}
    for output in outputs:
        if output is not None and output.resolve() in inputs:
            raise UsageError(
                f"{output} is the workbook to be read.", hint="Name another file for the result."
            )


def parse_maps(maps: tuple[str, ...]) -> dict[str, str]:
    """Return header -> key of the --map options; UsageError for one that is not HEADER=KEY."""
    pairs = {}
    for text in maps:
        header, sign, key = text.rpartition("=")
        if not sign or not header.strip() or not key.strip():
            raise UsageError(
                f'--map "{text}" is not of the form "HEADER=KEY".',
                hint='Such as --map "Kundens namn=customer_name".',
            )
        pairs[header.strip()] = key.strip()
    return pairs


def save_maps(workspace: "Workspace", options: Mapping[str, Any]) -> None:  # Any: Click's values
    """Check the --map options, and remember them in cpor-batch.toml where --save-map asks for it.

    UsageError for a key that no column of the batch workbook has.
    """
    keys = {column.key for column in workspace.rulebook.sheet.columns} if options.get("maps") else set()
    for header, key in parse_maps(options.get("maps", ())).items():
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = (
                f'Did you mean "{header}={near[0]}"?' if near else f"The keys are {', '.join(sorted(keys))}."
            )
            raise UsageError(f'--map "{header}={key}": no column has the key "{key}".', hint=hint)
    if options.get("save_map") and options.get("maps") and not options.get("dry_run"):
        workspace.folder  # noqa: B018 - raises outside a workspace: there is no file to remember it in
        from cpor_batch.settings import save_header_map

        save_header_map(workspace.folder, parse_maps(options["maps"]))
