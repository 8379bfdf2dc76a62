"""Judge workbooks and write nothing but the verdicts that are asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpor_batch import __version__, clock
from cpor_batch.errors import ExitCode, most_severe
from cpor_batch.memory import collector_paused
from cpor_batch.pipeline.judge import Judgement, judge, read
from cpor_batch.pipeline.open_ledger import open_ledger_if_there
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A judgement and what was written of it."""

    judgement: Judgement
    written: tuple[Path, ...]

    @property
    def exit_code(self) -> ExitCode:
        """4 with a refused file, 1 with refused or held rows, else 0."""
        return exit_code_of(self.judgement)

    @property
    def next_step(self) -> str:
        """What to do next, one sentence."""
        counts = self.judgement.verdict.counts
        if counts.refused and not self.written:
            return "Next: mend the rows above, or write them to a workbook with --result FILE.xlsx"
        if counts.refused:
            return "Next: mend the sheet Claims of the result workbook and check it again"
        if counts.held:
            return "Next: record them with cpor-batch ingest; what is held waits for cpor-batch conflicts"
        if not self.judgement.verdict.files:
            return "Only lock files were given, which Excel keeps beside an open workbook: name the workbook."
        if not counts.rows and not self.judgement.verdict.has_refused_files:
            return f"{_files_in_words(self.judgement)} no claim lines: fill in the rows below the header."
        return "Next: cpor-batch ingest" if counts.rows else "Next: mend the file as said above"


def _files_in_words(judgement: Judgement) -> str:
    """Return the files that were read with their verb: "april.xlsx holds"."""
    names = [file.name for file in judgement.verdict.files]
    return f"{names[0]} holds" if len(names) == 1 else f"The {len(names)} files hold"


def exit_code_of(judgement: Judgement) -> ExitCode:
    """Return the exit code of a verdict."""
    verdict = judgement.verdict
    needs_you = verdict.counts.refused or verdict.counts.held
    return most_severe(
        ExitCode.INPUT_REFUSED if verdict.has_refused_files else ExitCode.DONE,
        ExitCode.NEEDS_YOU if needs_you else ExitCode.DONE,
    )


@collector_paused()
def check(
    paths: Sequence[Path],
    workspace: Workspace,
    *,
    progress: Progress,
    result: Path | None = None,
    page: Path | None = None,
) -> Checked:
    """Return the verdict on the workbooks; in a workspace, judged against its ledger."""
    with open_ledger_if_there(workspace) as ledger:
        judgement = judge(read(paths, workspace, progress=progress), workspace, ledger=ledger)
    written = []
    if result is not None:
        write_result_workbook(judgement, workspace, result)
        written.append(result)
    if page is not None:
        write_verdict_page(judgement, workspace, page)
        written.append(page)
    return Checked(judgement=judgement, written=tuple(written))


def write_result_workbook(judgement: Judgement, workspace: Workspace, path: Path) -> None:
    """Write the marked verdict as a new workbook, never into the user's own file."""
    from cpor_batch.reports.verdict_report import write_verdict_workbook

    write_verdict_workbook(
        judgement.verdict,
        rows=judgement.rows,
        sheet_schema=workspace.rulebook.sheet,
        path=path,
        as_of=workspace.today,
        made_at=clock.now(),
        tool_version=__version__,
    )


def write_verdict_page(judgement: Judgement, workspace: Workspace, path: Path) -> None:
    """Write the verdict as a self-contained HTML page."""
    from cpor_batch.files import write_atomically
    from cpor_batch.reports.verdict_report import render_verdict_page

    page = render_verdict_page(
        judgement.verdict,
        rows=judgement.rows,
        sheet_schema=workspace.rulebook.sheet,
        assets=workspace.assets,
        as_of=workspace.today,
        made_at=clock.now(),
        tool_version=__version__,
    )
    write_atomically(path, page.encode())


def write_verdict(
    judgement: Judgement,
    workspace: Workspace,
    path: Path,
    *,
    form: str,
    as_json: Callable[[], Mapping[str, Any]],  # Any: what JSON can say
) -> None:
    """Write the verdict to `path` as text, json, xlsx or html; OutputError where it cannot be."""
    from cpor_batch.files import write_atomically
    from cpor_batch.reports.verdict_text import render_verdict_text

    match form:
        case "xlsx":
            write_result_workbook(judgement, workspace, path)
        case "html":
            write_verdict_page(judgement, workspace, path)
        case "json":
            write_atomically(path, (json.dumps(as_json(), ensure_ascii=False, indent=1) + "\n").encode())
        case _:
            write_atomically(path, (render_verdict_text(judgement.verdict, limit=None) + "\n").encode())
