"""Open the workspace that the options of a command line name."""

from collections.abc import Mapping
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
    if is_needed:
        workspace.folder  # noqa: B018 - raises where there is none, before anything else is done
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


def save_maps(workspace: "Workspace", options: Mapping[str, Any]) -> None:  # Any: Click's values
    """Remember the --map options in cpor-batch.toml, where --save-map asks for it."""
    if options.get("save_map") and options.get("maps"):
        workspace.folder  # noqa: B018 - raises outside a workspace: there is no file to remember it in
        from cpor_batch.settings import save_header_map

        save_header_map(workspace.folder, parse_maps(options["maps"]))
