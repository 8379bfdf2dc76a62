"""`cpor-batch import`: take over what Partner Center says."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import (
    actor_option,
    as_of_option,
    dry_run_option,
    edition_option,
    format_option,
    locale_option,
    map_option,
    place_options,
    talking_options,
)
from cpor_batch.cli.printing import print_json, print_note, print_text


@click.command("import")
@click.argument("export", type=click.Path(path_type=Path), metavar="EXPORT")
@click.option("--adopt", "is_adopting", is_flag=True, help="Record unknown claims as existing associations.")
@format_option("text", "json")
@edition_option
@locale_option
@as_of_option
@map_option
@actor_option
@dry_run_option
@place_options
@talking_options
def command(export: Path, form: str, **options: Any) -> int:  # Any: the shared options
    """Take over claim IDs, statuses, notices and approvals from EXPORT, a file of Partner Center's.

    EXPORT is the customer-claims export, or the monthly report "CPOR - Microsoft 365 usage", as CSV, TSV or
    workbook. Claims are found by Partner Center's claim ID, else by partner, tenant and product. The same
    export twice changes nothing. Ends with exit code 1 while claims are unknown.

    \b
    Examples:
      cpor-batch import customer-claims.csv
      cpor-batch import customer-claims.xlsx --adopt
      cpor-batch import customer-claims.csv --dry-run --format json
    """
    from cpor_batch.pipeline.import_export import import_export

    workspace = open_workspace(options)
    imported = import_export(
        export, workspace, is_adopting=options["is_adopting"], is_dry_run=options["dry_run"]
    )
    if form == "json":
        print_json(imported.document)
    else:
        print_text(imported.lines(limit=None) if options["verbose"] else imported.lines())
    (print_note if form == "json" else print_text)(imported.closing_line)
    return int(imported.exit_code)
