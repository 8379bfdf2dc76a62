"""`cpor-batch withdraw`: take a claim back."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import (
    IsoDate,
    actor_option,
    as_of_option,
    dry_run_option,
    format_option,
    place_options,
    talking_options,
)
from cpor_batch.cli.printing import print_json, print_text


@click.command("withdraw")
@click.argument("claim", metavar="CLAIM")
@click.option("--reason", required=True, metavar="TEXT", help="Why; stands in the history.")
@click.option("--on", type=IsoDate(), metavar="DATE", help="The day of the withdrawal. Default: today.")
@format_option("text", "json")
@as_of_option
@actor_option
@dry_run_option
@place_options
@talking_options
def command(
    claim: str, reason: str, on: Any, form: str, **options: Any
) -> int:  # Any: a date, shared options
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
    if form == "json":
        print_json(recorded.document)
    else:
        print_text(recorded.text)
    return 0
