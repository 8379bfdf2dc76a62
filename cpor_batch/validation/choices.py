"""Read cells that choose among names: countries, languages, yes and no, areas, activities, products."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpor_batch.domain.edition import Activity, Edition, SolutionArea
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.rows import Cell
from cpor_batch.rulebook import Rulebook
from cpor_batch.rulebook.matching import fold_name, nearest_name
from cpor_batch.rulebook.sheet import SheetSchema
from cpor_batch.validation.reading import Fault, Reading, Typed, read_as, refuse, shown
from cpor_batch.validation.wording import clean_code, read_string

_WORD: Final = re.compile(r"\w+")
_NEGATIONS: Final = frozenset(
    (
        "no",
        "non",
        "not",
        "without",
        "inte",
        "icke",
        "ej",
        "kein",
        "keine",
        "nicht",
        "ohne",
        "pas",
        "sans",
        "hors",
        "sin",
    )
)
_VENDOR: Final = "microsoft "
_CO_OP_HINT: Final = (
    "CPOR serves OSA Sell and OSU only: claim {program} by the co-op claims process in Partner Center, "
    "and take the row out."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Reads the cells whose values the rulebook names."""

    rulebook: Rulebook
    _areas: dict[str, SolutionArea] = field(default_factory=dict)
    _activities: dict[str, tuple[Activity, ...]] = field(default_factory=dict)
    _programs: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Choices":
        """Return the choices of the rulebook's edition."""
        edition = rulebook.edition
        return cls(
            rulebook=rulebook,
            _areas=_areas_by_spelling(edition),
            _activities=_activities_by_spelling(edition),
            _programs=tuple(_program_patterns(edition)),
        )

    def read_area(self, cell: Cell) -> Reading:
        """Read a solution area."""
        text = read_string(cell)
        if isinstance(text, Reading):
            return _as_unknown(text, IssueCode.SOLUTION_AREA_UNKNOWN, cell)
        area = self._areas.get(fold_name(text))
        if area is not None:
            return _read_name(area, text, area.name, area.aliases)
        names = [one.name for one in self.rulebook.edition.solution_areas]
        return self._unknown(text, IssueCode.SOLUTION_AREA_UNKNOWN, "a solution area", names)

    def read_activity(self, cell: Cell) -> Reading:
        """Read an activity: all those of that name, because areas may share a name."""
        text = read_string(cell)
        if isinstance(text, Reading):
            return _as_unknown(text, IssueCode.ACTIVITY_UNKNOWN, cell)
        activities = self._activities.get(fold_name(text))
        if activities is not None:
            aliases = [name for one in activities for name in one.aliases]
            return _read_name(activities, text, activities[0].name, aliases)
        names_known = list(dict.fromkeys(one.name for one in self.rulebook.edition.activities))
        return self._unknown(text, IssueCode.ACTIVITY_UNKNOWN, "an activity", names_known)

    def read_product(self, cell: Cell) -> Reading:
        """Read a product or workload of the catalogue."""
        text = read_string(cell)
        if isinstance(text, Reading):
            return _as_unknown(text, IssueCode.PRODUCT_UNKNOWN, cell)
        product = self.rulebook.catalogue.find(text)
        if product is not None:
            return _read_name(product, text, product.name, product.aliases)
        program = self._find_program(text)
        if program is not None:
            return Reading(fault=program)
        nearest = self.rulebook.catalogue.nearest(text)
        hint = (
            f'Did you mean "{nearest}"?'
            if nearest
            else "Take a name of the catalogue; the blank workbook lists them."
        )
        message = f"{shown(text)} is not a product or workload of the catalogue."
        return refuse(IssueCode.PRODUCT_UNKNOWN, message, hint)

    def read_country(self, cell: Cell) -> Reading:
        """Read a country: its two-letter code, or a name that the rulebook knows."""
        text = read_string(cell)
        if isinstance(text, Reading):
            return _as_unknown(text, IssueCode.COUNTRY_UNKNOWN, cell)
        clean = clean_code(text)
        code = self.rulebook.countries.find(clean)
        if code is not None:
            return read_as(code, before=text, after=code)
        message = f"{shown(text)} is not a country."
        return refuse(
            IssueCode.COUNTRY_UNKNOWN, message, "Write the two letters of ISO 3166-1, such as SE or US."
        )

    def read_language(self, cell: Cell) -> Reading:
        """Read a language: its code, or a text that is none of ours, which documents will not come in."""
        text = read_string(cell)
        if isinstance(text, Reading):
            return text
        clean = clean_code(text)
        return Reading(self.rulebook.sheet.parse_language(clean) or clean)

    def read_yes_no(self, cell: Cell) -> Reading:
        """Read yes or no, in any of the six languages or as TRUE and FALSE."""
        if isinstance(cell, bool):
            return Reading(cell)
        text = read_string(cell)
        if isinstance(text, Reading):
            return text
        answer = self.rulebook.sheet.parse_yes_no(text)
        if answer is not None:
            return Reading(answer)
        return refuse(IssueCode.CELL_TYPE, f"{shown(text)} is neither Yes nor No.", "Write Yes or No.")

    def _unknown(self, text: str, code: IssueCode, what: str, names: Sequence[str]) -> Reading:
        program = self._find_program(text)
        if program is not None:
            return Reading(fault=program)
        nearest = nearest_name(text, {fold_name(name): name for name in names})
        listed = f"It is one of: {', '.join(names)}."
        hint = f'Did you mean "{nearest}"? {listed}' if nearest else listed
        return refuse(code, f"{shown(text)} is not {what} of {self.rulebook.edition.name}.", hint)

    def _find_program(self, text: str) -> Fault | None:
        """Return the fault of a text that names, in whole words, a program which CPOR does not serve."""
        for program, pattern in self._programs:
            if pattern.search(clean_code(text)):
                message = f"{shown(text)} names {program}, which CPOR does not serve."
                return Fault(IssueCode.PROGRAM_NOT_SUPPORTED, message, _CO_OP_HINT.format(program=program))
        return None


