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

    The result goes to stdout; with json nothing else does. `name` is the file's where none is asked for.
    """
    from cpor_batch.pipeline.check import write_verdict
    from cpor_batch.reports.verdict_text import render_verdict_text

    form, output, is_quiet = options["form"], options["output"], options["quiet"]
    if form in {"xlsx", "html"} or output is not None:
        path = output or workspace.settings.out / "reports" / f"{name}.{form}"
        write_verdict(judgement, workspace, path, form=form, as_json=as_json)
        print_text(str(path))
    elif form == "json":
        print_json(as_json())
    else:
        print_text(render_verdict_text(judgement.verdict, limit=None if options["verbose"] else _MOST_LINES))
    print_paths(written, is_quiet=is_quiet)
    for line in closing:
        if form == "text" and output is None:
            print_text(line)
        else:
            print_note(line, is_quiet=is_quiet)
