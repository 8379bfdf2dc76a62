"""Read the rulebook's YAML so strictly that a slip of the pen is an error with its line.

An unknown key, a key given twice, a missing key and a value of the wrong type are refused. Scalars follow
YAML 1.2: `NO` is a text and the country, never False, and a number or a date is one only where one belongs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from cpor_batch.errors import RulebookError
from cpor_batch.rulebook.matching import did_you_mean, fold_name

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS: Final = {"true": True, "false": False}
_WHOLE_NUMBER: Final = re.compile(r"[-+]?[0-9]+")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands."""

    file: str
    line: int
    path: str
    """The road to the value, such as `windows.review.days`."""

    def error(self, message: str, hint: str = "") -> RulebookError:
        """Return the error that names this place."""
        about = f"{self.path}: {message}" if self.path else message
        return RulebookError(about, hint=hint, where=f"{self.file}:{self.line}")

    def at(self, step: str, line: int) -> "Place":
        """Return the place of a value inside this one."""
        return Place(self.file, line, f"{self.path}.{step}" if self.path else step)


class Value:
    """One value of the file, not yet said to be of any type."""

    __slots__ = ("_node", "place")

    def __init__(self, node: Any, place: Place) -> None:  # a node of the YAML library, which has no types
        self._node = node
        self.place = place

    def _scalar(self) -> str | None:
        return self._node.value if self._node.id == "scalar" else None

    @property
    def is_null(self) -> bool:
        """Whether nothing, `~` or `null` stands here, without quotes."""
        return self._scalar() in _NULLS and not self._node.style

    @property
    def is_table(self) -> bool:
        """Whether a table stands here."""
        return bool(self._node.id == "mapping")

    @property
    def is_list_of_tables(self) -> bool:
        """Whether a list stands here whose items are tables."""
        return self._node.id == "sequence" and all(item.id == "mapping" for item in self._node.value)

    def text(self) -> str:
        """Return the text; blank is refused."""
        scalar = self._scalar()
        if scalar is None or self.is_null or not scalar.strip():
            raise self.place.error(f"{self.describe()} stands where a text belongs.", "Write a text.")
        return " ".join(scalar.split()) if "\n" in scalar else scalar

    def whole_number(self) -> int:
        """Return the whole number."""
        scalar = self._plain()
        if scalar is None or not _WHOLE_NUMBER.fullmatch(scalar):
            hint = "Write digits, without quotes."
            raise self.place.error(f"{self.describe()} is not a whole number.", hint)
        return int(scalar)

    def flag(self) -> bool:
        """Return true or false."""
        scalar = self._plain()
        if scalar not in _FLAGS:
            raise self.place.error(f"{self.describe()} is neither true nor false.", "Write true or false.")
        return _FLAGS[scalar]

    def day(self) -> date:
        """Return the date."""
        scalar = self._scalar() or ""
        try:
            return date.fromisoformat(scalar)
        except ValueError as exc:
            hint = "Write it as 2021-04-30."
            raise self.place.error(f"{self.describe()} is not a date.", hint) from exc

    def choice(self, choices: type[Choice]) -> Choice:
        """Return the member of `choices` that the text names."""
        text = self.text()
        for member in choices:
            if member.value == text:
                return member
        names = [member.value for member in choices]
        raise self.place.error(f'"{text}" is not known here.', did_you_mean(text, names))

    def items(self) -> Iterator["Value"]:
        """Yield the items of a list."""
        if self._node.id != "sequence":
            raise self.place.error(f"{self.describe()} stands where a list belongs.", "Write [one, two].")
        for number, node in enumerate(self._node.value):
            yield Value(node, self.place.at(str(number + 1), node.start_mark.line + 1))

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(item.text() for item in self.items())

    def spellings(self) -> tuple[str, ...]:
        """Return a list of texts by which something is found; each needs a letter or a digit."""
        for item in self.items():
            if not fold_name(item.text()):
                # It would be found by every cell of punctuation, and by a blank one.
                raise item.place.error(f"{item.describe()} holds no letter or digit.", "Take it out.")
        return self.texts()

    def table(self, *, required: Sequence[str] = (), optional: Sequence[str] = ()) -> "Table":
        """Return the table, once its keys are exactly those allowed."""
        table = self.open_table()
        table.check_keys(required=required, optional=optional)
        return table

    def open_table(self) -> "Table":
        """Return the table whose keys are data themselves; a key given twice is refused."""
        if self._node.id != "mapping":
            raise self.place.error(
                f"{self.describe()} stands where a table belongs.", "Write key: value lines."
            )
        entries: dict[str, Value] = {}
        for key_node, node in self._node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            place = self.place.at(key, line)
            if key in entries:
                first = entries[key].place.line
                raise place.error(
                    f"the key stands here for the second time, first in line {first}.", "Keep one."
                )
            entries[key] = Value(node, place)
        return Table(entries, self.place)

    def _plain(self) -> str | None:
        scalar = self._scalar()
        return scalar if scalar is not None and not self._node.style else None

    def describe(self) -> str:
        """Return what stands here, for a message."""
        match self._node.id:
            case "mapping":
                return "a table"
            case "sequence":
                return "a list"
            case _:
                return "nothing" if self.is_null else f'"{self._node.value}"'


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: its values by key, in the order of the file."""

    entries: Mapping[str, Value]
    place: Place

    def check_keys(self, *, required: Sequence[str], optional: Sequence[str]) -> None:
        """Refuse keys that nothing reads, and the lack of those that must stand."""
        allowed = (*required, *optional)
        for key, value in self.entries.items():
            if key not in allowed:
                raise value.place.error("the key is not known.", did_you_mean(key, allowed))
        for key in required:
            if key not in self.entries:
                raise self.place.error(f'the key "{key}" is missing.', "Add it.")

    def __getitem__(self, key: str) -> Value:
        return self.entries[key]

    def find(self, key: str) -> Value | None:
        """Return the value, or None where the key is absent or its value is null."""
        value = self.entries.get(key)
        return None if value is None or value.is_null else value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is absent."""
        value = self.find(key)
        return () if value is None else value.texts()

    def spellings(self, key: str) -> tuple[str, ...]:
        """Return a list of texts by which something is found, empty where the key is absent."""
        value = self.find(key)
        return () if value is None else value.spellings()

    def day(self, key: str) -> date | None:
        """Return the date, or None where the key is absent or null."""
        value = self.find(key)
        return None if value is None else value.day()


def parse_yaml(content: bytes, file: str) -> Value:
    """Return the root of the file; RulebookError where it is no YAML, empty or several documents."""
    import yaml

    loader_class = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        text = content.decode("utf-8-sig")
        loader = loader_class(text)
        node = loader.get_single_node()
    except UnicodeDecodeError as exc:
        raise RulebookError("the file is not UTF-8.", hint="Save it as UTF-8.", where=file) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        problem = getattr(exc, "problem", None) or "the file cannot be read as YAML"
        hint = "Check the spaces and quotes there."
        raise RulebookError(f"{problem}.", hint=hint, where=f"{file}:{line}") from exc
    if node is None:
        raise RulebookError("the file is empty.", hint="Put the rules back.", where=f"{file}:1")
    return Value(node, Place(file, node.start_mark.line + 1, ""))