def is_csp(text: str, sheet: SheetSchema) -> bool:
    """Whether a purchase channel is CSP: its name, or the word CSP in it without a "not" before it."""
    if sheet.is_csp(text):
        return True
    words = _WORD.findall(text)
    return any(
        sheet.is_csp(word) and (place == 0 or words[place - 1].casefold() not in _NEGATIONS)
        for place, word in enumerate(words)
    )


def _read_name(value: Typed, text: str, name: str, aliases: Iterable[str]) -> Reading:
    """Return the value; a spelling that the rulebook lists is a name of its own and no correction."""
    spellings = {spelling.casefold().removeprefix(_VENDOR) for spelling in aliases}
    if text in (name, f"Microsoft {name}") or text.casefold().removeprefix(_VENDOR) in spellings:
        return Reading(value)
    return read_as(value, before=text, after=name)


def _as_unknown(reading: Reading, code: IssueCode, cell: Cell) -> Reading:
    """Return the reading with the column's own code where the cell holds no text at all."""
    if reading.fault is None or reading.fault.code is not IssueCode.CELL_TYPE:
        return reading
    return refuse(code, f"{shown(cell)} is not a text.", reading.fault.hint)


def _areas_by_spelling(edition: Edition) -> dict[str, SolutionArea]:
    return {fold_name(name): area for area in edition.solution_areas for name in (area.name, *area.aliases)}


def _activities_by_spelling(edition: Edition) -> dict[str, tuple[Activity, ...]]:
    found: dict[str, tuple[Activity, ...]] = {}
    for activity in edition.activities:
        for spelling in dict.fromkeys(fold_name(name) for name in (activity.name, *activity.aliases)):
            found[spelling] = (*found.get(spelling, ()), activity)
    return found


def _program_patterns(edition: Edition) -> Iterable[tuple[str, re.Pattern[str]]]:
    for program, words in edition.not_supported.items():
        spellings = "|".join(r"[\W_]+".join(map(re.escape, _WORD.findall(word))) for word in words)
        yield program, re.compile(rf"(?<!\w)(?:{spellings})(?!\w)", re.IGNORECASE)
