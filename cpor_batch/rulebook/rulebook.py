"""The rulebook: everything that schemas/ says, as values, and the questions that the other rooms ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cpor_batch.domain.calendar import CalendarLookup
from cpor_batch.domain.edition import Activity, Edition, SolutionArea
from cpor_batch.rulebook.catalogue import Catalogue, find_by_name
from cpor_batch.rulebook.countries import Countries
from cpor_batch.rulebook.sheet import SheetSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules of one run."""

    edition: Edition
    """The edition under which the run judges."""
    editions: Mapping[str, Edition]
    """All editions by name; a claim keeps the one under which it was accepted."""
    catalogue: Catalogue
    sheet: SheetSchema
    countries: Countries
    calendars: CalendarLookup
    fingerprint: str
    """SHA-256 over all files of the rulebook that are in use."""

    def edition_on(self, day: date) -> Edition | None:
        """Return the edition that was in force on `day`, or None before the first one."""
        for edition in self.editions.values():
            until = edition.in_force_until
            if edition.in_force_from <= day and (until is None or day <= until):
                return edition
        return None

    def find_area(self, text: str) -> SolutionArea | None:
        """Return the solution area that `text` names, also in the other languages, or None."""
        return find_area(self.edition, text)

    def find_activity(self, text: str, *, solution_area: str) -> Activity | None:
        """Return the area's activity that `text` names, also in the other languages, or None."""
        return find_activity(self.edition, text, solution_area=solution_area)


def find_area(edition: Edition, text: str) -> SolutionArea | None:
    """Return the edition's solution area that `text` names, or None."""
    name = find_by_name(text, [(area.name, area.aliases) for area in edition.solution_areas])
    return None if name is None else edition.area(name)


def find_activity(edition: Edition, text: str, *, solution_area: str) -> Activity | None:
    """Return the activity of that area that `text` names, or None."""
    own = [one for one in edition.activities if one.solution_area == solution_area]
    name = find_by_name(text, [(one.name, one.aliases) for one in own])
    return None if name is None else edition.activity(solution_area, name)
