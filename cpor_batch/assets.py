"""Find what comes with the program or stands in its place: schemas, templates and sample data.

Overrides go per file: a folder of the user's holds only what differs. A file there that matches no built-in
name is an error, because `leter.html.j2` must not mean "use the default".
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cpor_batch.errors import ConfigurationError

_PACKAGE: Final = Path(__file__).resolve().parent

_LANGUAGE: Final = re.compile(r"translations/[a-z]{2}\.po")

# What people and systems leave beside the files is nobody's override.
_LEFT_BEHIND: Final = frozenset({"Thumbs.db", "desktop.ini", "README.md", "README.txt"})


@cache
def builtin_folder(kind: str) -> Path:
    """Return the folder `schemas`, `templates` or `sample_data` as installed, else of the checkout."""
    packaged = _PACKAGE / "builtin" / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The files in use: the user's where there is one, else the built-in one."""

    schemas_dir: Path | None = None
    """The user's folder of schemas, or None."""
    templates_dir: Path | None = None
    """The user's folder of templates, or None."""

    def __post_init__(self) -> None:
        _check_overrides(self.schemas_dir, "schemas")
        _check_overrides(self.templates_dir, "templates")

    def schema_path(self, name: str) -> Path:
        """Return the path of a schema such as "countries.yaml"; ConfigurationError if there is none."""
        return _find(name, self.schemas_dir, "schemas")

    def read_schema(self, name: str) -> bytes:
        """Return the bytes of a schema."""
        return self.schema_path(name).read_bytes()

    def list_schemas(self, folder: str = "") -> tuple[str, ...]:
        """Return the names of the schemas in a folder such as "editions", sorted."""
        return _list("schemas", folder, self.schemas_dir)

    def template_path(self, name: str) -> Path:
        """Return the path of a template; ConfigurationError if there is none."""
        return _find(name, self.templates_dir, "templates")

    def read_template(self, name: str) -> bytes:
        """Return the bytes of a template."""
        return self.template_path(name).read_bytes()

    def list_templates(self, folder: str = "") -> tuple[str, ...]:
        """Return the names of the templates in a folder, sorted."""
        return _list("templates", folder, self.templates_dir)

    def template_folders(self) -> tuple[Path, ...]:
        """Return the folders in which templates are looked for, the user's first."""
        own = () if self.templates_dir is None else (self.templates_dir,)
        return (*own, builtin_folder("templates"))

    def sample_data(self) -> Path:
        """Return the folder of sample workbooks."""
        return builtin_folder("sample_data")


def copy_schemas(directory: Path) -> tuple[Path, ...]:
    """Copy the built-in schemas into `directory`, existing files left alone; return the paths written."""
    source = builtin_folder("schemas")
    written = []
    for name in _names_in(source):
        target = directory / name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((source / name).read_bytes())
        written.append(target)
    return tuple(written)


def _find(name: str, own: Path | None, kind: str) -> Path:
    for folder in (own, builtin_folder(kind)):
        if folder is not None and (folder / name).is_file():
            return folder / name
    builtin = builtin_folder(kind)
    raise ConfigurationError(
        f'There is no file "{name}" in {kind}.', hint=_did_you_mean(name, _names_in(builtin))
    )


def _list(kind: str, folder: str, own: Path | None) -> tuple[str, ...]:
    names = set(_names_in(builtin_folder(kind)))
    if own is not None:
        names |= set(_names_in(own))
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    return tuple(sorted(name for name in names if name.startswith(prefix)))


def _check_overrides(own: Path | None, kind: str) -> None:
    if own is None:
        return
    if not own.is_dir():
        hint = "Make it, or leave the setting out."
        raise ConfigurationError(f"{own} is not a folder.", hint=hint, where=f"{kind}_dir")
    builtin = _names_in(builtin_folder(kind))
    for name in _names_in(own):
        if name not in builtin and not _may_be_added(name, kind):
            hint = _did_you_mean(name, builtin)
            message = "This file stands for none of the built-in ones."
            raise ConfigurationError(message, hint=hint, where=str(own / name))


def _may_be_added(name: str, kind: str) -> bool:
    # An edition, a catalogue or a language of one's own is a new file by its nature, and letters bring logos.
    if kind == "schemas":
        return name.startswith(("editions/", "catalogue/")) and name.endswith(".yaml")
    return bool(_LANGUAGE.fullmatch(name)) or not name.endswith((".j2", ".css", ".po", ".toml"))


def _names_in(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith((".", "~$")) and path.name not in _LEFT_BEHIND
        )
    )


def _did_you_mean(name: str, names: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f'Did you mean "{near[0]}"?' if near else f"Names there are: {', '.join(names) or 'none'}."
