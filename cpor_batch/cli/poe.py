"""`cpor-batch poe`: a blank Proof of Execution, and a look at one that came back."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, common_options, files_argument
from cpor_batch.cli.printing import print_note, print_result, print_text
from cpor_batch.cli.progress import TerminalProgress


@click.group("poe")
def command() -> None:
    """Write a blank PoE form, or check one that came back from a customer."""


@command.command("template")
@click.argument("file", type=OUTPUT_FILE, metavar="FILE.pdf")
@click.option("--language", metavar="LANGUAGE", help="en (default), sv, de, fr, es or ja.")
@click.option("--force", is_flag=True, help="Overwrite FILE.pdf.")
@common_options(reckons=False)
def template(file: Path, language: str | None, force: bool, **options: Any) -> int:  # noqa: FBT001 - Click names it
    """Write a blank PoE form that can be filled in and signed.

    For claims of a workbook, cpor-batch documents makes forms with everything filled in but the signature.

    \b
    Examples:
      cpor-batch poe template poe.pdf
      cpor-batch poe template intyg.pdf --language sv
    """
    from cpor_batch.pipeline.poe_template import poe_template

    workspace = open_workspace(options, is_needed=False)
    path = poe_template(file, workspace, language=language, may_overwrite=force)
    print_text(f"Wrote {path}")
    print_note("Next: have it filled in and signed, then cpor-batch poe check", is_quiet=options["quiet"])
    return 0


@command.command("check")
@files_argument
@click.option("--claim", metavar="CLAIM", help="The claim it belongs to, where the document does not say so.")
@common_options("text", "json")
def check(files: tuple[Path, ...], claim: str | None, **options: Any) -> int:  # Any: the shared options
    """Say whether each PDF shows what Microsoft asks of a PoE, reason by reason.

    Met, not met, or cannot tell, each with what was found. In a workspace, a document is held against the
    ledger's claim. Digital signatures are checked with the extra `sign`, without trust lists. On
    pictures only our QR code is read: a signature in a scan is for a person to look at, and so is a name
    that is only typed.

    \b
    Examples:
      cpor-batch poe check returned/*.pdf
      cpor-batch poe check sow.pdf --claim "Contoso Exchange"
      cpor-batch poe check signed.pdf --as-of 2021-04-01 --format json
    """
    from cpor_batch.pipeline.check_poe import check_poe

    workspace = open_workspace(options, is_needed=False)
    with TerminalProgress(is_quiet=options["quiet"], is_verbose=options["verbose"]) as progress:
        checked = check_poe(files, workspace, progress=progress, claim=claim)
    print_result(options, text=checked.text, document=lambda: checked.document)
    return int(checked.exit_code)
