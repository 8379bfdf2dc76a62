"""`cpor-batch demo`: the main job on the sample data."""

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.options import talking_options
from cpor_batch.cli.printing import print_note, print_text
from cpor_batch.cli.progress import TerminalProgress


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("cpor-demo"), metavar="[DIR]")
@talking_options
def command(folder: Path, **options: Any) -> int:  # Any: the shared options
    """Do the main job on the sample data, into DIR (default: cpor-demo).

    Makes a workspace, ingests the sample workbooks week by week until 2021-04-01, makes the letters and PoE
    that are due and writes the reports. Its own folder is made anew each time.

    \b
    Examples:
      cpor-batch demo
      cpor-batch demo tour
    """
    from cpor_batch.pipeline.demo import demo

    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        outcome = demo(folder, progress=progress)
    for failure in outcome.failures:
        print_note(f"Error: {failure}")
    print_text(outcome.text)
    # After `make demo` the program lies in a folder that no shell looks into.
    program = Path(sys.argv[0])
    if program.name == "cpor-batch" and shutil.which("cpor-batch") is None:
        print_note(f"Type cpor-batch as {program.absolute()}: it is not on your PATH.")
    return int(outcome.exit_code)
