"""`cpor-batch conflicts`: what needs a decision."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import WORKBOOK_FILE, common_options
from cpor_batch.cli.printing import print_note, print_paths, print_result, print_text
from cpor_batch.errors import UsageError

if TYPE_CHECKING:
    from cpor_batch.pipeline.workspace import Workspace


@click.command("conflicts")
@click.option(
    "--xlsx",
    "workbook",
    type=WORKBOOK_FILE,
    metavar="FILE.xlsx",
    help="Also write a workbook to decide in, for cpor-batch resolve.",
)
@common_options("text", "json", "xlsx", "html")
def command(workbook: Path | None, **options: Any) -> int:  # Any: the shared options
    """List the open conflicts, the claims of each side by side.

    Shows what the rules would favour and decides nothing: Microsoft does, by the most recent PoE. The
    workbook is one to decide in. Two claims that hold one key by what was recorded or imported are listed
    too, until one gives it up; no claim is held for that. Ends with exit code 1 while anything is open.

    \b
    Examples:
      cpor-batch conflicts
      cpor-batch conflicts --xlsx decisions.xlsx
      cpor-batch conflicts --format html
      cpor-batch conflicts --format json
    """
    from cpor_batch.pipeline.list_conflicts import list_conflicts, write_conflict_page

    workspace = open_workspace(options)
    form, is_quiet = options["form"], options["quiet"]
    path = _file_of(workspace, options) if form in {"xlsx", "html"} else None
    if form == "xlsx":
        if workbook is not None:
            raise UsageError(
                "--xlsx and --format xlsx name the same workbook.", hint="Leave one of them out."
            )
        workbook = path
    found = list_conflicts(workspace, workbook=workbook)
    if found.kept is not None:
        print_note(f"Kept the earlier workbook as {found.kept}", is_quiet=is_quiet)
    if path is None:
        print_paths([workbook] if workbook is not None else [], is_quiet=is_quiet)
        closing = f"\n{found.closing_line}" if found.text and form == "text" else found.closing_line
        print_result(options, text=found.text, document=lambda: found.document, closing=closing)
        return int(found.exit_code)
    if form == "html":
        write_conflict_page(found, workspace, path)
    print_text(str(path))
    print_note(found.closing_line, is_quiet=is_quiet)
    return int(found.exit_code)


def _file_of(workspace: "Workspace", options: Any) -> Path:  # Any: the shared options
    output: Path | None = options["output"]
    return output or workspace.out / "reports" / f"conflicts.{options['form']}"
