"""Claims and events as canonical JSON and back: sorted keys, ASCII, dates in ISO 8601, no floats.

Fields that hold their default are left out, so an event that was written before a field existed reads back
with the field's default, and its bytes, which the hash chain covers, never change.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from cpor_batch.domain.claim import CLAIM_FIELDS, CONTACT_FIELDS, LINE_FIELDS, Claim, ClaimLine, Level, Source
from cpor_batch.domain.event import NOTHING, Event, EventKind, Plain

JsonObject = dict[str, Any]  # Any: what json.loads gives; the decoders below turn it into typed values

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_DATE_FIELDS: Final = frozenset({"poe_signed_on", "submitted_on", "subscription_ends_on"})
_TUPLE_FIELDS: Final = frozenset({"customer_address", "programmes"})

VERSION: Final = 1


def canonical(value: object) -> str:
    """Return `value` as canonical JSON text, ASCII only."""
    return _ENCODER.encode(value)


def _defaults(kind: type[Claim] | type[ClaimLine] | type[Event]) -> dict[str, object]:
    return {item.name: item.default for item in fields(kind) if item.default is not MISSING}


_CLAIM_DEFAULTS: Final = _defaults(Claim)
_LINE_DEFAULTS: Final = _defaults(ClaimLine)
_OPEN_CLAIM_FIELDS: Final = tuple(
    (name, _CLAIM_DEFAULTS.get(name, MISSING))
    for name in (*CLAIM_FIELDS, "edition")
    if name not in CONTACT_FIELDS
)
_open_values: Final = attrgetter(*(name for name, _ in _OPEN_CLAIM_FIELDS))
_LINE_PAIRS: Final = tuple((name, _LINE_DEFAULTS.get(name, MISSING)) for name in LINE_FIELDS)
_line_values: Final = attrgetter(*LINE_FIELDS)


def plain_from_claim(claim: Claim) -> JsonObject:
    """Return everything of a claim but its contact data, as JSON can say it."""
    plain: JsonObject = {
        name: value if type(value) is str else _plain_value(value)
        for (name, default), value in zip(_OPEN_CLAIM_FIELDS, _open_values(claim), strict=True)
        if value != default
    }
    plain["lines"] = [_plain_from_line(line) for line in claim.lines]
    return plain


def claim_from_plain(plain: JsonObject, contacts: JsonObject) -> Claim:
    """Return the claim that `plain_from_claim` wrote, with its contact data."""
    values = _typed(plain)
    values["lines"] = tuple(_line_from_plain(line) for line in plain["lines"])
    return Claim(**values, **contacts)


def _plain_from_line(line: ClaimLine) -> JsonObject:
    plain: JsonObject = {"level": line.level.value, "programmes": list(line.programmes)}
    for (name, default), value in zip(_LINE_PAIRS, _line_values(line), strict=True):
        if value != default:
            plain[name] = value if type(value) is str else _plain_value(value)
    if line.source is not None:
        plain["source"] = [line.source.file, line.source.sheet, line.source.row]
    return plain


def _line_from_plain(plain: JsonObject) -> ClaimLine:
    return ClaimLine(**_typed(plain))


def _typed(plain: JsonObject) -> dict[str, Any]:  # Any: the fields of a value by name
    return {name: _READERS[name](value) if name in _READERS else value for name, value in plain.items()}


def _read_source(value: list[Any]) -> Source:  # Any: file, sheet and row have types of their own
    return Source(file=value[0], sheet=value[1], row=value[2])


_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    **dict.fromkeys(_DATE_FIELDS, date.fromisoformat),
    **dict.fromkeys(_TUPLE_FIELDS, tuple),
    "level": Level,
    "source": _read_source,
}


def _plain_value(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def plain_from_event(event: Event, contacts: Mapping[str, Mapping[str, str]]) -> JsonObject:
    """Return a numbered event as JSON can say it; `contacts` refers to what is kept apart.

    Raises TypeError where `before` or `after` holds what JSON cannot say without loss: a float, a date.
    """
    at = event.at
    if event.number is None or at is None:
        raise ValueError("an event is written with its number and its time")
    plain: JsonObject = {
        "v": VERSION,
        "number": event.number,
        "at": instant_text(at),
        "kind": event.kind.value,
        "known_on": event.known_on.isoformat(),
        "occurred_on": event.occurred_on.isoformat(),
        "actor": event.actor,
        "run": event.run,
    }
    optional = {
        "claim": event.claim,
        "status": event.status,
        "state": None if event.state is None else plain_from_claim(event.state),
        "held_change": None if event.held_change is None else plain_from_claim(event.held_change),
        "file": event.file,
        "row": event.row,
        "reason": event.reason,
        "before": _checked(event.before) or None,
        "after": _checked(event.after) or None,
        "contacts": contacts or None,
    }
    plain.update((name, value) for name, value in optional.items() if value is not None)
    return plain


def event_from_plain(plain: JsonObject, contacts: Mapping[str, JsonObject]) -> Event:
    """Return the event that `plain_from_event` wrote, with the contact data that is still there.

    `contacts` has the fields by part: "state", "held_change", "before", "after".
    """
    state, change = plain.get("state"), plain.get("held_change")
    return Event(
        kind=EventKind(plain["kind"]),
        claim=plain.get("claim"),
        known_on=date.fromisoformat(plain["known_on"]),
        occurred_on=date.fromisoformat(plain["occurred_on"]),
        actor=plain["actor"],
        run=plain["run"],
        status=plain.get("status"),
        state=None if state is None else claim_from_plain(state, contacts.get("state", {})),
        held_change=None if change is None else claim_from_plain(change, contacts.get("held_change", {})),
        before=_merged(plain.get("before"), contacts.get("before")),
        after=_merged(plain.get("after"), contacts.get("after")),
        file=plain.get("file"),
        row=plain.get("row"),
        reason=plain.get("reason"),
        number=plain["number"],
        at=datetime.fromisoformat(plain["at"]),
    )


def instant_text(at: datetime) -> str:
    """Return an aware UTC instant as text of fixed width, so that texts sort as instants do."""
    return at.isoformat(timespec="microseconds")


def _merged(plain: Mapping[str, Plain] | None, contacts: Mapping[str, Plain] | None) -> Mapping[str, Plain]:
    if not plain and not contacts:
        return NOTHING
    return {**(plain or {}), **(contacts or {})}


def _checked(values: Mapping[str, Plain]) -> dict[str, Plain]:
    return {_checked_key(name): _checked_value(value) for name, value in values.items()}


def _checked_key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{name!r} is no name of a field")
    return name


def _checked_value(value: Plain) -> Plain:
    match value:
        case None | bool() | int() | str():
            return value
        case list():
            return [_checked_value(item) for item in value]
        case dict():
            return _checked(value)
        case _:
            raise TypeError(f"an event cannot hold a {type(value).__name__}")
