"""`cpor-batch ingest`: judge workbooks and record their claims."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import common_options, files_argument
from cpor_batch.cli.printing import print_note
from cpor_batch.cli.progress import TerminalProgress
from cpor_batch.cli.verdicts import print_verdict


@click.command("ingest")
@files_argument
@common_options("text", "json", "xlsx", "html", reads=True, records=True)
def command(files: tuple[Path, ...], **options: Any) -> int:  # Any: the shared options
    """Judge every row of FILE... and record the good claims in the ledger, in one transaction.

    Refused claims stay out; the result workbook in out/runs/ID/ holds their rows, ready to be mended and
    sent again. A file that comes again changes nothing.

    \b
    Examples:
      cpor-batch ingest inbox/claims.xlsx
      cpor-batch ingest inbox/*.xlsx --actor "Pat Partner"
      cpor-batch ingest inbox/claims.xlsx --dry-run --format json
    """
    from cpor_batch.pipeline.ingest import ingest

    workspace = open_workspace(options)
    save_maps(workspace, options)
    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        ingested = ingest(files, workspace, progress=progress, is_dry_run=options["dry_run"])
    print_verdict(
        ingested.judgement,
        workspace,
        options,
        name="ingest",
        as_json=ingested.as_json,
        written=ingested.written,
        closing=[ingested.closing_line],
    )
    for problem in ingested.unwritten:
        print_note(f"Error: {problem}")
    return int(ingested.exit_code)
