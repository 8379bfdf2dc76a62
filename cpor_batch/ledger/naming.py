"""Which claims people mean: by our reference, Partner Center's claim ID or the claim's name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from cpor_batch.domain.ids import parse_claim_reference
from cpor_batch.ledger import bulk
from cpor_batch.ledger.tables import claims

# In this order; what one way finds is not looked for in the next. An ID in another case comes last: no
# index helps to find it.
_WAYS: Final[tuple[tuple[ColumnElement[str], Callable[[str], str | None]], ...]] = (
    (claims.c.reference, parse_claim_reference),
    (claims.c.partner_center_claim_id, lambda text: text.strip()),
    (claims.c.folded_claim_name, lambda text: text.strip().casefold()),
    (func.lower(claims.c.partner_center_claim_id), lambda text: text.strip().lower()),
)


def find_named(connection: Connection, texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return for each text the references of the claims that it names, in the order of their recording."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(texts, ())
    for column, spell in _WAYS:
        spelt = {text: spell(text) for text, references in found.items() if not references}
        values = {value for value in spelt.values() if value}
        if values:
            references_of = _find(connection, column, values)
            found |= {text: references_of.get(value or "", ()) for text, value in spelt.items()}
    return found


def _find(connection: Connection, column: ColumnElement[str], values: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    with bulk.staged(connection, ("clue",), ((value,) for value in values)) as stage:
        columns = (stage.c.clue, claims.c.reference, claims.c.first_event)
        rows = connection.execute(select(*columns).join(claims, column == stage.c.clue)).all()
    # Sorted here: told to sort, SQLite walks the whole ledger in that order instead of using an index.
    for row in sorted(rows, key=attrgetter("first_event")):
        found[row.clue] = (*found[row.clue], row.reference)
    return found
