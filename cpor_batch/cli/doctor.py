"""`cpor-batch doctor`: what is there, what is missing, and the command that mends it."""

from typing import Any

import click

from cpor_batch.cli.opening import open_workspace
from cpor_batch.cli.options import common_options
from cpor_batch.cli.printing import print_result


@click.command("doctor")
@common_options("text", "json")
def command(**options: Any) -> int:  # Any: the shared options
    """Look at Python, libraries, fonts, ledger and folders, and say what is missing.

    Ends with exit code 3 when something that a command needs is missing.

    \b
    Examples:
      cpor-batch doctor
      cpor-batch doctor --format json
    """
    from cpor_batch.pipeline.doctor import doctor

    findings = doctor(open_workspace(options, is_needed=False))
    print_result(options, text="\n".join(findings.lines), document=lambda: findings.document)
    return int(findings.exit_code)
