"""`cpor-batch revert`: undo a run."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options
from cpor_batch.cli.printing import print_result, shows_all


@click.command("revert")
@click.argument("run", metavar="RUN")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stands in the history.")
@common_options("text", "json", records=True)
def command(run: str, reason: str, **options: Any) -> int:  # Any: the shared options
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
    print_result(
        options,
        text=reverted.lines(limit=None) if shows_all(options) else reverted.lines(),
        document=lambda: reverted.document,
        closing=reverted.closing_line,
    )
    return 0
