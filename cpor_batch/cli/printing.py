"""Print results: JSON as one document, text safe for a terminal, paths that were written."""

import codecs
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from cpor_batch.pipeline.render import Rendered

# C0 and C1 controls but line feed and tab: a cell's text must not steer the terminal.
_CONTROLS: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]")


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document and nothing else."""
    click.echo(json.dumps(document, ensure_ascii=not _takes_every_character(), indent=1))


def _takes_every_character() -> bool:
    try:
        return codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")
    except LookupError:
        return False


def print_text(text: str) -> None:
    """Print text with control characters made visible; nothing for an empty text."""
    if text:
        click.echo(_CONTROLS.sub(lambda match: f"\\\\x{ord(match.group()):02x}", text))


def print_note(text: str, *, is_quiet: bool = False) -> None:
    """Print a message beside the result, to stderr."""
    if text and not is_quiet:
        click.echo(_CONTROLS.sub("?", text), err=True)


def print_paths(paths: Iterable[Path], *, is_quiet: bool = False) -> None:
    """Print the files that were written, one a line, to stderr."""
    for path in paths:
        print_note(f"Wrote {path}", is_quiet=is_quiet)


def print_result(
    options: Mapping[str, Any],  # Any: Click's values
    *,
    text: str,
    document: Callable[[], Mapping[str, Any]],  # Any: what JSON can say
    closing: str = "",
) -> None:
    """Print the result as text or JSON, or write it to --output and print the path.

    The closing line belongs to a text on the terminal; beside anything else it goes to stderr.
    """
    output: Path | None = options["output"]
    is_json = options["form"] == "json"
    if output is not None:
        from cpor_batch.files import write_atomically

        body = json.dumps(document(), ensure_ascii=False, indent=1) if is_json else text
        write_atomically(output, f"{body or closing}".rstrip().encode() + b"\n")
        print_text(str(output))
    elif is_json:
        print_json(document())
    else:
        print_text(text)
        print_text(closing)
        return
    print_note(closing, is_quiet=options["quiet"])


def print_rendered(report: "Rendered", options: Mapping[str, Any], *, closing: str = "") -> None:
    """Print a report: the path of the file it was written to, else its JSON, else its text."""
    # `Any`: Click's values.
    if report.path is not None:
        print_text(str(report.path))
    elif report.document:
        print_json(report.document)
    else:
        print_text(report.text)
        print_note(report.note, is_quiet=options["quiet"])
        print_text(closing)
        return
    print_note(closing, is_quiet=options["quiet"])


def shows_all(options: Mapping[str, Any]) -> bool:  # Any: Click's values
    """Whether a list is to be shown whole: with -v, and in a file."""
    return bool(options["verbose"] or options["output"])
