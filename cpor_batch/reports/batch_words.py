"""The words of the blank batch workbook, from templates/reports/batch-workbook.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.rulebook.strict import Table, Value, parse_yaml

_FILE: Final = "reports/batch-workbook.yaml"
_TEXTS: Final = (
    "yes",
    "no",
    "title",
    "subtitle",
    "columns_title",
    "column",
    "required",
    "help",
    "always",
    "some_cases",
    "optional",
    "scope",
    "colours_title",
    "example_title",
    "example_work",
)
MESSAGES: Final = ("pick", "guid", "digits", "email", "date", "length")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWords:
    """What the blank workbook says in one language."""

    texts: Mapping[str, str]
    sheets: Mapping[str, str]
    """Names of the sheets example, instructions and lists."""
    steps: tuple[str, ...]
    scopes: Mapping[str, str]
    messages: Mapping[str, tuple[str, str]]
    """Title and text of what Excel says when a cell does not fit, by kind."""
    example_titles: tuple[str, ...]


def read_batch_words(assets: Assets, language: str) -> BatchWords:
    """Return the words in `language`; RulebookError names the line where the file is wrong."""
    from cpor_batch.rulebook.sheet import LANGUAGES

    root = parse_yaml(assets.read_template(_FILE), f"templates/{_FILE}")
    return _parse(root.table(required=LANGUAGES)[language])


def _parse(value: Value) -> BatchWords:
    others = ("sheets", "steps", "scopes", "example_titles")
    table = value.table(required=(*_TEXTS, *others, *MESSAGES))
    return BatchWords(
        texts={key: table[key].text() for key in _TEXTS},
        sheets=_texts_of(table, "sheets", ("example", "instructions", "lists")),
        steps=table.texts("steps"),
        scopes=_texts_of(table, "scopes", ("grouping", "claim", "line")),
        messages={key: _message(table[key]) for key in MESSAGES},
        example_titles=table.texts("example_titles"),
    )


def _texts_of(table: Table, key: str, names: tuple[str, ...]) -> Mapping[str, str]:
    inner = table[key].table(required=names)
    return {name: inner[name].text() for name in names}


def _message(value: Value) -> tuple[str, str]:
    inner = value.table(required=("title", "text"))
    return inner["title"].text(), inner["text"].text()
