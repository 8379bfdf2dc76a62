"""Copy sheets: each claim that has to be typed into Partner Center, in the order of its wizard."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.claim import LINE_FIELDS, Claim
from cpor_batch.domain.edition import Edition, EntryAction, EntryField, EntryStep, EntryWhen
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.standing import HELD, ClaimState
from cpor_batch.reports.entry_gaps import Gap, find_gaps
from cpor_batch.reports.words import plain

ENTRY_SCHEMA: Final = "cpor-batch.entry/1"
_AREA_IN_PATH: Final = "solution area"
_FINGERPRINT_LENGTH: Final = 16


class PoeKind(StrEnum):
    """What there is to be attached."""

    DOCUMENT = "document"
    """The claim's own, which the workbook names."""
    LOST = "lost"
    """The workbook names one, but no such file is found."""
    SIGNED = "signed"
    """The workbook says when it was signed, but names no file."""
    FORM = "form"
    """The form that we made, still to be signed."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoeFile:
    """The claim's Proof of Execution as a file."""

    kind: PoeKind
    name: str = ""
    path: Path | None = None
    """None where there is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledValue:
    """One value to be chosen or typed."""

    text: str
    note: str = ""
    """What belongs beside it: a line's incentive programmes, a subscription's product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledField:
    """One field of the wizard with the claim's values for it."""

    column: str
    label: str
    action: EntryAction
    values: tuple[FilledValue, ...]
    """Empty where the claim lacks what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledStep:
    """One step of the wizard."""

    step: EntryStep
    fields: tuple[FilledField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySheet:
    """One claim, ready to be typed or not."""

    state: ClaimState
    edition: Edition
    steps: tuple[FilledStep, ...]
    poe: PoeFile
    gaps: tuple[Gap, ...]

    @property
    def claim(self) -> Claim:
        """The claim's data."""
        return self.state.claim

    @property
    def is_ready(self) -> bool:
        """Whether nothing that Partner Center insists on is missing."""
        return not any(gap.blocks for gap in self.gaps)

    @property
    def menu_path(self) -> tuple[str, ...]:
        """The road to the wizard, with the claim's own solution area."""
        path = self.edition.settings.menu_path
        return tuple(self.claim.solution_area if step == _AREA_IN_PATH else step for step in path)

    @property
    def fingerprint(self) -> str:
        """A short text that changes when a value to be typed does."""
        values = [
            [field.column, [value.text for value in field.values]]
            for step in self.steps
            for field in step.fields
        ]
        digest = hashlib.sha256(json.dumps(values).encode())
        return digest.hexdigest()[:_FINGERPRINT_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReport:
    """Every claim that is accepted and not submitted yet."""

    as_of: date
    sheets: tuple[CopySheet, ...]
    """Those that are ready first; partner by partner, then customer by customer."""
    held: int
    """How many more are held for a conflict, and so are not to be submitted."""

    @property
    def ready(self) -> int:
        """How many lack nothing."""
        return sum(sheet.is_ready for sheet in self.sheets)

    def as_json(self) -> dict[str, Any]:  # Any: what JSON can say
        """Return the JSON document; days as 2021-04-01."""
        counts = {
            "claims": len(self.sheets),
            "ready": self.ready,
            "incomplete": len(self.sheets) - self.ready,
            "held": self.held,
        }
        return {
            "schema": ENTRY_SCHEMA,
            "as_of": self.as_of.isoformat(),
            "counts": counts,
            "claims": [_sheet_json(sheet) for sheet in self.sheets],
        }


def build_entry(
    states: Iterable[ClaimState],
    *,
    edition_of: Callable[[ClaimState], Edition],
    required_of: Callable[[Claim], frozenset[str]],
    poe_of: Callable[[ClaimState], PoeFile],
    today: date,
) -> EntryReport:
    """Return the copy sheets of the claims that are to be submitted.

    `required_of` says which columns a claim must fill in, `poe_of` finds its Proof of Execution.
    """
    known = tuple(states)
    sheets = [
        _sheet(state, edition_of(state), required_of(state.claim), poe_of(state), today)
        for state in known
        if not state.is_adopted
        and effective_status(state, today=today) == edition_of(state).settings.first_status
    ]
    sheets.sort(key=_order)
    return EntryReport(as_of=today, sheets=tuple(sheets), held=sum(state.status == HELD for state in known))


def _order(sheet: CopySheet) -> tuple[bool, str, str, str, str]:
    claim = sheet.claim
    names = (claim.partner_name, claim.mpn_id, claim.customer_name, claim.claim_name)
    partner, mpn_id, customer, name = (text.casefold() for text in names)
    return (not sheet.is_ready, partner, mpn_id, customer, name)


def _sheet(
    state: ClaimState, edition: Edition, required: frozenset[str], poe: PoeFile, today: date
) -> CopySheet:
    steps = tuple(
        FilledStep(step=step, fields=tuple(_fields(step, state.claim, edition, required, poe)))
        for step in edition.entry_steps
    )
    blanks = tuple(
        field.label
        for step in steps
        for field in step.fields
        if not field.values and field.action is not EntryAction.ATTACH
    )
    gaps = find_gaps(state.claim, edition=edition, poe_kind=poe.kind, blanks=blanks, today=today)
    return CopySheet(state=state, edition=edition, steps=steps, poe=poe, gaps=gaps)


def _fields(
    step: EntryStep, claim: Claim, edition: Edition, required: frozenset[str], poe: PoeFile
) -> Iterator[FilledField]:
    for field in step.fields:
        if field.activities and claim.activity not in field.activities:
            continue
        values = _values(field, claim, edition, poe)
        if field.when is EntryWhen.REQUIRED and field.column not in required:
            continue
        if field.when is EntryWhen.FILLED and not values:
            continue
        yield FilledField(column=field.column, label=field.label, action=field.action, values=values)


def _values(field: EntryField, claim: Claim, edition: Edition, poe: PoeFile) -> tuple[FilledValue, ...]:
    match field.column:
        case "product":
            return _products(claim)
        case "activity":
            return tuple(FilledValue(text=name) for name in _activities(claim, edition))
        case "poe_document":
            return (FilledValue(text=poe.name),) if poe.kind is PoeKind.DOCUMENT else ()
        case column if column in LINE_FIELDS:
            return _line_values(claim, column)
        case column:
            text = plain(_joined(getattr(claim, column)))
            return (FilledValue(text=text),) if text else ()


def _joined(value: Any) -> Any:  # Any: a field of a claim, whatever its type
    return "\n".join(value) if isinstance(value, tuple) else value


def _products(claim: Claim) -> tuple[FilledValue, ...]:
    programmes: dict[str, dict[str, None]] = {}
    for line in claim.lines:
        programmes.setdefault(line.product, {}).update(dict.fromkeys(line.programmes))
    return tuple(FilledValue(text=name, note=", ".join(found)) for name, found in programmes.items())


def _line_values(claim: Claim, column: str) -> tuple[FilledValue, ...]:
    products: dict[str, dict[str, None]] = {}
    for line in claim.lines:
        text = plain(getattr(line, column))
        if text:
            products.setdefault(text, {})[line.product] = None
    return tuple(FilledValue(text=text, note=", ".join(names)) for text, names in products.items())


def _activities(claim: Claim, edition: Edition) -> Sequence[str]:
    """Return the names to be ticked: those that an activity such as "Usage and Pre-sales" consists of."""
    whole = edition.activity(claim.solution_area, claim.activity)
    if whole is None or len(whole.parts) == 1:
        return (claim.activity,)
    single = [
        activity.name
        for activity in edition.activities
        if activity.solution_area == claim.solution_area
        and len(activity.parts) == 1
        and activity.parts <= whole.parts
    ]
    return single if len(single) == len(whole.parts) else (claim.activity,)


def _sheet_json(sheet: CopySheet) -> dict[str, Any]:  # Any: what JSON can say
    claim, settings = sheet.claim, sheet.edition.settings
    return {
        "reference": sheet.state.reference,
        "claim_name": claim.claim_name,
        "edition": sheet.edition.name,
        "partner_name": claim.partner_name,
        "customer_name": claim.customer_name,
        "ready": sheet.is_ready,
        "role": settings.entry_role,
        "address": settings.entry_address,
        "menu_path": list(sheet.menu_path),
        "steps": [_step_json(number, step) for number, step in enumerate(sheet.steps, start=1)],
        "lines": [
            {
                "product": line.product,
                "subscription_id": line.subscription_id,
                "programmes": list(line.programmes),
            }
            for line in claim.lines
        ],
        "poe": {"kind": str(sheet.poe.kind), "path": str(sheet.poe.path) if sheet.poe.path else None},
        "missing": [{"what": gap.text, "blocks": gap.blocks} for gap in sheet.gaps],
    }


def _step_json(number: int, filled: FilledStep) -> dict[str, Any]:  # Any: what JSON can say
    return {
        "number": number,
        "key": filled.step.key,
        "title": filled.step.title,
        "fields": [
            {
                "column": field.column,
                "label": field.label,
                "action": str(field.action),
                "values": [{"text": value.text, "note": value.note or None} for value in field.values],
            }
            for field in filled.fields
        ],
        "note": filled.step.note,
        "button": filled.step.button,
        "reference": filled.step.reference,
    }
