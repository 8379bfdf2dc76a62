"""What a row may claim: rules that need nothing but the row itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, cast

import numpy as np

from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import Activity, Edition, Product, SolutionArea
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.known import House
from cpor_batch.rulebook.sheet import SheetSchema
from cpor_batch.validation.choices import is_csp
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import BLANK_CODE, UNREADABLE_CODE, Codes, Mask, TypedColumn
from cpor_batch.validation.reading import Fault, Typed, shown

_NO_LEVEL: Final = -1
_WORKLOAD: Final = 0
_SUBSCRIPTION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The rows of a sheet as typed columns, and what they are judged by."""

    columns: Mapping[str, TypedColumn]
    edition: Edition
    sheet: SheetSchema
    house: House
    today: date

    @property
    def levels(self) -> Codes:
        """Of each row: the level of its area and product, or _NO_LEVEL where they contradict each other."""
        area = _lookup(
            self.columns["solution_area"], lambda value: _level_code(cast("SolutionArea", value).level)
        )
        product = _lookup(self.columns["product"], lambda value: _level_code(cast("Product", value).level))
        either = np.where(area == _NO_LEVEL, product, area)
        return np.where((area >= 0) & (product >= 0) & (area != product), np.int32(_NO_LEVEL), either)


def _level_code(level: Level) -> int:
    return _WORKLOAD if level is Level.WORKLOAD else _SUBSCRIPTION


def _lookup(column: TypedColumn, code_of: Callable[[Typed], int]) -> Codes:
    table = np.asarray([*map(code_of, column.values), _NO_LEVEL, _NO_LEVEL], dtype=np.int32)
    return table[column.codes]


def resolve_activities(lines: Lines) -> tuple[TypedColumn, list[Finding]]:
    """Return the activity column with the one activity of each row's area, and the rows whose area has none.

    An activity that the area does not have makes the cell unreadable, like one that nobody knows.
    """
    areas, named = lines.columns["solution_area"], lines.columns["activity"]
    numbering: dict[Typed, int] = {}
    codes = named.codes.copy()
    findings: list[Finding] = []
    for area_code, named_code, rows in _pairs(areas, named):
        area = cast("SolutionArea", areas.values[area_code])
        candidates = cast("tuple[Activity, ...]", named.values[named_code])
        found = next((one for one in candidates if one.solution_area == area.name), None)
        if found is None:
            codes[rows] = UNREADABLE_CODE
            fault = _not_in_area(area, candidates[0].name, lines.edition)
            findings += (
                Finding(position, "activity", fault, "statements.combination") for position in rows.tolist()
            )
        else:
            codes[rows] = numbering.setdefault(found, len(numbering))
    # Without an area an activity cannot be told from its namesakes.
    codes[(areas.codes < 0) & (named.codes >= 0)] = UNREADABLE_CODE
    return TypedColumn(codes, tuple(numbering)), findings


def _not_in_area(area: SolutionArea, activity: str, edition: Edition) -> Fault:
    names = [one.name for one in edition.activities if one.solution_area == area.name]
    message = f'"{activity}" is no activity of the solution area "{area.name}".'
    return Fault(
        IssueCode.ACTIVITY_NOT_IN_AREA, message, f"Choose one of: {', '.join(names)}; or change the area."
    )


def _pairs(first: TypedColumn, second: TypedColumn) -> Iterator[tuple[int, int, Codes]]:
    """Yield each combination of readable values with the positions of its rows."""
    rows = np.flatnonzero((first.codes >= 0) & (second.codes >= 0))
    width = max(len(second.values), 1)
    combined = first.codes[rows].astype(np.int64) * width + second.codes[rows]
    for pair in np.unique(combined).tolist():
        yield pair // width, pair % width, rows[combined == pair]


def find_line_faults(lines: Lines) -> Iterator[Finding]:
    """Yield what is wrong with each row by itself, rule by rule."""
    for rule in LINE_RULES:
        yield from rule(lines)


def find_outside_area(columns: Mapping[str, TypedColumn]) -> Mask:
    """Return of each row whether its product is of the other level than its solution area."""
    area = _lookup(columns["solution_area"], lambda value: _level_code(cast("SolutionArea", value).level))
    product = _lookup(columns["product"], lambda value: _level_code(cast("Product", value).level))
    return np.asarray((area >= 0) & (product >= 0) & (area != product), dtype=np.bool_)


