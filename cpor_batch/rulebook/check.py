"""Check a folder of a user's own rules before anything depends on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cpor_batch.assets import Assets
from cpor_batch.errors import CporError
from cpor_batch.rulebook.catalogue import parse_products
from cpor_batch.rulebook.countries import parse_countries
from cpor_batch.rulebook.earning_words import EARNING_WORDS, parse_earning_words
from cpor_batch.rulebook.editions import parse_edition
from cpor_batch.rulebook.explanations import EXPLANATIONS, parse_explanations
from cpor_batch.rulebook.load import COUNTRIES, SHEET, load_rulebook
from cpor_batch.rulebook.sheet import parse_sheet
from cpor_batch.rulebook.side_sheets import SIDE_SHEETS, parse_side_sheet
from cpor_batch.rulebook.strict import Value, parse_yaml


def check_rules(directory: Path | None) -> tuple[CporError, ...]:
    """Return what is wrong with the rules when `directory` overrides the built-in ones, once per file.

    Once every file is well formed, what is wrong between the files is returned.
    """
    try:
        assets = Assets(schemas_dir=directory)
    except CporError as error:
        return (error,)
    problems = tuple(_problems_by_file(assets))
    if problems:
        return problems
    try:
        load_rulebook(assets)
    except CporError as error:
        return (error,)
    return ()


def _problems_by_file(assets: Assets) -> Iterator[CporError]:
    for name in assets.list_schemas():
        parser = _parser_of(name)
        if parser is None:
            continue
        try:
            parser(parse_yaml(assets.read_schema(name), str(assets.schema_path(name))))
        except CporError as error:
            yield error


def _parser_of(name: str) -> Callable[[Value], Any] | None:  # each file has a type of its own
    match name:
        case _ if name == SHEET:
            return parse_sheet
        case _ if name in SIDE_SHEETS:
            return parse_side_sheet
        case _ if name == EARNING_WORDS:
            return parse_earning_words
        case _ if name == COUNTRIES:
            return parse_countries
        case _ if name == EXPLANATIONS:
            return parse_explanations
        case _ if name.startswith("catalogue/"):
            return parse_products
        case _ if name.startswith("editions/"):
            return parse_edition
        case _:
            return None
