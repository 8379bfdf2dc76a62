"""`cpor-batch withdraw`: take a claim back."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import IsoDate, common_options
from cpor_batch.cli.printing import print_result


@click.command("withdraw")
@click.argument("claim", metavar="CLAIM")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stands in the history.")
@click.option("--on", type=IsoDate(), metavar="DATE", help="The day of the withdrawal. Default: today.")
@common_options("text", "json", records=True)
def command(claim: str, reason: str, on: Any, **options: Any) -> int:  # Any: a date, shared options
    """Take CLAIM back: it holds nothing any more and gets no documents.

    CLAIM is a reference (CB-...), a Partner Center claim ID or a claim name that occurs once. Partner Center
    hears nothing of it: ask there for the rejection of a claim that is submitted.

    \b
    Examples:
      cpor-batch withdraw CB-7K3M9Q2T --reason "Customer went with another partner"
    """
    from cpor_batch.pipeline.withdraw import withdraw

    workspace = open_workspace(options)
    recorded = withdraw(workspace, claim, reason=reason, on=on, is_dry_run=options["dry_run"])
    print_result(options, text=recorded.text, document=lambda: recorded.document)
    return 0
