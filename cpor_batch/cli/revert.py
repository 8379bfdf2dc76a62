"""`cpor-batch revert`: undo a run."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import (
    actor_option,
    as_of_option,
    dry_run_option,
    format_option,
    place_options,
    talking_options,
)
from cpor_batch.cli.printing import print_json, print_note, print_text


@click.command("revert")
@click.argument("run", metavar="RUN")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stands in the history.")
@format_option("text", "json")
@as_of_option
@actor_option
@dry_run_option
@place_options
@talking_options
def command(run: str, reason: str, form: str, **options: Any) -> int:  # Any: the shared options
    """Undo RUN: each claim that it changed is again what it was before.

    RUN is the ID of a run, as out/runs/ has it, or enough of its beginning. Claims that it recorded are
    forgotten: the mended workbook can be ingested, and they get the same references. Nothing is deleted from
    the history. Where later runs changed the same claims, they have to be reverted first. A revert is a run
    and can be reverted too. Documents that were made and mail that was sent stay as they are.

    \b
    Examples:
      cpor-batch revert 20210401T081500Z-4f7a1c --reason "Wrong file" --dry-run
      cpor-batch revert 20210401T081500Z-4f7a1c --reason "Wrong file"
    """
    from cpor_batch.pipeline.revert import revert

    workspace = open_workspace(options)
    reverted = revert(workspace, run, reason=reason, is_dry_run=options["dry_run"])
    if form == "json":
        print_json(reverted.document)
        print_note(reverted.closing_line)
        return 0
    if not options["quiet"]:
        print_text(reverted.lines(limit=None) if options["verbose"] else reverted.lines())
    print_text(reverted.closing_line)
    return 0