def _products_in_area(lines: Lines) -> Iterator[Finding]:
    areas, products = lines.columns["solution_area"], lines.columns["product"]
    for area_code, product_code, rows in _pairs(areas, products):
        area, product = areas.values[area_code], products.values[product_code]
        if (
            isinstance(area, SolutionArea)
            and isinstance(product, Product)
            and area.level is not product.level
        ):
            message = f'"{product.name}" does not belong to the solution area "{area.name}".'
            hint = "Choose a product of that area, or put the row under the other solution area."
            fault = Fault(IssueCode.PRODUCT_NOT_IN_AREA, message, hint)
            yield from (
                Finding(position, "product", fault, "statements.one-partner") for position in rows.tolist()
            )


def _subscriptions_of_workloads(lines: Lines) -> Iterator[Finding]:
    subscriptions = lines.columns["subscription_id"]
    message = "A Microsoft 365 workload is claimed for the whole tenant, without a subscription ID."
    fault = Fault(IssueCode.SUBSCRIPTION_NOT_FOR_WORKLOAD, message, "Clear the cell.")
    # Whatever stands there, readable or not: the cell must be blank.
    mask = (subscriptions.codes != BLANK_CODE) & (lines.levels == _WORKLOAD)
    yield from _at(mask, "subscription_id", fault, "statements.one-partner")


def _subscriptions_always(lines: Lines) -> Iterator[Finding]:
    if lines.edition.settings.subscription_id_rule != "always":
        return
    message = "A Business Applications line needs the ID of its subscription."
    hint = (
        "Copy the subscription's GUID from the customer's Microsoft 365 admin center, Billing, Your products."
    )
    fault = Fault(IssueCode.SUBSCRIPTION_ID_REQUIRED, message, hint)
    mask = (lines.columns["subscription_id"].codes == BLANK_CODE) & (lines.levels == _SUBSCRIPTION)
    yield from _at(mask, "subscription_id", fault, "settings.subscription_id_rule")


def _subscriptions_from_csp(lines: Lines) -> Iterator[Finding]:
    channels = lines.columns["purchase_channel"]
    is_from_csp = _lookup(channels, lambda value: int(is_csp(str(value), lines.sheet))) == 1
    message = "A subscription bought through CSP cannot be claimed for Business Applications."
    hint = "Take the row out; incentives for CSP subscriptions are claimed elsewhere."
    fault = Fault(IssueCode.SUBSCRIPTION_IS_CSP, message, hint)
    yield from _at(
        is_from_csp & (lines.levels == _SUBSCRIPTION), "purchase_channel", fault, "statements.not-csp"
    )


def _expiring_subscriptions(lines: Lines) -> Iterator[Finding]:
    ends = lines.columns["subscription_ends_on"]
    last_day = lines.today + timedelta(days=lines.edition.settings.expiry_warning_days)
    for code, value in enumerate(ends.values):
        if isinstance(value, date) and value <= last_day:
            verb = "ended" if value < lines.today else "ends"
            message = f"The subscription {verb} on {value.isoformat()}; the association ends with it."
            hint = "Plan a new claim for the renewed subscription; it will have a new subscription ID."
            fault = Fault(IssueCode.SUBSCRIPTION_EXPIRES_SOON, message, hint)
            yield from _at(ends.codes == code, "subscription_ends_on", fault, "settings.expiry_warning_days")


def _foreign_mpn_ids(lines: Lines) -> Iterator[Finding]:
    if not lines.house.partners:
        return
    column = lines.columns["mpn_id"]
    for code, value in enumerate(column.values):
        entry = lines.house.partners.get(str(value))
        if entry is None:
            message = f"{shown(value)} is none of the MPN IDs listed under [[partners]] in cpor-batch.toml."
            hint = "Check the number, or add the location to cpor-batch.toml."
        elif not entry.is_location:
            message = (
                f"{shown(value)} is listed as a global account, and claims are made by a partner location."
            )
            hint = "Take the MPN ID of the location that claims."
        else:
            continue
        fault = Fault(IssueCode.MPN_ID_NOT_YOURS, message, hint)
        yield from _at(column.codes == code, "mpn_id", fault)


def _at(mask: Mask, key: str, fault: Fault, path: str = "") -> Iterator[Finding]:
    for position in np.flatnonzero(mask).tolist():
        yield Finding(position, key, fault, path)


LINE_RULES: Final = (
    _products_in_area,
    _subscriptions_of_workloads,
    _subscriptions_always,
    _subscriptions_from_csp,
    _expiring_subscriptions,
    _foreign_mpn_ids,
)


def with_column(lines: Lines, key: str, column: TypedColumn) -> Lines:
    """Return the lines with one column replaced."""
    return replace(lines, columns={**lines.columns, key: column})
