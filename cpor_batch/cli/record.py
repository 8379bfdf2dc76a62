"""`cpor-batch record`: write down what happened to claims."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import INPUT_FILE, IsoDate, common_options
from cpor_batch.cli.printing import print_note, print_result, shows_all
from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.pipeline.workspace import Workspace


@click.command("record")
@click.argument("claim", required=False, metavar="[CLAIM")
@click.argument("status", required=False, metavar="STATUS]")
@click.option("--on", type=IsoDate(), metavar="DATE", help="The day on which it happened. Default: today.")
@click.option("--reason", metavar="TEXT", help="Why, such as one of Microsoft's reasons for a rejection.")
@click.option(
    "--from",
    "source",
    type=INPUT_FILE,
    metavar="FILE",
    help="A workbook or CSV with the columns claim, status, on and reason.",
)
@common_options("text", "json", reads=True, records=True)
def command(
    claim: str | None, status: str | None, on: Any, reason: str | None, source: Path | None, **options: Any
) -> int:  # Any: a date or None, and the shared options
    """Record that CLAIM has a new STATUS, or what a whole workbook says.

    CLAIM is a reference (CB-...), a Partner Center claim ID or a claim name that occurs once. STATUS is a
    status of the claim's edition (cpor-batch rules show lists them), dispute, or notified: Microsoft's notice
    to the customer, which opens the opt-out window.

    \b
    Examples:
      cpor-batch record CB-7K3M9Q2T submitted --on 2021-04-01
      cpor-batch record "Contoso Exchange" notified --on 2021-04-01
      cpor-batch record CB-7K3M9Q2T rejected --reason "Insufficient PoE: page 2 unsigned"
      cpor-batch record --from week-14.xlsx
    """
    workspace = open_workspace(options)
    if source is not None:
        if claim or status or on or reason:
            raise UsageError("--from takes everything from the file.", hint="Leave the other arguments out.")
        return _record_file(source, workspace, options)
    if not claim or not status:
        raise UsageError(
            "record needs a claim and a status, or --from FILE.",
            hint='Such as cpor-batch record "Contoso Exchange" approved.',
        )
    from cpor_batch.domain.transitions import Asked
    from cpor_batch.pipeline.record import record

    asked = Asked(status=status, on=on, reason=reason)
    recorded = record(workspace, claim, asked, is_dry_run=options["dry_run"])
    for line in recorded.warnings:
        print_note(line, is_quiet=options["quiet"])
    print_result(options, text=recorded.text, document=lambda: recorded.document)
    return 0


def _record_file(source: Path, workspace: "Workspace", options: Any) -> int:  # Any: the shared options
    from cpor_batch.pipeline.record_from_file import record_from_file
    from cpor_batch.rulebook.side_sheets import RECORDS

    save_maps(workspace, options, RECORDS)
    recorded = record_from_file(source, workspace, is_dry_run=options["dry_run"])
    for line in recorded.warnings:
        print_note(line, is_quiet=options["quiet"])
    print_result(
        options,
        text=recorded.lines(limit=None) if shows_all(options) else recorded.lines(),
        document=lambda: recorded.document,
        closing=recorded.closing_line,
    )
    return int(recorded.exit_code)
