"""Bring flags, environment, cpor-batch.toml and defaults together."""

import getpass
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cpor_batch.errors import ConfigurationError, CporError
from cpor_batch.settings.readers import (
    COMMAND_LINE,
    FROM_ENVIRONMENT,
    LEDGER_FILE,
    READERS,
    SQLITE,
    Place,
    check_keys,
)
from cpor_batch.settings.values import FILE_NAME, Settings
from cpor_batch.settings.workers import OF_FILE, check_cluster, unfold_workers


def find_workspace(start: Path) -> Path | None:
    """Return the nearest folder from `start` upward that holds cpor-batch.toml, or None."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / FILE_NAME).is_file()), None)


def load_settings(workspace: Path | str | None = None, **flags: object) -> Settings:
    """Return the settings of the workspace named, else of the one around the current folder, else defaults.

    `flags` bear the names of the settings; None counts as not given. ConfigurationError says what is wrong
    and where; of a flag it is UsageError.
    """
    folder = _find_folder(workspace)
    given = {name: value for name, value in flags.items() if value is not None}
    check_keys(given, tuple(READERS), Place(COMMAND_LINE))
    from_file = {} if folder is None else _read_file(folder / FILE_NAME)
    values = _defaults(folder)
    origins = dict.fromkeys(READERS, "default")
    sources: tuple[tuple[str, Mapping[str, object]], ...] = (
        (FILE_NAME, from_file),
        ("environment", _read_environment()),
        (COMMAND_LINE, given),
    )
    for origin, source in sources:
        for name, raw in source.items():
            value = READERS[name](raw, Place(_where(origin, name, folder), _spell(name), folder))
            values[name] = {**values[name], **value} if name == "header_map" else value
            origins[name] = _where(origin, name, None)
    check_cluster(values, Place(_where(origins["workers_cluster"], "workers_cluster", folder)))
    return Settings(**values, workspace=folder, origins=MappingProxyType(origins))


def wrong_value(settings: Settings, name: str, message: str, hint: str, *, step: str = "") -> CporError:
    """Return the error for a value that turned out to be wrong later, naming where it was set.

    `step` is the key inside a setting that is a table.
    """
    origin = settings.origins.get(name, "default")
    is_of_file = origin == FILE_NAME and settings.workspace is not None
    where = str(Path(settings.workspace or "", FILE_NAME)) if is_of_file else origin
    place = Place(where, name)
    return (place.at(step) if step else place).error(message, hint)


def _spell(name: str) -> str:
    """Return the setting's name as cpor-batch.toml has it: workers.cluster stands in [workers]."""
    return name.replace("workers_", "workers.", 1)


def _where(origin: str, name: str, folder: Path | None) -> str:
    if origin == "environment":
        return f"environment CPOR_{name.upper()}"
    return str(folder / FILE_NAME) if origin == FILE_NAME and folder is not None else origin


def _find_folder(workspace: Path | str | None) -> Path | None:
    named = workspace or os.environ.get("CPOR_WORKSPACE")
    if not named:
        return find_workspace(Path.cwd())
    folder = Path(named).resolve()
    if not (folder / FILE_NAME).is_file():
        hint = f"Make a workspace there with `cpor-batch init {named}`."
        where = str(named) if workspace else f"environment CPOR_WORKSPACE: {named}"
        raise ConfigurationError(f"there is no {FILE_NAME} in this folder.", hint=hint, where=where)
    return folder


def _defaults(folder: Path | None) -> dict[str, Any]:  # values of every type, by the name of the setting
    base = folder or Path.cwd()
    return {
        "inbox": base / "inbox",
        "ledger_url": "" if folder is None else f"{SQLITE}{folder / LEDGER_FILE}",
        "actor": _os_user(),
        "workers": _processors(),
        "header_map": {},
    }


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "unknown"


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_file(path: Path) -> Mapping[str, object]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        hint = "Check the quotes and brackets there, and that it is saved as UTF-8."
        raise ConfigurationError(f"the file cannot be read: {exc}.", hint=hint, where=str(path)) from exc
    check_keys(content, OF_FILE, Place(str(path)))
    return unfold_workers(content, Place(str(path)))


def _read_environment() -> Mapping[str, object]:
    names = {name: f"CPOR_{name.upper()}" for name in FROM_ENVIRONMENT}
    return {name: os.environ[variable] for name, variable in names.items() if os.environ.get(variable)}
