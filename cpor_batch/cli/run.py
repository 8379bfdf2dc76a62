"""`cpor-batch run`: the main job."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import files_argument, format_option, recording_options
from cpor_batch.cli.printing import print_json, print_note, print_paths, print_text
from cpor_batch.cli.progress import TerminalProgress


@click.command("run")
@files_argument
@format_option("text", "json")
@recording_options
def command(files: tuple[Path, ...], form: str, **options: Any) -> int:  # Any: the shared options
    r"""Ingest FILE..., make the documents that are due and write the reports.

    Without Pango everything but the PDFs is done; they stay due for the next run (exit code 3).

    \b
    Examples:
      cpor-batch run inbox/*.xlsx
      cpor-batch run inbox/claims.xlsx --format json
    """
    from cpor_batch.pipeline.run import run
    from cpor_batch.reports.verdict_text import render_verdict_text

    is_quiet, is_verbose = options["quiet"], options["verbose"]
    workspace = open_workspace(options)
    save_maps(workspace, options)
    with TerminalProgress(is_quiet=is_quiet, is_verbose=is_verbose) as progress:
        outcome = run(files, workspace, progress=progress, is_dry_run=options["dry_run"])
    if form == "json":
        print_json(outcome.ingested.as_json())
    else:
        print_text(render_verdict_text(outcome.ingested.judgement.verdict, limit=None if is_verbose else 40))
    for failure in outcome.failures:
        print_note(f"Error: {failure}")
    print_paths(outcome.written, is_quiet=is_quiet)
    say = print_note if form == "json" else print_text
    say(outcome.documents_line)
    say(outcome.ingested.closing_line)
    return int(outcome.exit_code)
