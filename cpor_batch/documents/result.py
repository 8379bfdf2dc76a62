"""What became of one document that was to be made."""

from dataclasses import dataclass

from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import CporError, ExitCode


class DocumentError(CporError):
    """One document cannot be made; the others are not concerned."""

    exit_code = ExitCode.SOME_FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A finished document that is not written yet."""

    pdf: bytes
    pages: int
    missing_characters: str
    """Characters that no installed font has, each once; "?" stands in their places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a document could not be made."""

    error: str
    exit_code: ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """One document, written or failed; the others of the run are not touched by it."""

    order: DocumentOrder
    path: str
    """Relative to the out folder, with "/"."""
    sha256: str | None = None
    """Of the file's bytes; None where it failed."""
    pages: int = 0
    error: str | None = None
    """`where: what is wrong. What to do.`, or None."""
    exit_code: ExitCode = ExitCode.DONE
    """SOME_FAILED, CONFIGURATION for a mistake in a template, OUTPUT where the file could not be written."""
    missing_characters: str = ""
    """Characters that no installed font has, each once; "?" stands in their places."""
