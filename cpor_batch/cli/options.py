"""Options that several commands share, each defined once."""

from collections.abc import Callable
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


def together(*decorators: Decorator[Any]) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return one decorator that applies all of them, in the order in which --help shows them."""

    def decorate(command: Any) -> Any:  # Any: whatever command is decorated
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


files_argument = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)

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
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print the result only.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Print every stage, and every problem.")
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report here. Default for xlsx and html: out/reports/.",
)
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


def format_option(*formats: str) -> Decorator[Any]:  # Any: whatever command is decorated
    """Return the --format option with these choices, the first one the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="Form of the result.",
    )


verdict_options = together(format_option("text", "json", "xlsx", "html"), output_option)
talking_options = together(quiet_option, verbose_option)
place_options = together(workspace_option, schemas_option, templates_option)
judging_options = together(
    edition_option, locale_option, as_of_option, map_option, save_map_option, place_options, talking_options
)
recording_options = together(judging_options, actor_option, dry_run_option)
report_options = together(as_of_option, output_option, place_options, talking_options)
