"""Refusals: why a whole file is not read, in the words that people get."""

from dataclasses import dataclass

from cpor_batch.domain.issue import Issue, IssueCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with the file, and what to do about it."""

    code: IssueCode
    message: str
    hint: str
    sheet: str | None = None

    def as_issue(self, file: str) -> Issue:
        """Return the issue of the file code, with `file` as the file's name."""
        return Issue(code=self.code, file=file, sheet=self.sheet, message=self.message, hint=self.hint)


class RefusedError(Exception):
    """The file cannot be read any further."""

    def __init__(self, code: IssueCode, message: str, hint: str, *, sheet: str | None = None) -> None:
        """Keep the refusal."""
        super().__init__(message)
        self.refusal = Refusal(code=code, message=message, hint=hint, sheet=sheet)


def corrupt(message: str) -> RefusedError:
    """Return the refusal of a damaged file."""
    hint = "Open the file in Excel and save it again as .xlsx, or ask for it to be sent again."
    return RefusedError(IssueCode.FILE_CORRUPT, message, hint)


def encrypted() -> RefusedError:
    """Return the refusal of a password-protected file."""
    return RefusedError(
        IssueCode.FILE_ENCRYPTED,
        "The file is protected with a password, so it cannot be read.",
        "Open it in Excel, choose File, Info, Protect Workbook, Encrypt with Password, "
        "empty the box and save.",
    )


def too_large(message: str) -> RefusedError:
    """Return the refusal of a file that goes over a limit."""
    hint = (
        "Copy the claim rows into a new workbook or split the batch into several files; "
        "the limits can be raised in cpor-batch.toml, [limits]."
    )
    return RefusedError(IssueCode.FILE_TOO_LARGE, message, hint)
