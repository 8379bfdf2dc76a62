"""`cpor-batch status`: what every claim is, and what is due."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, WholeNumber, common_options
from cpor_batch.cli.printing import print_note, print_paths, print_rendered


@click.command("status")
@click.option(
    "--due-within",
    type=WholeNumber(min=0),
    default=10,
    show_default=True,
    metavar="DAYS",
    help="How far to look ahead.",
)
@click.option(
    "--ics",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the last days of all open windows as a calendar too.",
)
@common_options("text", "json", "xlsx", "html")
def command(due_within: int, ics: Path | None, **options: Any) -> int:  # Any: the shared options
    """Report every claim with its windows, what is due first.

    Ends with exit code 1 when somebody let a window expire.

    \b
    Examples:
      cpor-batch status
      cpor-batch status --format xlsx
      cpor-batch status --ics windows.ics
      cpor-batch status --as-of 2021-04-15 --format json
    """
    from cpor_batch.pipeline.status import status

    form = options["form"]
    report = status(
        open_workspace(options), form=form, output=options["output"], due_within=due_within, calendar=ics
    )
    print_rendered(report, options)
    if ics is not None:
        print_paths([ics], is_quiet=options["quiet"])
    if report.has_overdue:
        where = "above" if report.path is None else report.path
        print_note(f"Windows are overdue; see {where}.", is_quiet=options["quiet"] or form == "json")
    return int(report.exit_code)
