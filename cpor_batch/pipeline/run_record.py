"""The record of a run that writes: out/runs/ID/ with run.json and what the run made.

run.json is written last, also when a run that wrote something fails or is interrupted; whoever finds a
folder without one knows that the machine stopped in between.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.domain.verdict import Verdict
from cpor_batch.errors import CporError, ExitCode, OutputError, exit_code_after
from cpor_batch.files import sha256_of, write_atomically
from cpor_batch.ledger import Ledger, Run, new_run_id
from cpor_batch.pipeline.open_ledger import head_of
from cpor_batch.pipeline.workspace import Workspace

SCHEMA = "cpor-batch.run/1"


@dataclass(slots=True)
class RunRecord:
    """What one run did; grows while the run goes on."""

    workspace: Workspace
    command: str
    run: str = field(default_factory=new_run_id)
    started_at: str = field(default_factory=lambda: clock.now().isoformat(timespec="seconds"))
    counts: dict[str, int] = field(default_factory=dict)
    inputs: list[dict[str, object]] = field(default_factory=list)
    outputs: list[Path] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)
    has_begun: bool = False
    """Whether it began to write files: an interruption then may come between a file and its listing."""

    @property
    def folder(self) -> Path:
        """The run's folder, out/runs/ID."""
        return self.workspace.out / "runs" / self.run

    @property
    def as_run(self) -> Run:
        """The run as the ledger keeps it."""
        return Run(
            id=self.run,
            command=self.command,
            actor=self.workspace.actor,
            known_on=self.workspace.today,
            workspace=str(self.workspace.folder),
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Keep how many seconds the stage takes."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.durations[stage] = round(time.perf_counter() - began, 3)

    @contextmanager
    def kept(self, ledger: Ledger) -> Iterator[None]:
        """Leave run.json also where the block fails or is interrupted after the run wrote something."""
        try:
            yield
        except BaseException as error:
            # What went wrong first is what the user has to know: a second failure is not told.
            with suppress(CporError, OSError):
                if self.has_begun or self.outputs or ledger.has_run(self.run):
                    self._write_after(error, ledger_head=head_of(ledger))
            raise

    @contextmanager
    def kept_with(self, ledger_head: Mapping[str, object]) -> Iterator[None]:
        """Leave run.json also where the block fails; the run has written, and its ledger is closed again."""
        try:
            yield
        except BaseException as error:
            with suppress(CporError, OSError):
                self._write_after(error, ledger_head=ledger_head)
            raise

    def _write_after(self, error: BaseException, *, ledger_head: Mapping[str, object]) -> None:
        self.outputs = [path for path in self.outputs if path.is_file()]
        self.write(exit_code_after(error), ledger_head=ledger_head)

    def add_verdict(self, verdict: Verdict) -> None:
        """Keep the verdict's figures and its input files with their hashes."""
        self.counts.update(asdict(verdict.counts))
        self.inputs.extend(
            {
                "name": file.name,
                "path": file.path,
                "folder": str(Path(file.path).absolute().parent),
                "sha256": file.sha256 or None,
                "bytes": file.size,
                "rows": file.rows,
                "refused": file.is_refused,
            }
            for file in verdict.files
        )

    def write(self, exit_code: ExitCode, *, ledger_head: Mapping[str, object] | None) -> Path:
        """Write run.json and return its path."""
        rulebook = self.workspace.rulebook
        document = {
            "schema": SCHEMA,
            "run": self.run,
            "command": self.command,
            "tool": {"name": "cpor-batch", "version": __version__},
            "started_at": self.started_at,
            "finished_at": clock.now().isoformat(timespec="seconds"),
            "as_of": self.workspace.today.isoformat(),
            "actor": self.workspace.actor,
            "edition": rulebook.edition.name,
            "rulebook_fingerprint": rulebook.fingerprint,
            "inputs": self.inputs,
            "counts": self.counts,
            "outputs": [self._output(path) for path in self.outputs],
            "durations_s": self.durations,
            "exit_code": int(exit_code),
            "exit": exit_code.name.lower().replace("_", "-"),
            "ledger_head": ledger_head,
        }
        path = self.folder / "run.json"
        write_atomically(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
        return path

    def write_or_tell(
        self, exit_code: ExitCode, *, ledger_head: Mapping[str, object] | None
    ) -> tuple[str, ...]:
        """Write run.json and return nothing, or why it could not be written: what was done is done."""
        try:
            self.write(exit_code, ledger_head=ledger_head)
        except OutputError as error:
            return (str(error),)
        return ()

    def _output(self, path: Path) -> dict[str, str]:
        shown = path.relative_to(self.workspace.out) if path.is_relative_to(self.workspace.out) else path
        return {"path": shown.as_posix(), "sha256": sha256_of(path)}
