"""`cpor-batch ingest`: judge workbooks and record their claims."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import files_argument, format_option, recording_options
from cpor_batch.cli.printing import print_json, print_note, print_paths, print_text
from cpor_batch.cli.progress import TerminalProgress


@click.command("ingest")
@files_argument
@format_option("text", "json")
@recording_options
def command(files: tuple[Path, ...], form: str, **options: Any) -> int:  # Any: the shared options
    r"""Judge every row of FILE... and record the good claims in the ledger, in one transaction.

    Refused claims stay out; the result workbook in out/runs/ID/ holds their rows, ready to be mended and
    sent again. A file that comes again changes nothing.

    \b
    Examples:
      cpor-batch ingest inbox/claims.xlsx
      cpor-batch ingest inbox/*.xlsx --actor "Pat Partner"
      cpor-batch ingest inbox/claims.xlsx --dry-run --format json
    """
    from cpor_batch.pipeline.ingest import ingest
    from cpor_batch.reports.verdict_text import render_verdict_text

    is_quiet, is_verbose = options["quiet"], options["verbose"]
    workspace = open_workspace(options)
    save_maps(workspace, options)
    with TerminalProgress(is_quiet=is_quiet, is_verbose=is_verbose) as progress:
        ingested = ingest(files, workspace, progress=progress, is_dry_run=options["dry_run"])
    if form == "json":
        print_json(ingested.as_json())
    else:
        print_text(render_verdict_text(ingested.judgement.verdict, limit=None if is_verbose else 40))
    print_paths(ingested.written, is_quiet=is_quiet)
    (print_note if form == "json" else print_text)(ingested.closing_line)
    return int(ingested.exit_code)
