"""Where things stand: turns a position in the table into an issue that names its cell."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.validation.reading import Fault, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The places of one sheet."""

    file: str
    sheet: str | None
    numbers: "array[int]"
    letters: Mapping[str, str]
    headers: Mapping[str, str]
    """Of every column of the contract: key -> canonical header."""

    def issue(self, position: int, key: str, fault: Fault, *, rule: str = "") -> Issue:
        """Return the issue of a cell of the row at `position`; of the row alone if the column is absent."""
        letter = self.letters.get(key)
        row = self.numbers[position]
        message, hint = fault.message, fault.hint
        if letter is None:
            header = self.headers.get(key, key)
            message = f'{message} The sheet has no column "{header}".'
            hint = f'Add a column with the header "{header}" and fill it in.'
        return Issue(
            code=fault.code,
            file=self.file,
            sheet=self.sheet,
            cell=None if letter is None else f"{letter}{row}",
            row=row,
            column=key,
            message=message,
            hint=hint,
            rule=rule,
        )

    def correction(self, position: int, key: str, before: str, after: str) -> Issue:
        """Return the warning that a cell was read as something else than it says."""
        row = self.numbers[position]
        return Issue(
            code=IssueCode.VALUE_CORRECTED,
            file=self.file,
            sheet=self.sheet,
            cell=f"{self.letters[key]}{row}",
            row=row,
            column=key,
            message=_correction_message(before, after),
            hint="Leave it if that is what you mean; else write it as you mean it.",
            before=before,
            after=after,
        )


def _correction_message(before: str, after: str) -> str:
    if before.strip() == after:
        return f"{shown(before)} is read as {shown(after)}, without the spaces around it."
    if shown(before) == shown(after):
        return f"{shown(before)} is read with each letter and its accent as one character."
    return f"{shown(before)} is read as {shown(after)}."
