"""Claims as they stand, read back from the projection, page by page."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, Select, or_, select

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.standing import HELD, ClaimState
from cpor_batch.errors import LedgerDamagedError
from cpor_batch.ledger import bulk
from cpor_batch.ledger.codec import JsonObject, claim_from_plain
from cpor_batch.ledger.contacts import card_ids, merge_cards
from cpor_batch.ledger.projection import Stored
from cpor_batch.ledger.tables import claims, events, personal

_PAGE: Final = 500

_change: Final = events.alias("change")
_QUERY: Final = (
    select(*claims.columns, events.c.body, _change.c.body.label("change_body"))
    .join_from(claims, events, events.c.number == claims.c.data_event)
    .outerjoin(_change, _change.c.number == claims.c.change_event)
)
_WAITING: Final = or_(claims.c.status == HELD, claims.c.change_event.is_not(None))


def read_stored(
    connection: Connection,
    references: Iterable[str] | None = None,
    *,
    is_waiting: bool = False,
    with_contacts: bool = True,
) -> Iterator[Stored]:
    """Yield these claims, or all (that wait for a decision), in the order in which they were recorded.

    Without contacts it is quicker; the projection does not need them.
    """
    if references is None:
        query = _QUERY.where(_WAITING) if is_waiting else _QUERY
        yield from _read(connection, query.order_by(claims.c.first_event), with_contacts=with_contacts)
        return
    with bulk.staged(connection, ("reference",), ((reference,) for reference in references)) as wanted:
        query = _QUERY.join(wanted, wanted.c.reference == claims.c.reference)
        # All at once: a temporary table cannot go while somebody still reads from it. Sorted here: told to
        # sort, SQLite walks the whole ledger in the order of `first_event` instead.
        found = sorted(
            _read(connection, query, with_contacts=with_contacts), key=lambda stored: stored.first_event
        )
    yield from found


def _read(connection: Connection, query: Select[Any], *, with_contacts: bool) -> Iterator[Stored]:
    # Any: rows of mixed types; `_stored` gives them theirs.
    with connection.execute(query, execution_options={"yield_per": _PAGE}) as result:
        for page in result.partitions():
            plains = [read_body(row.data_event, row.body) for row in page]
            changes = {
                row.reference: read_body(row.change_event, row.change_body)
                for row in page
                if row.change_event is not None
            }
            named = (i for plain in (*plains, *changes.values()) for i in card_ids(plain))
            bodies = read_cards(connection, named) if with_contacts else {}
            for row, plain in zip(page, plains, strict=True):
                with damage_named(row.data_event):
                    claim = _claim(row, plain, bodies, part="state")
                with damage_named(row.change_event or row.data_event):
                    change = changes.get(row.reference)
                    held = None if change is None else _claim(row, change, bodies, part="held_change")
                yield _stored(row, claim, held)


def _claim(row: Row[Any], plain: JsonObject, cards: Mapping[int, JsonObject], *, part: str) -> Claim:
    # Any: see `_read`.
    state = {**plain[part], "claim_reference": row.reference}
    return claim_from_plain(state, merge_cards(plain, cards).get(part, {}))


def _stored(row: Row[Any], claim: Claim, change: Claim | None) -> Stored:  # Any: see `_read`
    return Stored(
        state=ClaimState(
            reference=row.reference,
            claim=claim,
            status=row.status,
            status_since=date.fromisoformat(row.status_since),
            recorded_on=date.fromisoformat(row.recorded_on),
            notified_on=_day(row.notified_on),
            approved_on=_day(row.approved_on),
            is_adopted=bool(row.is_adopted),
            held_for=tuple(json.loads(row.held_for)),
            held_change=change,
            stands_beside=tuple(json.loads(row.stands_beside)),
            last_event=row.last_event,
        ),
        first_event=row.first_event,
        data_event=row.data_event,
        change_event=row.change_event,
    )


def read_body(number: int, body: str) -> JsonObject:
    """Return what an event's bytes say; LedgerDamagedError where they say nothing."""
    with damage_named(number):
        plain = json.loads(body)
        card_ids(plain)
    return cast("JsonObject", plain)  # an object: every event is written as one, and `card_ids` wants one


@contextmanager
def damage_named(number: int) -> Iterator[None]:
    """Turn what a damaged event does to its reader into LedgerDamagedError, which names it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise damaged_event(f"event {number} is not what was written.") from exc


def damaged_event(what: str, *, where: str = "ledger") -> LedgerDamagedError:
    """Return the error that tells of a damaged event."""
    hint = "Run cpor-batch ledger verify, then restore a backup."
    return LedgerDamagedError(what, hint=hint, where=where)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def read_cards(connection: Connection, ids: Iterable[int]) -> dict[int, JsonObject]:
    """Return the cards with these ids; those that were purged are missing."""
    wanted = sorted(set(ids))
    found: dict[int, JsonObject] = {}
    for start in range(0, len(wanted), _PAGE):
        page = wanted[start : start + _PAGE]
        rows = connection.execute(select(personal.c.id, personal.c.body).where(personal.c.id.in_(page)))
        found.update((row.id, json.loads(row.body)) for row in rows)
    return found
