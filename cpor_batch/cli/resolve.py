"""`cpor-batch resolve`: take decisions on conflicts back."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import INPUT_FILE, common_options
from cpor_batch.cli.printing import print_result


@click.command("resolve")
@click.argument("file", type=INPUT_FILE, metavar="FILE.xlsx")
@common_options("text", "json", reads=True, records=True)
def command(file: Path, **options: Any) -> int:  # Any: the shared options
    """Carry out the decisions in FILE.xlsx, which cpor-batch conflicts --xlsx wrote.

    Releases or withdraws the claims and records who decided what and why. Blank decisions stay open; a
    decision on claims that have changed meanwhile is reported and skipped. Ends with exit code 1 while
    conflicts are open.

    \b
    Examples:
      cpor-batch resolve decisions.xlsx --dry-run
      cpor-batch resolve decisions.xlsx --actor "Pat Partner"
    """
    from cpor_batch.pipeline.resolve import resolve
    from cpor_batch.rulebook.side_sheets import DECISIONS

    workspace = open_workspace(options)
    save_maps(workspace, options, DECISIONS)
    resolved = resolve(file, workspace, is_dry_run=options["dry_run"])
    print_result(
        options, text=resolved.text, document=lambda: resolved.document, closing=resolved.closing_line
    )
    return int(resolved.exit_code)
