"""The reading child: looks at the file, offers its sheets, sends the rows of the one that the parent chooses."""

from typing import Final

from cpor_batch.domain.limits import Limits
from cpor_batch.intake.encode import encode_rows
from cpor_batch.intake.grid import Book
from cpor_batch.intake.messages import Choice, Heads
from cpor_batch.intake.preflight import Look, look_at
from cpor_batch.intake.kinds import Kind
from cpor_batch.intake.refusal import RefusedError, corrupt, encrypted
from cpor_batch.isolation import Channel

# Rust code that hits a bug of its own raises this; it derives from BaseException alone.
_PANIC: Final = "PanicException"


def read(channel: Channel, path: str, limits: Limits) -> None:
    """Send a Refusal, or Heads and, once the parent has sent its Choice, the Table."""
    try:
        with look_at(path, limits) as look:
            book = _open(look)
            channel.send(
                Heads(
                    sha256=look.sha256,
                    sheets=book.heads(),
                    hidden=book.hidden(),
                    has_macros=look.has_macros,
                    links=look.links,
                )
            )
            choice = channel.receive()
            if not isinstance(choice, Choice):
                return
            grid = book.grid(choice.sheet)
            table = encode_rows(grid, choice)
            look.check_unchanged()
            channel.send(table)
    except RefusedError as exc:
        channel.send(exc.refusal)


def _open(look: Look) -> Book:
    if look.kind is Kind.DELIMITED:
        from cpor_batch.intake.delimited import DelimitedText

        return DelimitedText(look.file.read())
    return _open_workbook(look)


def _open_workbook(look: Look) -> Book:
    from python_calamine import CalamineError, PasswordError

    from cpor_batch.intake.workbook import Workbook

    try:
        return Workbook(look.file, look.facts)
    except PasswordError as exc:
        raise encrypted() from exc
    except (CalamineError, OSError, ValueError) as exc:
        raise corrupt(f"The file is damaged: {exc}.") from exc
    except BaseException as exc:
        if type(exc).__name__ != _PANIC:
            raise
        raise corrupt("The file is damaged in a way that the reader cannot cope with.") from exc
