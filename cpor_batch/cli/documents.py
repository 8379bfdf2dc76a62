"""`cpor-batch documents`: make what is due."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import OUTPUT_FILE, common_options
from cpor_batch.cli.printing import print_note, print_rendered, print_text, shows_all
from cpor_batch.cli.progress import TerminalProgress
from cpor_batch.errors import UsageError

_KINDS = ("letter", "poe")


@click.command("documents")
@click.option("--only", metavar="KINDS", help="letter, poe, or both with a comma.")
@click.option("--all", "is_all", is_flag=True, help="Make every letter, PoE and bundle, due or not.")
@click.option(
    "--merge",
    type=OUTPUT_FILE,
    metavar="FILE.pdf",
    help="Also put what is owed today, made now or before, in one file to print; with --all everything.",
)
@click.option(
    "--bundle", is_flag=True, help="Also put each claim's own PoE document behind a cover, into out/bundles/."
)
@click.option(
    "--preview", metavar="CLAIM", help="Make one claim's documents into out/preview/, record nothing."
)
@common_options("text", "json", "xlsx", "html", records=True)
def command(
    only: str | None, merge: Path | None, preview: str | None, **options: Any
) -> int:  # Any: shared options
    """Make the letters and Proofs of Execution that are due.

    Due is what was never made, or whose data changed. What is unchanged is not made again.

    \b
    Examples:
      cpor-batch documents
      cpor-batch documents --only poe --merge out/print.pdf
      cpor-batch documents --dry-run --format xlsx --output due.xlsx
      cpor-batch documents --bundle
      cpor-batch documents --preview "Contoso Exchange"
    """
    from cpor_batch.pipeline.make_documents import make_documents, preview_documents, tell_documents

    is_quiet = options["quiet"]
    kinds = _parse_kinds(only)
    workspace = open_workspace(options)
    with TerminalProgress(is_quiet=is_quiet, is_verbose=options["verbose"]) as progress:
        if preview is not None:
            print_text("\n".join(map(str, preview_documents(workspace, preview, kinds=kinds))))
            return 0
        outcome = make_documents(
            workspace,
            progress=progress,
            kinds=kinds,
            is_all=options["is_all"],
            is_dry_run=options["dry_run"],
            merge_into=merge,
            with_bundles=options["bundle"],
        )
    for failure in outcome.failures:
        print_note(f"Error: {failure}")
    for note in outcome.notes:
        print_note(note)
    if options["bundle"] and not outcome.bundles and not outcome.is_dry_run:
        print_note("No bundle was made: no claim brings a PoE document.")
    closing = outcome.closing_line
    if outcome.is_dry_run:
        closing += " Nothing was written: --dry-run."
    if options["form"] == "text" and not shows_all(options):
        print_text(closing)
    else:
        told = tell_documents(outcome, workspace, form=options["form"], output=options["output"])
        print_rendered(told, options, closing=closing)
    return int(outcome.exit_code)


def _parse_kinds(only: str | None) -> tuple[str, ...]:
    if only is None:
        return _KINDS
    kinds = tuple(part.strip() for part in only.split(",") if part.strip())
    for kind in kinds:
        if kind not in _KINDS:
            raise UsageError(f'--only "{kind}" names no document.', hint="Use letter, poe, or letter,poe.")
    return kinds
