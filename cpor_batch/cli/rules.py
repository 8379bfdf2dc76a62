"""`cpor-batch rules`: look at the rulebook, check one's own, copy it to change it."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import IsoDate, common_options, talking_options
from cpor_batch.cli.printing import print_note, print_result, print_text
from cpor_batch.errors import ExitCode, UsageError


@click.group("rules")
def command() -> None:
    """Look at the program rules, check your own, or copy them to change them."""


@command.command("show")
@click.option("--on", "day", type=IsoDate(), metavar="DATE", help="The edition in force on this day.")
@common_options("text", "json", reckons=False)
def show(day: Any, **options: Any) -> int:  # Any: a date or None, and the shared options
    """Print the rules of an edition, each with its source.

    \b
    Examples:
      cpor-batch rules show
      cpor-batch rules show --on 2023-11-01 --format json
    """
    from cpor_batch.pipeline.show_rules import show_rules

    shown = show_rules(open_workspace(options, is_needed=False), day=day)
    print_result(options, text=shown.text, document=lambda: shown.document)
    return 0


@command.command("check")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@talking_options
def check(folder: Path, **_options: Any) -> int:  # Any: the shared options
    """Read the schema files in DIR as overrides and say what is wrong with them.

    \b
    Example:
      cpor-batch rules check my-schemas
    """
    from cpor_batch.rulebook import check_rules

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", hint="Make one with cpor-batch rules copy DIR.")
    problems = check_rules(folder)
    for problem in problems:
        print_note(f"Error: {problem}")
    if not problems:
        print_text(f"{folder}: nothing is wrong.")
    return int(ExitCode.CONFIGURATION if problems else ExitCode.DONE)


@command.command("copy")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@talking_options
def copy(folder: Path, **options: Any) -> int:  # Any: the shared options
    """Copy the built-in schema files into DIR; files that are there already are left alone.

    Keep only the ones that you change, and name the folder as schemas_dir in cpor-batch.toml.

    \b
    Example:
      cpor-batch rules copy my-schemas
    """
    from cpor_batch.assets import copy_schemas

    written = copy_schemas(folder)
    for path in written:
        print_text(str(path))
    print_note(
        f"Copied {len(written)} files. Next: change what you need, then cpor-batch rules check {folder}",
        is_quiet=options["quiet"],
    )
    return 0
