"""The inbox of exports: which files are complete, what they are, and where they go when they are done.

Files lie there because somebody saved them from a browser or a job copied them: some are still growing, some
are links, some are something else. Nothing is moved before the reconciliation is done.
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cpor_batch.errors import ConfigurationError, InputRefusedError, LedgerBusyError, OutputError
from cpor_batch.pipeline.recognise import EARNING_SHEETS, KINDS, OtherUse, find_other_use, recognise
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.rulebook.side_sheets import EXPORT, USAGE

LOCK: Final = ".cpor-batch-inbox.lock"
DONE: Final = "done"
_UNFINISHED: Final = frozenset({".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart"})
_DIGITS: Final = re.compile(r"[\W_]*[0-9]+[\W_]*")
_OTHER_USES: Final[Mapping[OtherUse | None, str]] = {
    OtherUse.BATCH: "this is a batch workbook; use cpor-batch ingest",
    OtherUse.COPY_SHEETS: "this is for cpor-batch import",
}

Log = Callable[..., None]
"""(event, **facts): one line of the log."""
State = tuple[int, int, int]
"""Size, time of the last change in nanoseconds, and the file's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A complete file that was recognised."""

    path: Path
    sheet: str
    """The side sheet that fits it, such as EXPORT."""
    state: State

    @property
    def series(self) -> str:
        """The name without its digits: what weekly files such as claims-2021-04-12.csv have in common."""
        return f"{_DIGITS.sub('#', self.path.stem.casefold()).strip('#')} {self.sheet}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a run takes from the inbox."""

    exports: tuple[Found, ...] = ()
    """Of each series the newest."""
    earnings: tuple[Found, ...] = ()
    """All of them: Partner Center splits them by month."""
    superseded: tuple[Found, ...] = ()
    """Older files of a series: done without being read."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Name -> why it stays where it is."""

    @property
    def taken(self) -> tuple[Found, ...]:
        """Everything that is done after the run."""
        return (*self.exports, *self.earnings, *self.superseded)


@contextmanager
def locked_inbox(inbox: Path) -> Iterator[None]:
    """Hold the inbox; LedgerBusyError where another run has it, ConfigurationError where it is no folder."""
    from filelock import FileLock, Timeout

    if not inbox.is_dir():
        raise ConfigurationError(
            "there is no such folder.", hint="Make it, or name another.", where=str(inbox)
        )
    lock = FileLock(inbox / LOCK, timeout=0, preserve_lock_file=True)
    try:
        lock.acquire()
    except Timeout:
        raise LedgerBusyError(
            "another run is working on this inbox.", hint="Nothing is to be done here.", where=str(inbox)
        ) from None
    except OSError as exc:
        raise OutputError(
            f"the inbox cannot be locked ({exc.strerror or exc}).",
            hint="Files are moved out of it, so its owner must let us write there.",
            where=str(inbox),
        ) from exc
    try:
        yield
    finally:
        lock.release()


def look_into_inbox(
    inbox: Path,
    workspace: Workspace,
    *,
    settle_seconds: float,
    pause: Callable[[float], None] = time.sleep,
) -> Intake:
    """Return what is there to be done: files that did not change for `settle_seconds`, by their header."""
    before, left = _look(inbox)
    if before:
        pause(settle_seconds)
    found = []
    for path, state in sorted(before.items()):
        if _state_of(path) != state:
            left[path.name] = "it is still being written"
            continue
        sheet = recognise(path, workspace)
        if sheet is None:
            use = find_other_use(path, workspace)
            left[path.name] = _OTHER_USES.get(use, "it is no export by its header")
        else:
            found.append(Found(path=path, sheet=sheet, state=state))
    return _choose(found, left)


def _look(inbox: Path) -> tuple[dict[Path, State], dict[str, str]]:
    """Return the ordinary files with their state, and why the others are left."""
    files: dict[Path, State] = {}
    left = {}
    with os.scandir(inbox) as entries:
        for entry in entries:
            name = entry.name
            if name == LOCK or entry.is_dir(follow_symlinks=False):
                continue
            if entry.is_symlink():
                left[name] = "it is a link"
            elif name.startswith(("~$", ".")):
                left[name] = "it is the mark of a program that has a file open"
            elif Path(name).suffix.lower() in _UNFINISHED:
                left[name] = "it is still being downloaded"
            else:
                state = _state_of(Path(entry.path))
                if state is None:
                    left[name] = "it is no ordinary file"
                elif state[0] == 0:
                    left[name] = "it is empty"
                else:
                    files[Path(entry.path)] = state
    return files, left


def _state_of(path: Path) -> State | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def _choose(found: Sequence[Found], left: dict[str, str]) -> Intake:
    has_list = any(item.sheet == EXPORT for item in found)
    lists = [item for item in found if item.sheet == EXPORT or (item.sheet == USAGE and not has_list)]
    newest: dict[str, Found] = {}
    for item in sorted(lists, key=lambda one: (one.state[1], one.path.name)):
        newest[item.series] = item
    exports = tuple(item for item in lists if newest[item.series] is item)
    return Intake(
        exports=exports,
        earnings=tuple(item for item in found if item.sheet in EARNING_SHEETS and item not in lists),
        superseded=tuple(item for item in lists if newest[item.series] is not item),
        left=left,
    )


def require_unchanged(intake: Intake) -> None:
    """Raise InputRefusedError where a file changed while it was read: what was read may be half of it."""
    for item in intake.taken:
        if _state_of(item.path) != item.state:
            raise InputRefusedError(
                "it changed while it was read.",
                hint="Nothing was recorded; the next run takes it.",
                where=item.path.name,
            )


def move_to_done(intake: Intake, inbox: Path, *, run: str) -> tuple[Path, ...]:
    """Move the files that are done into DIR/done/RUN/ and return where they are; OutputError if one stays."""
    folder = inbox / DONE / run
    moved = []
    for item in intake.taken:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / item.path.name
            item.path.rename(target)
        except OSError as exc:
            raise OutputError(
                f"cannot be moved to {folder} ({exc.strerror or exc}).",
                hint="Close it where it is open. The reconciliation is done; the next run takes it again.",
                where=str(item.path),
            ) from exc
        moved.append(target)
    return tuple(moved)


def describe(found: Found) -> str:
    """Return what a file is, in words."""
    return KINDS[found.sheet]
