"""Arguments, printing, exit codes: the only place that knows Click."""

from cpor_batch.cli.group import main

__all__ = ["main"]
