"""Editions: one dated, referenced set of program rules each. Values only; `rulebook` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.claim import Level


class WindowKind(StrEnum):
    """The dated waits that somebody can let expire."""

    CUSTOMER_OPT_OUT = "customer-opt-out"
    SUBMITTED = "submitted"
    REVIEW = "review"
    PARTNER_ACTION = "partner-action"
    DISPUTE = "dispute"


class Counting(StrEnum):
    """How the days of a window are counted."""

    BUSINESS_DAYS = "business days"
    CALENDAR_DAYS = "calendar days"


class CalendarOf(StrEnum):
    """Whose holidays count."""

    CUSTOMER = "customer"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What the partner did for the customer: from 2023 on, the partner role."""

    name: str
    solution_area: str
    aliases: tuple[str, ...]
    parts: frozenset[str]
    """What the activity consists of; two activities overlap when they share a part."""
    group: str
    """One partner may not ask for activities of different groups on one key (`activity-combination`)."""
    programmes: tuple[str, ...]
    """The incentive programmes that a line of this activity counts for."""
    requires: frozenset[str]
    """Keys of columns that become required, such as solution_seller_name."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionArea:
    """A solution area and the level at which its products are claimed."""

    name: str
    aliases: tuple[str, ...]
    level: Level
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A workload or product of the catalogue."""

    name: str
    """The canonical name, such as "Exchange Online"."""
    family: str
    """The family that rules speak of: "Microsoft 365", "Dynamics 365", "Power BI", "Power Platform"."""
    level: Level
    aliases: tuple[str, ...]
    """Former names, names with "Microsoft" and report codes such as "spo"."""
    claimable_from: date | None
    claimable_until: date | None
    """None where Microsoft publishes no date."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """How long one kind of window is open."""

    kind: WindowKind
    days: int
    counting: Counting
    calendar_of: CalendarOf
    starts_with: str
    """The event that is day 0, in words: "Microsoft's notice to the customer"."""
    assumed_from: str | None
    """The claim's date that stands in until the starting event is known ("submitted_on"), or None."""
    who_acts: str
    consequence: str
    """What happens when it closes, in words."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRule:
    """One status, who acts next, what may follow and what may still change."""

    name: str
    label: str
    """As Partner Center prints it: "Partner action required"."""
    who_acts: str
    meaning: str
    next: tuple[str, ...]
    """Statuses that may follow."""
    holds_key: bool
    may_change: frozenset[str]
    """Keys of columns that may change; "*" stands for all."""
    window: WindowKind | None
    """The window that opens when the claim enters this status."""
    is_microsofts: bool
    """Whether the status is Partner Center's; False for ours beside them (held, withdrawn, lapsed)."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoeElement:
    """One thing that a Proof of Execution must show, named after Microsoft's reason for asking again."""

    key: str
    reason: str
    """Microsoft's own words when it is missing: "Missing customer acknowledgement"."""
    remedy: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Single values of an edition, each with its reference in the edition's file."""

    activity_in_key: bool
    """Whether the activity is part of the claim key."""
    official_needs_approval: bool
    poe_max_age_months: int
    poe_warn_age_months: int
    subscription_id_rule: str
    """"if-several": required once more than one ID of the product is known at the tenant; or "always"."""
    expiry_warning_days: int
    reassociate_before: date | None
    """Microsoft 365 associations from before this day hold no key and must be made again."""
    public_sector_disclosure_in: frozenset[str]
    """Countries in which the Public Sector Disclosure applies."""
    identifier_label: str
    """"MPN ID", later "PartnerID"."""
    menu_path: tuple[str, ...]
    """The road to the page on which claims are entered; "solution area" stands for the claim's own."""
    entry_role: str
    """The role that a person needs to enter a claim."""
    entry_address: str
    """Where Partner Center's dashboard is."""
    first_status: str
    """"editing", later "draft"."""


class EntryAction(StrEnum):
    """What a person does with one value while entering a claim."""

    CHOOSE = "choose"
    TYPE = "type"
    ATTACH = "attach"


class EntryWhen(StrEnum):
    """In which claims a value is asked for."""

    ALWAYS = "always"
    REQUIRED = "required"
    """Only where the edition, the activity or the product requires the column."""
    FILLED = "filled"
    """Optional: shown where the claim has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryField:
    """One value that Partner Center asks for when a claim is entered."""

    column: str
    """The key of the batch workbook's column."""
    label: str
    """As Partner Center names it."""
    action: EntryAction
    when: EntryWhen
    activities: frozenset[str]
    """Activities that are asked for it; empty stands for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStep:
    """One page, or part of a page, of the wizard in which a claim is entered."""

    key: str
    title: str
    fields: tuple[EntryField, ...]
    note: str | None
    button: str | None
    """What is pressed at the end of the step."""
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One rule in words that no other value of the edition holds, for people who ask for the rules."""

    key: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of the program rules."""

    name: str
    """"cpor-2021" or "mci-2023"."""
    title: str
    in_force_from: date
    in_force_until: date | None
    about: str
    solution_areas: tuple[SolutionArea, ...]
    activities: tuple[Activity, ...]
    required: frozenset[str]
    """Keys of columns that this edition requires in every claim."""
    technical_contact_families: frozenset[str]
    """Product families that need a technical contact."""
    not_supported: Mapping[str, tuple[str, ...]]
    """Programs that CPOR does not serve -> the words that name them in a cell."""
    windows: Mapping[WindowKind, WindowRule]
    statuses: Mapping[str, StatusRule]
    more_information_reasons: tuple[str, ...]
    rejection_reasons: tuple[str, ...]
    poe_elements: tuple[PoeElement, ...]
    settings: Settings
    entry_steps: tuple[EntryStep, ...] = ()
    """How a claim is entered in Partner Center, in the order of its wizard."""
    statements: tuple[Statement, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    """Where a value comes from, by its dotted path in the edition's file, for `rules show` and `explain`."""

    def area(self, name: str) -> SolutionArea:
        """Return the solution area of that canonical name; KeyError if there is none."""
        return next(area for area in self.solution_areas if area.name == name)

    def activity(self, solution_area: str, name: str) -> Activity | None:
        """Return the activity of that canonical name in the area, or None."""
        for activity in self.activities:
            if activity.name == name and activity.solution_area == solution_area:
                return activity
        return None

    def reference(self, path: str) -> str:
        """Return the source of the rule at `path`, such as "windows.review", or an empty text."""
        return self.references.get(path, "")


DEFAULT_EDITION: Final = "cpor-2021"
