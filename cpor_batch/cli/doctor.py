"""`cpor-batch doctor`: what is there, what is missing, and the command that mends it."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import format_option, place_options
from cpor_batch.cli.printing import print_json, print_text

_SIGNS = {True: "ok     ", False: "missing"}


@click.command("doctor")
@format_option("text", "json")
@place_options
def command(form: str, **options: Any) -> int:  # Any: the shared options
    """Look at Python, libraries, fonts, ledger and folders, and say what is missing.

    Ends with exit code 3 when something that a command needs is missing.

    \b
    Examples:
      cpor-batch doctor
      cpor-batch doctor --format json
    """
    from cpor_batch.pipeline.doctor import doctor

    findings = doctor(open_workspace(options, is_needed=False))
    if form == "json":
        print_json(findings.document)
    else:
        for finding in findings.items:
            print_text(f"{_SIGNS[finding.is_fine]}  {finding.what}: {finding.found}")
            if finding.remedy:
                print_text(f"         {finding.remedy}")
    return int(findings.exit_code)
