"""`cpor-batch check`: judge workbooks, write nothing but what is asked for."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace, save_maps
from cpor_batch.cli.options import PAGE_FILE, WORKBOOK_FILE, common_options, files_argument
from cpor_batch.cli.progress import TerminalProgress
from cpor_batch.cli.verdicts import print_verdict


@click.command("check")
@files_argument
@click.option(
    "--result",
    type=WORKBOOK_FILE,
    metavar="FILE.xlsx",
    help="Write the marked verdict as a workbook.",
)
@click.option("--html", type=PAGE_FILE, metavar="FILE", help="Write the verdict as a page.")
@common_options("text", "json", "xlsx", "html", reads=True, records=True)
def command(
    files: tuple[Path, ...], result: Path | None, html: Path | None, **options: Any
) -> int:  # Any: options
    """Judge every row of FILE... and say what is wrong, where, and what to do.

    Nothing is recorded. In a workspace, the claims are also compared with its ledger.

    \b
    Examples:
      cpor-batch check claims.xlsx
      cpor-batch check claims.xlsx --result verdict.xlsx
      cpor-batch check *.xlsx --as-of 2021-04-01 --format json
    """
    from cpor_batch.pipeline.check import check
    from cpor_batch.reports.verdict_json import verdict_json
    from cpor_batch.reports.verdict_text import summary_line

    workspace = open_workspace(options, is_needed=False)
    save_maps(workspace, options)
    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        checked = check(files, workspace, progress=progress, result=result, page=html)
    verdict = checked.judgement.verdict
    print_verdict(
        checked.judgement,
        workspace,
        options,
        name="check",
        as_json=lambda: verdict_json(verdict),
        written=checked.written,
        closing=[f"{summary_line(verdict)}. {checked.next_step}".strip()],
    )
    return int(checked.exit_code)
