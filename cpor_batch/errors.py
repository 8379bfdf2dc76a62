"""Errors: the program cannot go on. Each class knows its exit code; only the CLI catches them all."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller; part of the contract."""

    DONE = 0
    NEEDS_YOU = 1
    USAGE = 2
    CONFIGURATION = 3
    INPUT_REFUSED = 4
    OUTPUT = 5
    LEDGER_BUSY = 6
    LEDGER_DAMAGED = 7
    SOME_FAILED = 8
    OUR_BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


# When several apply at once the first of these is reported.
PRECEDENCE = (
    ExitCode.LEDGER_DAMAGED,
    ExitCode.OUTPUT,
    ExitCode.INPUT_REFUSED,
    ExitCode.CONFIGURATION,
    ExitCode.SOME_FAILED,
    ExitCode.NEEDS_YOU,
)


def most_severe(*codes: ExitCode) -> ExitCode:
    """Return the one exit code to report when several apply: 7 > 5 > 4 > 3 > 8 > 1 > 0."""
    return next((code for code in PRECEDENCE if code in codes), ExitCode.DONE)


class Terminated(BaseException):
    """SIGTERM arrived: the process ends as soon as what is open is closed."""


class CporError(Exception):
    """The program cannot go on: what is wrong, and what to do about it."""

    exit_code = ExitCode.OUR_BUG

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        """Keep the message, the remedy and the place (a file, or file:line)."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        """Return the place, what is wrong and what to do, in one line."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.hint}".rstrip()


class UsageError(CporError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class ConfigurationError(CporError):
    """cpor-batch.toml, or the lack of a workspace."""

    exit_code = ExitCode.CONFIGURATION


class ClusterError(ConfigurationError):
    """The cluster that is to do the work cannot be reached, differs from this machine, or is lost."""


class RulebookError(CporError):
    """A file of schemas/ is wrong."""

    exit_code = ExitCode.CONFIGURATION


class TemplateError(CporError):
    """A template is wrong."""

    exit_code = ExitCode.CONFIGURATION


class MissingLibraryError(CporError):
    """A library of the system is missing; everything that does not need it works."""

    exit_code = ExitCode.CONFIGURATION


class InputRefusedError(CporError):
    """An input file cannot be read."""

    exit_code = ExitCode.INPUT_REFUSED


class OutputError(CporError):
    """A file cannot be written."""

    exit_code = ExitCode.OUTPUT


class LedgerBusyError(CporError):
    """Another run is writing to the ledger."""

    exit_code = ExitCode.LEDGER_BUSY


class LedgerDamagedError(CporError):
    """The ledger does not verify, or was written by a newer version."""

    exit_code = ExitCode.LEDGER_DAMAGED


class DocumentError(CporError):
    """A document that was asked for by name cannot be made."""

    exit_code = ExitCode.SOME_FAILED


def exit_code_after(error: BaseException) -> ExitCode:
    """Return the exit code of a process that `error` ends."""
    match error:
        case CporError():
            return error.exit_code
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case Terminated():
            return ExitCode.TERMINATED
        case _:
            return ExitCode.OUR_BUG
