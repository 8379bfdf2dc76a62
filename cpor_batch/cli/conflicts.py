"""`cpor-batch conflicts`: what needs a decision."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import as_of_option, format_option, place_options, talking_options
from cpor_batch.cli.printing import print_json, print_note, print_paths, print_text


@click.command("conflicts")
@click.option(
    "--xlsx",
    "workbook",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help="Also write a workbook to decide in, for cpor-batch resolve.",
)
@format_option("text", "json")
@as_of_option
@place_options
@talking_options
def command(workbook: Path | None, form: str, **options: Any) -> int:  # Any: the shared options
    """List the open conflicts, the claims of each side by side.

    Shows what the rules would favour and decides nothing: Microsoft does, by the most recent PoE. Ends with
    exit code 1 while anything is open.

    \b
    Examples:
      cpor-batch conflicts
      cpor-batch conflicts --xlsx decisions.xlsx
      cpor-batch conflicts --format json
    """
    from cpor_batch.pipeline.list_conflicts import list_conflicts

    found = list_conflicts(open_workspace(options), workbook=workbook)
    if form == "json":
        print_json(found.document)
    else:
        print_text(found.text)
    if found.kept is not None:
        print_note(f"Kept the earlier workbook as {found.kept}", is_quiet=options["quiet"])
    if found.written is not None:
        print_paths([found.written], is_quiet=options["quiet"])
    if form == "json":
        print_note(found.closing_line, is_quiet=options["quiet"])
    else:
        print_text(f"\n{found.closing_line}" if found.text else found.closing_line)
    return int(found.exit_code)
