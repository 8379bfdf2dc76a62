"""The rules of an edition as people and scripts may read them, each with its source."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cpor_batch.domain.edition import Edition
from cpor_batch.errors import UsageError
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.plain import plain

SCHEMA = "cpor-batch.rules/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRules:
    """One edition, ready to be shown."""

    edition: Edition
    products: tuple[Mapping[str, Any], ...]  # Any: what JSON can say
    fingerprint: str

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "fingerprint": self.fingerprint,
            "edition": plain(self.edition),
            "products": list(self.products),
        }

    @property
    def text(self) -> str:
        """The rules in words."""
        return "\n".join(_lines(self))


def show_rules(workspace: Workspace, *, day: date | None = None) -> ShownRules:
    """Return the workspace's edition, or the one in force on `day`; UsageError where none is."""
    rulebook = workspace.rulebook
    edition = rulebook.edition if day is None else _in_force(rulebook.editions.values(), day)
    products = tuple(plain(product) for product in rulebook.catalogue.products)
    return ShownRules(edition=edition, products=products, fingerprint=rulebook.fingerprint)


def _in_force(editions: Iterable[Edition], day: date) -> Edition:
    known = sorted(editions, key=lambda edition: edition.in_force_from, reverse=True)
    for edition in known:
        if edition.in_force_from <= day and (edition.in_force_until is None or day <= edition.in_force_until):
            return edition
    periods = ", ".join(f"{edition.name} from {edition.in_force_from}" for edition in reversed(known))
    raise UsageError(f"no edition is in force on {day}.", hint=f"There are {periods}.")


def _lines(shown: ShownRules) -> Iterator[str]:
    edition = shown.edition
    until = f" until {edition.in_force_until}" if edition.in_force_until else ""
    yield f"{edition.name}: {edition.title}, in force from {edition.in_force_from}{until}"
    yield edition.about
    yield f"Rulebook fingerprint {shown.fingerprint}"
    for area in edition.solution_areas:
        yield f"\n{area.name}: claimed by {area.level} [{area.reference}]"
        for activity in edition.activities:
            if activity.solution_area == area.name:
                programmes = ", ".join(activity.programmes)
                needs = f"; needs {', '.join(sorted(activity.requires))}" if activity.requires else ""
                yield f"  {activity.name}: {programmes}{needs} [{activity.reference}]"
    yield "\nRequired columns"
    for key in sorted(edition.required):
        yield f"  {key} [{edition.reference(f'required_columns.{key}')}]"
    yield "\nWindows"
    for window in edition.windows.values():
        days = f"{window.days} {window.counting}"
        yield f"  {window.kind}: {days} from {window.starts_with} [{window.reference}]"
    yield "\nStatuses"
    for status in edition.statuses.values():
        following = f"; then {', '.join(status.next)}" if status.next else ""
        yield f"  {status.name}: {status.meaning}{following} [{status.reference}]"
    yield "\nProof of Execution"
    for element in edition.poe_elements:
        yield f"  {element.key}: {element.reason} [{element.reference}]"
    yield "\nEntering a claim"
    for number, step in enumerate(edition.entry_steps, start=1):
        yield f"  {number}. {step.title} [{step.reference}]"
    yield "\nSettings"
    for name, value in plain(edition.settings).items():
        yield f"  {name}: {value} [{edition.reference(f'settings.{name}')}]"
    yield f"\n{len(shown.products)} products and workloads: --format json lists them"
