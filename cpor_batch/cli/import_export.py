"""`cpor-batch import`: take over what Partner Center says."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import INPUT_FILE, common_options
from cpor_batch.cli.printing import print_note, print_result, shows_all


@click.command("import")
@click.argument("export", type=INPUT_FILE, metavar="EXPORT")
@click.option("--adopt", "is_adopting", is_flag=True, help="Record unknown claims as existing associations.")
@common_options("text", "json", reads=True, records=True)
def command(export: Path, **options: Any) -> int:  # Any: the shared options
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
    from cpor_batch.rulebook.side_sheets import EXPORT

    workspace = open_workspace(options)
    save_maps(workspace, options, EXPORT)
    imported = import_export(
        export, workspace, is_adopting=options["is_adopting"], is_dry_run=options["dry_run"]
    )
    for line in imported.warnings if shows_all(options) else imported.warning_lines:
        print_note(line, is_quiet=options["quiet"])
    print_result(
        options,
        text=imported.lines(limit=None) if shows_all(options) else imported.lines(),
        document=lambda: imported.document,
        closing=imported.closing_line,
    )
    return int(imported.exit_code)
