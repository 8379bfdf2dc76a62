"""`cpor-batch entry`: copy sheets for Partner Center."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import format_option, report_options
from cpor_batch.cli.printing import print_json, print_note, print_text


@click.command("entry")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the copy sheets as a page: copy buttons, progress, and a file for import.",
)
@format_option("text", "json", "html")
@report_options
def command(
    html: Path | None, form: str, output: Path | None, **options: Any
) -> int:  # Any: the shared options
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
    page = html or ((output or workspace.out / "reports" / "entry.html") if form == "html" else None)
    found = entry(workspace, page=page)
    if form == "json":
        print_result(found.report.as_json(), output)
    elif found.page is not None:
        print_text(str(found.page))
    elif output is not None:
        write_text(render_entry_text(found.report), output)
    else:
        print_text(render_entry_text(found.report))
    if found.page is not None:
        print_note(f"{entry_summary(found.report)} Next: open {found.page}", is_quiet=options["quiet"])
    return 0


def print_result(document: dict[str, Any], output: Path | None) -> None:  # Any: what JSON can say
    """Print the document, or write it to `output` and print its path."""
    if output is None:
        print_json(document)
        return
    import json

    write_text(json.dumps(document, ensure_ascii=False, indent=1), output)


def write_text(text: str, output: Path) -> None:
    """Write the text to `output` and print its path."""
    from cpor_batch.files import write_atomically

    write_atomically(output, f"{text.rstrip()}\n".encode())
    print_text(str(output))
