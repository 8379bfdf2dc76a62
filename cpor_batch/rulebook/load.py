"""Load the rulebook from the schemas in use."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from cpor_batch.assets import Assets
from cpor_batch.domain.edition import DEFAULT_EDITION, Edition
from cpor_batch.errors import ConfigurationError
from cpor_batch.rulebook.calendars import build_calendars
from cpor_batch.rulebook.catalogue import Catalogue, build_catalogue, parse_products
from cpor_batch.rulebook.countries import parse_countries
from cpor_batch.rulebook.editions import parse_edition
from cpor_batch.rulebook.matching import did_you_mean
from cpor_batch.rulebook.rulebook import Rulebook
from cpor_batch.rulebook.sheet import SheetSchema, parse_sheet
from cpor_batch.rulebook.strict import Place, Value, parse_yaml

SHEET: Final = "sheets/claims.yaml"
COUNTRIES: Final = "countries.yaml"

Parsed = TypeVar("Parsed")


def load_rulebook(
    assets: Assets, *, edition: str = DEFAULT_EDITION, closing_days: Collection[date] = ()
) -> Rulebook:
    """Return the rules under `edition`.

    RulebookError names file and line of a wrong value; ConfigurationError an edition that does not exist.
    """
    names = (SHEET, COUNTRIES, *assets.list_schemas("catalogue"), *assets.list_schemas("editions"))
    contents = {name: assets.read_schema(name) for name in names}

    def parse(name: str, parser: Callable[[Value], Parsed]) -> Parsed:
        return parser(parse_yaml(contents[name], str(assets.schema_path(name))))

    sheet = parse(SHEET, parse_sheet)
    countries = parse(COUNTRIES, parse_countries)
    placed = [one for name in names if name.startswith("catalogue/") for one in parse(name, parse_products)]
    catalogue = build_catalogue(placed)
    editions = {}
    for name in names:
        if name.startswith("editions/"):
            found = parse(name, parse_edition)
            place = Place(str(assets.schema_path(name)), 1, "")
            check_edition(found, sheet, catalogue, place=place)
            _check_name(found, name, place)
            editions[found.name] = found
    return Rulebook(
        edition=_choose(edition, editions),
        editions=MappingProxyType(editions),
        catalogue=catalogue,
        sheet=sheet,
        countries=countries,
        calendars=build_calendars(countries, closing_days=closing_days),
        fingerprint=fingerprint_of(contents),
    )


def check_edition(edition: Edition, sheet: SheetSchema, catalogue: Catalogue, *, place: Place) -> None:
    """Refuse an edition that speaks of columns or product families that do not exist."""
    columns = tuple(column.key for column in sheet.columns)
    _check_names(edition.required, columns, place.at("required_columns", place.line))
    for activity in edition.activities:
        _check_names(activity.requires, columns, place.at(f"activities.{activity.name}", place.line))
    for status in edition.statuses.values():
        _check_names(status.may_change - {"*"}, columns, place.at(f"statuses.{status.name}", place.line))
    for step in edition.entry_steps:
        asked = {field.column for field in step.fields}
        _check_names(asked, columns, place.at(f"entry_steps.{step.key}", place.line))
    families = tuple(sorted({product.family for product in catalogue.products}))
    _check_names(edition.technical_contact_families, families, place.at("technical_contact", place.line))


def _check_name(edition: Edition, file: str, place: Place) -> None:
    stem = file.rpartition("/")[2].removesuffix(".yaml")
    if edition.name != stem:
        hint = f"Write name: {stem}, or rename the file."
        raise place.at("name", place.line).error(f'"{edition.name}" is not the name of the file.', hint)


def _check_names(names: Iterable[str], known: tuple[str, ...], place: Place) -> None:
    for name in sorted(names):
        if name not in known:
            raise place.error(f'"{name}" does not exist.', did_you_mean(name, known))


def _choose(name: str, editions: Mapping[str, Edition]) -> Edition:
    found = editions.get(name)
    if found is None:
        hint = did_you_mean(name, tuple(editions))
        raise ConfigurationError(f'There is no edition "{name}".', hint=hint, where="edition")
    return found


def fingerprint_of(contents: Mapping[str, bytes]) -> str:
    """Return the SHA-256 over names and contents, with equal line ends, so that every system has the same."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        content = contents[name].replace(b"\r\n", b"\n")
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
