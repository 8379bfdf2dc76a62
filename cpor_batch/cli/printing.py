"""Print results: JSON as one document, text safe for a terminal, paths that were written."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import click

# C0 and C1 controls but line feed and tab: a cell's text must not steer the terminal.
_CONTROLS: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]")


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document and nothing else."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def print_text(text: str) -> None:
    """Print text with control characters made visible; nothing for an empty text."""
    if text:
        click.echo(_CONTROLS.sub(lambda match: f"\\\\x{ord(match.group()):02x}", text))


def print_note(text: str, *, is_quiet: bool = False) -> None:
    """Print a message beside the result, to stderr."""
    if not is_quiet:
        click.echo(_CONTROLS.sub("?", text), err=True)


def print_paths(paths: Iterable[Path], *, is_quiet: bool = False) -> None:
    """Print the files that were written, one a line, to stderr."""
    for path in paths:
        print_note(f"Wrote {path}", is_quiet=is_quiet)
