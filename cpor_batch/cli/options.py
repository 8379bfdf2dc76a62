"""The common options, each declared once, and which of them a command has: `common_options`."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: a command takes what its options say
Decorator = Callable[[Command], Command]


class IsoDate(click.ParamType[date]):
    """A date as ISO text; nothing is guessed."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:  # Any: Click
        """Return the date, or fail naming the form."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as YYYY-MM-DD, such as 2021-04-01.", param, ctx)


class WholeNumber(click.IntRange):
    """A whole number; Click calls it an integer range."""

    name = "whole number"


class InputFile(click.Path):
    """A file that the command reads: no result is written over it."""

    def __init__(self) -> None:
        """Give a Path, whether it exists and may be read or not: the command says what is wrong with it."""
        super().__init__(path_type=Path, readable=False)


class OutputFile(click.Path):
    """A file that the command writes where the user says; see `cli/outputs.py` for where it may be."""

    def __init__(self, *endings: str) -> None:
        """Give a Path; with `endings`, one that has to end in one of them."""
        super().__init__(path_type=Path, readable=False)
        self.endings = endings


def together(*decorators: Decorator[Any]) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return one decorator that applies all of them, in the order in which --help shows them."""

    def decorate(command: Any) -> Any:  # Any: whatever command is decorated
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


INPUT_FILE = InputFile()
OUTPUT_FILE = OutputFile()
WORKBOOK_FILE = OutputFile(".xlsx")
PAGE_FILE = OutputFile(".html", ".htm")

files_argument = click.argument("files", nargs=-1, required=True, type=INPUT_FILE, metavar="FILE...")

workspace_option = click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The workspace. Default: the nearest folder upward that holds cpor-batch.toml.",
)
edition_option = click.option(
    "--edition", metavar="NAME", help="Program rules to judge by: cpor-2021 (default) or mci-2023."
)
as_of_option = click.option(
    "--as-of", type=IsoDate(), metavar="DATE", help="Make today this day (YYYY-MM-DD)."
)
actor_option = click.option(
    "--actor", metavar="NAME", help="Who does it, for the history. Default: your user name."
)
locale_option = click.option(
    "--locale", metavar="LOCALE", help="How text dates are to be read, such as sv_SE or en_US."
)
map_option = click.option(
    "--map",
    "maps",
    multiple=True,
    metavar='"HEADER=KEY"',
    help="Read a column under another header; may be repeated.",
)
save_map_option = click.option("--save-map", is_flag=True, help="Remember --map in cpor-batch.toml.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be done; write nothing but files that you name."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Print every stage, and every problem.")
schemas_option = click.option(
    "--schemas-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder with schema files of your own.",
)
templates_option = click.option(
    "--templates-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder with templates of your own.",
)

talking_options = together(quiet_option, verbose_option)
_FILES = frozenset({"xlsx", "html"})
"""Forms that are files by their nature; the others are printed unless --output names a file."""


def common_options(
    *forms: str, reads: bool = False, reckons: bool = True, records: bool = False, judges: bool = True
) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return the common options that mean something for a command, in the order of --help.

    `forms` are those of its result, the first one the default; none: it has no result to be written.
    `reads`: a sheet with columns and dates of people's own. `judges`: by the rules of an edition. `reckons`:
    on a day. `records`: something in the ledger.
    """
    wanted = (
        (bool(forms), format_option(*forms)),
        (bool(forms), output_option(*forms)),
        (judges, edition_option),
        (reads, locale_option),
        (reckons, as_of_option),
        (reads, together(map_option, save_map_option)),
        (records, together(actor_option, dry_run_option)),
        (True, together(workspace_option, schemas_option, templates_option, talking_options)),
    )
    return together(*(option for is_wanted, option in wanted if is_wanted))


def format_option(*forms: str) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return the --format option; where it is not given, the ending of --output decides."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0] if forms else None,
        show_default=True,
        callback=_follow_output,
        help="Form of the result.",
    )


def output_option(*forms: str) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return the --output option."""
    files = " and ".join(form for form in forms if form in _FILES)
    default = f" Default for {files}: out/reports/." if files else ""
    return click.option("--output", type=OUTPUT_FILE, metavar="FILE", help=f"Write the result here.{default}")


def _follow_output(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return the form that the ending of --output shows, unless --format says one."""
    # What is given on the command line is read before what is not: --output is known here if there is one.
    output = ctx.params.get("output")
    source = ctx.get_parameter_source(str(param.name))
    if output is None or source is not click.core.ParameterSource.DEFAULT:
        return value
    ending = output.suffix.lower().lstrip(".")
    forms: Sequence[str] = getattr(param.type, "choices", ())
    return ending if ending in forms else value
