"""What one cell says: a value, nothing, or why it cannot be read."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from cpor_batch.domain.edition import Activity, Product, SolutionArea
from cpor_batch.domain.issue import IssueCode

Typed = str | bool | date | tuple[str, ...] | SolutionArea | Product | tuple[Activity, ...] | Activity
"""What a cell may become: a clean text, a day, lines of an address, or a value of the rulebook."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a cell: everything of an issue but its place."""

    code: IssueCode
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says. A blank cell has neither value nor fault."""

    value: Typed | None = None
    fault: Fault | None = None
    before: str | None = None
    """The text as it stood, where it was corrected."""
    after: str | None = None
    """The text as it is read, where it was corrected."""
    warning: Fault | None = None


BLANK: Final = Reading()

_SHOWN_CHARACTERS: Final = 60


def shown(value: object) -> str:
    """Return a value for a message: quoted, on one line, shortened, with invisible characters spelt out."""
    text = str(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return f'"{"".join(map(_spelt_out, text))}"'


def _spelt_out(character: str) -> str:
    return character if character.isprintable() else f"\\u{ord(character):04x}"


def refuse(code: IssueCode, message: str, hint: str) -> Reading:
    """Return the reading of a cell that cannot be read."""
    return Reading(fault=Fault(code, message, hint))


def read_as(value: Typed, *, before: str, after: str) -> Reading:
    """Return the reading of a text; it counts as corrected where the two texts differ."""
    if before == after:
        return Reading(value)
    return Reading(value, before=before, after=after)
