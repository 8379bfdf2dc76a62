"""`cpor-batch run`: the main job."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import common_options, files_argument
from cpor_batch.cli.printing import print_note
from cpor_batch.cli.progress import TerminalProgress
from cpor_batch.cli.verdicts import print_verdict


@click.command("run")
@files_argument
@common_options("text", "json", "xlsx", "html", reads=True, records=True)
def command(files: tuple[Path, ...], **options: Any) -> int:  # Any: the shared options
    """Ingest FILE..., make the documents that are due and write the reports.

    Without Pango everything but the PDFs is done; they stay due for the next run (exit code 3).

    \b
    Examples:
      cpor-batch run inbox/*.xlsx
      cpor-batch run inbox/claims.xlsx --format json
    """
    from cpor_batch.pipeline.run import run

    workspace = open_workspace(options)
    save_maps(workspace, options)
    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        outcome = run(files, workspace, progress=progress, is_dry_run=options["dry_run"])
    for failure in outcome.failures:
        print_note(f"Error: {failure}")
    for note in outcome.made.notes:
        print_note(note)
    print_verdict(
        outcome.ingested.judgement,
        workspace,
        options,
        name="run",
        as_json=outcome.ingested.as_json,
        written=outcome.written,
        closing=[outcome.documents_line, outcome.ingested.closing_line],
    )
    for problem in outcome.unwritten:
        print_note(f"Error: {problem}")
    return int(outcome.exit_code)
