"""Open the workspace that the options of a command line name."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.pipeline.workspace import Workspace


def open_workspace(
    options: Mapping[str, Any], *, is_needed: bool = True
) -> "Workspace":  # Any: Click's values
    """Return the workspace with settings read and the command line checked against it.

    ConfigurationError where one is needed and none is found; see also `refuse_wrong_outputs`.
    """
    from cpor_batch.cli.outputs import refuse_wrong_outputs
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
    refuse_wrong_outputs(click.get_current_context(), settings)
    return workspace


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


def save_maps(
    workspace: "Workspace", options: Mapping[str, Any], *sheets: str
) -> None:  # Any: Click's values
    """Check the --map options, and remember them in cpor-batch.toml where --save-map asks for it.

    `sheets` are the side sheets that the command reads; none: the batch workbook. UsageError for a key that
    no column there has.
    """
    maps = parse_maps(options["maps"])
    keys = workspace.column_keys(*sheets) if maps else ()
    for header, key in maps.items():
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f'Did you mean "{header}={near[0]}"?' if near else f"The keys are {', '.join(keys)}."
            raise UsageError(f'--map "{header}={key}": no column has the key "{key}".', hint=hint)
    if options["save_map"] and maps and not options["dry_run"]:
        from cpor_batch.settings import save_header_map

        save_header_map(workspace.folder, maps)
