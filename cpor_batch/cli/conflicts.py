"""`cpor-batch conflicts`: what needs a decision."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import as_of_option, format_option, place_options, talking_options
from cpor_batch.cli.printing import print_json, print_text


@click.command("conflicts")
@format_option("text", "json")
@as_of_option
@place_options
@talking_options
def command(form: str, **options: Any) -> int:  # Any: the shared options
    r"""List the open conflicts, the claims of each side by side.

    Nobody's claim is favoured: Microsoft decides by the most recent PoE. Ends with exit code 1 while
    anything is open.

    \b
    Examples:
      cpor-batch conflicts
      cpor-batch conflicts --format json
    """
    from cpor_batch.pipeline.list_conflicts import list_conflicts

    found = list_conflicts(open_workspace(options))
    if form == "json":
        print_json(found.document)
    else:
        print_text(found.text)
    return int(found.exit_code)
