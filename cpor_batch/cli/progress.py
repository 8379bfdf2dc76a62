"""Progress: a bar on a terminal once something takes over a second, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PATIENCE_SECONDS: Final = 1.0


class TerminalProgress:
    """Tells on stderr how far a use case is; says nothing of what is over within a second."""

    def __init__(self, *, is_quiet: bool = False, is_verbose: bool = False) -> None:
        """Begin to measure; nothing is printed yet."""
        self._is_quiet = is_quiet
        self._is_verbose = is_verbose
        self._started = time.monotonic()
        self._stage = ""
        self._total: int | None = None
        self._done = 0
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar off the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def begin(self, stage: str, total: int | None = None) -> None:
        """Begin a stage of so many steps."""
        self._stage, self._total, self._done = stage, total, 0
        if self._bar is not None and self._task is not None:
            self._bar.reset(self._task, description=stage, total=total)
        elif not sys.stderr.isatty() and (self._is_verbose or self._is_late()):
            self._print(f"{stage} {total:,} ..." if total else f"{stage} ...")

    def advance(self, steps: int = 1) -> None:
        """Tell that so many steps are done."""
        self._done += steps
        if self._bar is None and sys.stderr.isatty() and not self._is_quiet and self._is_late():
            self._open_bar()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done)

    def note(self, text: str) -> None:
        """Print a line by itself."""
        self._print(text)

    def _is_late(self) -> bool:
        return time.monotonic() - self._started > _PATIENCE_SECONDS

    def _print(self, text: str) -> None:
        if not self._is_quiet:
            click.echo(text, err=True)

    def _open_bar(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class RateColumn(ProgressColumn):
            """Steps per second."""

            def render(self, task: Task) -> Text:
                """Return the rate, or nothing before it is known."""
                return Text(f"{task.speed:.1f}/s" if task.speed else "")

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(self._stage, total=self._total, completed=self._done)
        self._bar.start()
