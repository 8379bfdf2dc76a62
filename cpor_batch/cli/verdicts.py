"""Print a verdict in the form that was asked for; `check`, `ingest` and `run` share it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpor_batch.cli.printing import print_json, print_note, print_paths, print_text

if TYPE_CHECKING:
    from cpor_batch.pipeline.judge import Judgement
    from cpor_batch.pipeline.workspace import Workspace

_MOST_LINES = 40


def print_verdict(
    judgement: "Judgement",
    workspace: "Workspace",
    options: Mapping[str, Any],  # Any: Click's values
    *,
    name: str,
    as_json: Callable[[], Mapping[str, Any]],  # Any: what JSON can say
    written: Iterable[Path],
    closing: Iterable[str],
) -> None:
    """Print problems and conflicts (text), one document (json), or the path of a workbook or page.

    The result goes to stdout; with json nothing else does. `name` is the file's where none is asked for; a
    dry run then writes none, and prints the problems.
    """
    from cpor_batch.pipeline.check import write_verdict
    from cpor_batch.pipeline.render import not_written
    from cpor_batch.reports.verdict_text import render_verdict_text

    form, output, is_quiet = options["form"], options["output"], options["quiet"]
    path = output
    if form in {"xlsx", "html"} and output is None:
        path = workspace.settings.out / "reports" / f"{name}.{form}"
        if options["dry_run"]:
            print_note(not_written(path), is_quiet=is_quiet)
            form, path = "text", None
    if path is not None:
        write_verdict(judgement, workspace, path, form=form, as_json=as_json)
        print_text(str(path))
    elif form == "json":
        print_json(as_json())
    else:
        print_text(render_verdict_text(judgement.verdict, limit=None if options["verbose"] else _MOST_LINES))
    print_paths(written, is_quiet=is_quiet)
    for line in closing:
        if form == "text" and path is None:
            print_text(line)
        else:
            print_note(line, is_quiet=is_quiet)
