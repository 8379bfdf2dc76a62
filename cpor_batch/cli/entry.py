"""`cpor-batch entry`: copy sheets for Partner Center."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, common_options
from cpor_batch.cli.printing import print_note, print_result, print_text


@click.command("entry")
@click.option(
    "--html",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the copy sheets as a page: copy buttons, progress, and a file for import.",
)
@common_options("text", "json", "html")
def command(html: Path | None, **options: Any) -> int:  # Any: the shared options
    """Show every claim that is still to be submitted, in the order of Partner Center's wizard.

    Partner Center has no bulk upload: somebody types. The page works from the file system, without a network.
    It remembers what was typed, and what was submitted it saves as a file that `cpor-batch import` takes.

    \b
    Examples:
      cpor-batch entry
      cpor-batch entry --html entry.html
      cpor-batch entry --format json
    """
    from cpor_batch.pipeline.entry import entry
    from cpor_batch.reports.entry_text import entry_summary, render_entry_text

    workspace = open_workspace(options)
    form, output = options["form"], options["output"]
    page = (output or workspace.out / "reports" / "entry.html") if form == "html" else None
    found = entry(workspace, pages=[path for path in (html, page) if path is not None])
    if form == "json" or not found.pages:
        text = "" if form == "json" else render_entry_text(found.report)
        print_result(options, text=text, document=found.report.as_json)
    for path in found.pages:
        (print_note if form == "json" else print_text)(str(path))
    if found.pages:
        closing = f"{entry_summary(found.report)} Next: open {found.pages[-1]}"
        print_note(closing, is_quiet=options["quiet"])
    return 0
