"""`cpor-batch check`: judge workbooks, write nothing but what is asked for."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import files_argument, format_option, judging_options
from cpor_batch.cli.printing import print_json, print_note, print_paths, print_text
from cpor_batch.cli.progress import TerminalProgress


@click.command("check")
@files_argument
@click.option(
    "--result",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help="Write the marked verdict as a workbook.",
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the verdict as a page.")
@format_option("text", "json")
@judging_options
def command(
    files: tuple[Path, ...], result: Path | None, html: Path | None, form: str, **options: Any
) -> int:  # Any: the shared options
    r"""Judge every row of FILE... and say what is wrong, where, and what to do.

    Nothing is recorded. In a workspace, the claims are also compared with its ledger.

    \b
    Examples:
      cpor-batch check claims.xlsx
      cpor-batch check claims.xlsx --result verdict.xlsx
      cpor-batch check *.xlsx --as-of 2021-04-01 --format json
    """
    from cpor_batch.pipeline.check import check
    from cpor_batch.reports.verdict_json import verdict_json
    from cpor_batch.reports.verdict_text import render_verdict_text, summary_line

    is_quiet, is_verbose = options["quiet"], options["verbose"]
    workspace = open_workspace(options, is_needed=False)
    with TerminalProgress(is_quiet=is_quiet, is_verbose=is_verbose) as progress:
        checked = check(files, workspace, progress=progress, result=result, page=html)
    verdict = checked.judgement.verdict
    if form == "json":
        print_json(verdict_json(verdict))
    else:
        print_text(render_verdict_text(verdict, limit=None if is_verbose else 40))
    print_paths(checked.written, is_quiet=is_quiet)
    closing = f"{summary_line(verdict)}. {checked.next_step}".strip()
    (print_note if form == "json" else print_text)(closing)
    return int(checked.exit_code)
