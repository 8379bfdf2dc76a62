"""Open a PDF from outside: what it raises becomes a reason that people understand. Runs in the child."""

import hashlib
import io
from collections.abc import Callable
from typing import Final, TypeVar

import pikepdf

from cpor_batch.domain.evidence import Unreadable
from cpor_batch.domain.issue import IssueCode

Result = TypeVar("Result")

BUNDLE: Final = "/cporbatchbundle"
"""The property of a bundle of ours: its first page is the cover and no part of the document."""
_HEADER_WITHIN: Final = 1024
_END_WITHIN: Final = 4096
_CUT_OFF: Final = "The file ends too early: it was not copied as a whole."


def use_document(content: bytes, use: Callable[[pikepdf.Pdf], Result]) -> Result | Unreadable:
    """Return what `use` makes of the document, or why there is none; a bundle comes without its cover."""
    sha256 = hashlib.sha256(content).hexdigest()
    if b"%PDF-" not in content[:_HEADER_WITHIN]:
        return Unreadable(
            code=IssueCode.FILE_TYPE,
            message="This is no PDF.",
            hint="Save or print it as a PDF.",
            sha256=sha256,
        )
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document:
            if document.get_warnings() and not _has_end(content):
                return _corrupt(_CUT_OFF, sha256)
            if BUNDLE in document.docinfo and len(document.pages) > 1:
                del document.pages[0]
            if not len(document.pages):
                return _corrupt("The file has no pages.", sha256)
            return use(document)
    except pikepdf.PasswordError:
        message, hint = "The document opens with a password only.", "Ask for it without a password."
        return Unreadable(code=IssueCode.FILE_ENCRYPTED, message=message, hint=hint, sha256=sha256)
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        # Objects of a broken file may be of any type, wherever they are met.
        if not _has_end(content):
            return _corrupt(_CUT_OFF, sha256)
        reason = (str(exc) or type(exc).__name__).splitlines()[0][:120].rstrip(".")
        return _corrupt(f"The file is damaged ({reason}).", sha256)


def _has_end(content: bytes) -> bool:
    return b"%%EOF" in content[-_END_WITHIN:]


def _corrupt(message: str, sha256: str) -> Unreadable:
    hint = "Open it, print it to a new PDF, or ask for it again."
    return Unreadable(code=IssueCode.FILE_CORRUPT, message=message, hint=hint, sha256=sha256)
