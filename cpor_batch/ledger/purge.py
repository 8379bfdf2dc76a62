"""Delete contact data for good: the cards of one person, wherever an event names them."""

import json
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, delete, select

from cpor_batch.ledger.contacts import card_ids, find_cards_of
from cpor_batch.ledger.engine import SQLITE
from cpor_batch.ledger.tables import events, personal

_PAGE: Final = 500


def find_and_delete(connection: Connection, person: str) -> Mapping[str, tuple[int, ...]]:
    """Delete the cards of the person with this e-mail address or name; return them by claim."""
    rows = connection.execute(select(personal.c.id, personal.c.body)).all()
    cards = find_cards_of(person, [(row.id, row.body) for row in rows])
    if not cards:
        return {}
    claims = _find_claims(connection, cards)
    if connection.dialect.name == SQLITE:
        # Else the bytes stay behind in the file until the page is used again.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    ids = sorted(cards)
    for start in range(0, len(ids), _PAGE):
        connection.execute(delete(personal).where(personal.c.id.in_(ids[start : start + _PAGE])))
    return claims


def _find_claims(connection: Connection, cards: frozenset[int]) -> dict[str, tuple[int, ...]]:
    """Return the cards by the claims whose events name them: one walk over all events, for a rare deed."""
    found: dict[str, set[int]] = {}
    query = select(events.c.claim, events.c.body).where(events.c.claim.is_not(None))
    with connection.execute(query, execution_options={"yield_per": _PAGE}) as result:
        for row in result:
            named = cards.intersection(card_ids(json.loads(row.body)))
            if named:
                found.setdefault(row.claim, set()).update(named)
    return {claim: tuple(sorted(ids)) for claim, ids in found.items()}
