"""`cpor-batch template`: a blank batch workbook."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, common_options
from cpor_batch.cli.printing import print_note, print_text


@click.command("template")
@click.argument("file", type=OUTPUT_FILE, metavar="FILE.xlsx")
@click.option("--language", metavar="LANGUAGE", help="en (default), sv, de, fr, es or ja.")
@click.option("--force", is_flag=True, help="Overwrite FILE.xlsx.")
@common_options(reckons=False)
def command(file: Path, language: str | None, force: bool, **options: Any) -> int:  # noqa: FBT001 - Click names it
    """Write a blank batch workbook with drop-downs, help texts and an example.

    \b
    Examples:
      cpor-batch template claims.xlsx
      cpor-batch template ansprak.xlsx --language sv
    """
    from cpor_batch.pipeline.template import template

    path = template(file, open_workspace(options, is_needed=False), language=language, may_overwrite=force)
    print_text(f"Wrote {path}")
    print_note(f"Next: fill it in, then cpor-batch check {path}", is_quiet=options["quiet"])
    return 0
