"""The reading child: looks at the file, offers its sheets, sends the rows of the one that is chosen."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cpor_batch.domain.limits import Limits
from cpor_batch.intake.encode import encode_rows
from cpor_batch.intake.grid import Book
from cpor_batch.intake.kinds import Kind
from cpor_batch.intake.messages import Choice, Heads
from cpor_batch.intake.preflight import Look, look_at
from cpor_batch.intake.refusal import RefusedError, corrupt, encrypted
from cpor_batch.isolation import Channel

# Rust code that hits a bug of its own raises this; it derives from BaseException alone.
_PANIC: Final = "PanicException"
_OUR_BUGS: Final = (ImportError, NameError, AttributeError, TypeError)


def read(channel: Channel, path: str, limits: Limits, in_turn: bool) -> None:  # noqa: FBT001 - arguments travel by place
    """Send a Refusal, or Heads and, once the parent has sent its Choice, the Table.

    In turn: the file is looked at from end to end before calamine begins; slower for large sheets.
    """
    # Millions of cells and not one cycle among them: looking for cycles takes a quarter of the time.
    gc.disable()
    try:
        with _refusing_damage(), look_at(path, limits, in_turn=in_turn) as look:
            book = _open(look)
            findings = look.findings
            channel.send(
                Heads(
                    sha256=look.sha256,
                    sheets=book.heads(),
                    hidden=book.hidden(),
                    has_macros=findings.has_macros,
                    links=findings.links,
                )
            )
            choice = channel.receive()
            if isinstance(choice, Choice):
                table = encode_rows(book.grid(choice.sheet), choice)
                look.check_unchanged()
                channel.send(table)
    except RefusedError as exc:
        channel.send(exc.refusal)


def _open(look: Look) -> Book:
    if look.kind is Kind.DELIMITED:
        from cpor_batch.intake.delimited import DelimitedText

        return DelimitedText(Path(look.path).read_bytes())
    from cpor_batch.intake.workbook import Workbook

    return Workbook(look.path, look.findings.facts)


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn what the content of the file makes a parser raise into refusals; our own bugs pass through."""
    from python_calamine import PasswordError

    try:
        yield
    except (RefusedError, MemoryError, EOFError, BrokenPipeError):
        raise
    except PasswordError as exc:
        raise encrypted() from exc
    except _OUR_BUGS:
        raise
    except Exception as exc:  # a parser that meets nonsense raises anything, and the run has other files
        raise corrupt(f"The file is damaged ({_first_line(exc)}).") from exc
    except BaseException as exc:
        if type(exc).__name__ != _PANIC:
            raise
        raise corrupt("The file is damaged in a way that the reader cannot cope with.") from exc


def _first_line(exc: Exception) -> str:
    return (str(exc) or type(exc).__name__).splitlines()[0][:200].rstrip(".")
