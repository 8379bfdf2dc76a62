"""Write back into cpor-batch.toml what a run was asked to remember."""

from collections.abc import Mapping
from pathlib import Path

from cpor_batch.settings.values import FILE_NAME


def save_header_map(folder: Path, headers: Mapping[str, str]) -> None:
    """Add header -> key to `[header_map]` of the workspace's cpor-batch.toml, all else left as it stands."""
    import tomlkit

    path = folder / FILE_NAME
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    table = document.setdefault("header_map", tomlkit.table())
    for header, key in headers.items():
        table[header] = key
    new = path.with_name(f"{FILE_NAME}.new")
    new.write_text(tomlkit.dumps(document), encoding="utf-8")
    new.replace(path)
