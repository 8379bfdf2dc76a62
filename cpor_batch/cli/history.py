"""`cpor-batch history`: what happened."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options
from cpor_batch.cli.printing import print_rendered


@click.command("history")
@click.argument("claim", required=False, metavar="[CLAIM]")
@common_options("text", "json", "xlsx", "html")
def command(claim: str | None, **options: Any) -> int:  # Any: the shared options
    """Tell what happened to CLAIM, or to all claims: who, when, from which file and row, before and after.

    CLAIM is a reference (CB-...), a Partner Center claim ID or a claim name that occurs once.

    \b
    Examples:
      cpor-batch history
      cpor-batch history "Contoso Exchange"
      cpor-batch history --format html
    """
    from cpor_batch.pipeline.history import history

    report = history(open_workspace(options), claim, form=options["form"], output=options["output"])
    print_rendered(report, options)
    return int(report.exit_code)
