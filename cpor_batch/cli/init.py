"""`cpor-batch init`: make a workspace."""

from pathlib import Path

import click

from cpor_batch.cli.printing import print_text


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
def command(folder: Path) -> int:
    """Make a workspace in DIR (default: here): cpor-batch.toml, inbox/, out/ and an empty ledger.

    A folder that is a workspace already keeps everything it has.

    \b
    Examples:
      cpor-batch init
      cpor-batch init claims-2021
    """
    from cpor_batch.pipeline.init import init

    made = init(folder)
    if made.is_new:
        print_text(f"Made a workspace in {made.folder}.")
        print_text(
            f"Next: name partners in {made.folder / 'cpor-batch.toml'}, then cpor-batch template FILE.xlsx"
        )
    else:
        print_text(f"{made.folder} is a workspace already; nothing was changed.")
    return 0
