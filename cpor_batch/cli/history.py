"""`cpor-batch history`: what happened."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import format_option, report_options
from cpor_batch.cli.printing import print_json, print_text


@click.command("history")
@click.argument("claim", required=False, metavar="[CLAIM]")
@format_option("text", "json", "xlsx", "html")
@report_options
def command(
    claim: str | None, form: str, output: Path | None, **options: Any
) -> int:  # Any: the shared options
    """Tell what happened to CLAIM, or to all claims: who, when, from which file and row, before and after.

    CLAIM is a reference (CB-...), a Partner Center claim ID or a claim name that occurs once.

    \b
    Examples:
      cpor-batch history
      cpor-batch history "Contoso Exchange"
      cpor-batch history --format html
    """
    from cpor_batch.pipeline.history import history

    report = history(open_workspace(options), claim, form=form, output=output)
    if report.path is not None:
        print_text(str(report.path))
    elif form == "json":
        print_json(report.document)
    else:
        print_text(report.text)
    return int(report.exit_code)
