"""Where a command may write: not over what it reads, the settings or the ledger, and into folders that exist.

Which options name files to be read and written is known by their types, so that no command forgets one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from cpor_batch.cli.options import InputFile, OutputFile
from cpor_batch.errors import OutputError, UsageError
from cpor_batch.settings import FILE_NAME, Settings

_SQLITE: Final = "sqlite:///"
# No command writes text or JSON into a file that these endings promise.
_OTHER_ENDINGS: Final = frozenset(
    {".pdf", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".docx", ".doc", ".html", ".htm"}
)


def refuse_wrong_outputs(ctx: click.Context, settings: Settings) -> None:
    """Raise UsageError or OutputError for the first file that the command line names and must not write."""
    inputs = {path.resolve() for _, path in _paths(ctx, InputFile)}
    ledger = _ledger_files(settings)
    taken: dict[Path, str] = {}
    for option, path in _paths(ctx, OutputFile):
        real = path.resolve()
        if real in inputs:
            raise UsageError(f"{path} is a file to be read.", hint="Name another file for the result.")
        if real.name == FILE_NAME:
            raise UsageError(
                f"{path} holds the settings of a workspace.", hint="Name another file for the result."
            )
        if real in ledger:
            raise UsageError(f"{path} is the ledger.", hint="Name another file for the result.")
        if real in taken:
            raise UsageError(
                f"{taken[real]} and {option} name the same file, {path}.", hint="Name two files."
            )
        taken[real] = option
        _require_folder(path, settings)
    _require_endings(ctx)


def _paths(ctx: click.Context, kind: type[click.Path]) -> Iterator[tuple[str, Path]]:
    """Yield every path that was given for a parameter of this kind, with the name of its option."""
    for parameter in ctx.command.params:
        if isinstance(parameter.type, kind):
            value = ctx.params.get(str(parameter.name))
            for path in value if isinstance(value, tuple) else (value,):
                if path is not None:
                    yield parameter.opts[0], path


def _require_endings(ctx: click.Context) -> None:
    """Raise UsageError for the first file whose name shows another form than the one it would get."""
    for parameter in ctx.command.params:
        path = ctx.params.get(str(parameter.name))
        if not isinstance(parameter.type, OutputFile) or path is None:
            continue
        form = str(ctx.params.get("form"))
        # A form that is named weighs more than the ending; one that is not follows it as far as it can.
        is_result = (
            parameter.name == "output"
            and ctx.get_parameter_source("form") is click.core.ParameterSource.DEFAULT
        )
        endings, ending = parameter.type.endings, path.suffix.lower()
        if endings and ending not in endings:
            raise UsageError(
                f"{path} does not end in {endings[0]}.", hint=f"Name a file such as result{endings[0]}."
            )
        if is_result and form == "text" and ending in _OTHER_ENDINGS:
            raise UsageError(
                f"{path} would hold text, which is not what {ending} says.",
                hint="Name a file such as result.txt, or one that ends as a --format of this command does.",
            )


def _require_folder(path: Path, settings: Settings) -> None:
    if path.is_dir():
        raise OutputError("this is a folder.", hint="Name a file in it.", where=str(path))
    folder = path.absolute().parent
    # Folders below out/ are ours to make; elsewhere a folder that is not there is a slip of the pen.
    if not folder.is_dir() and not folder.resolve().is_relative_to(settings.out.resolve()):
        hint = "Make it first, or name a file in another folder."
        raise OutputError(f"there is no folder {path.parent}.", hint=hint, where=str(path))


def _ledger_files(settings: Settings) -> frozenset[Path]:
    """Return the files of a ledger on SQLite; nothing for one on a server."""
    if not settings.ledger_url.startswith(_SQLITE):
        return frozenset()
    name = settings.ledger_url.removeprefix(_SQLITE)
    return frozenset(Path(f"{name}{ending}").resolve() for ending in ("", "-wal", "-shm", "-journal"))
