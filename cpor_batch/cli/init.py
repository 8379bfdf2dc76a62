"""`cpor-batch init`: make a workspace."""

from pathlib import Path
from typing import Any

import click

from cpor_batch.cli.options import dry_run_option, talking_options
from cpor_batch.cli.printing import print_note, print_text


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
@dry_run_option
@talking_options
def command(folder: Path, **options: Any) -> int:  # Any: the shared options
    """Make a workspace in DIR (default: here): cpor-batch.toml, inbox/, out/ and an empty ledger.

    A folder that is a workspace already keeps everything it has.

    \b
    Examples:
      cpor-batch init
      cpor-batch init claims-2021
    """
    from cpor_batch.pipeline.init import init
    from cpor_batch.settings import FILE_NAME

    outer = next((one for one in folder.absolute().parents if (one / FILE_NAME).is_file()), None)
    made = init(folder, is_dry_run=options["dry_run"])
    if made.is_new and options["dry_run"]:
        print_text(f"{made.folder} would become a workspace. Nothing was written: --dry-run.")
    elif made.is_new:
        print_text(f"Made a workspace in {made.folder}.")
        steps = [] if made.folder == Path() else [f"cd {made.folder}"]
        steps += ["name your partners in cpor-batch.toml", "then cpor-batch template inbox/claims.xlsx"]
        print_note(f"Next: {', '.join(steps)}", is_quiet=options["quiet"])
        if outer is not None:
            print_note(
                f"Note: this lies inside the workspace {outer}; "
                f"commands typed in {made.folder} use the new one."
            )
    else:
        print_text(f"{made.folder} is a workspace already; nothing was changed.")
    return 0
