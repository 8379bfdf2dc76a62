"""`cpor-batch resolve`: take decisions on conflicts back."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import (
    actor_option,
    as_of_option,
    dry_run_option,
    format_option,
    place_options,
    talking_options,
)
from cpor_batch.cli.printing import print_json, print_note, print_text


@click.command("resolve")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.xlsx")
@format_option("text", "json")
@as_of_option
@actor_option
@dry_run_option
@place_options
@talking_options
def command(file: Path, form: str, **options: Any) -> int:  # Any: the shared options
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

    resolved = resolve(file, open_workspace(options), is_dry_run=options["dry_run"])
    if form == "json":
        print_json(resolved.document)
        print_note(resolved.closing_line, is_quiet=options["quiet"])
    else:
        print_text(resolved.text)
        print_text(resolved.closing_line)
    return int(resolved.exit_code)
