"""The projection: what every claim is now, kept beside the events and defined by folding them.

The claim's data stands once, in the event that brought it (`data_event`), and so does a change that waits
(`change_event`); the projection holds what is searched for and what changes with every event.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, cast, delete, select, update

from cpor_batch.domain.claim import Level
from cpor_batch.domain.likeness import fold_name, skeleton
from cpor_batch.domain.standing import ClaimState
from cpor_batch.ledger import bulk, tables
from cpor_batch.ledger.codec import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A claim's state together with the events that its row names."""

    state: ClaimState
    first_event: int
    data_event: int
    change_event: int | None = None
    """The event that brought the change that waits for a decision."""


def claim_row(stored: Stored) -> bulk.Row:
    """Return the row of `claims`, in the order of its columns."""
    state, claim = stored.state, stored.state.claim
    domain = claim.customer_domain
    return (
        state.reference,
        stored.first_event,
        stored.data_event,
        state.last_event,
        state.status,
        state.status_since.isoformat(),
        state.recorded_on.isoformat(),
        _text(state.notified_on),
        _text(state.approved_on),
        int(state.is_adopted),
        canonical(list(state.held_for)) if state.held_for else "[]",
        canonical(list(state.stands_beside)) if state.stands_beside else "[]",
        claim.partner_center_claim_id,
        claim.mpn_id,
        claim.tenant_id,
        claim.solution_area,
        claim.activity,
        claim.claim_name.casefold(),
        claim.customer_name,
        domain,
        fold_name(claim.customer_name),
        skeleton(domain) if domain else None,
        stored.change_event,
    )


def standing_rows(state: ClaimState) -> Iterator[bulk.Row]:
    """Yield one row of `standing` per line of the claim."""
    claim = state.claim
    for position, line in enumerate(claim.lines):
        has_subscription = line.level is Level.SUBSCRIPTION and line.subscription_id
        yield (
            state.reference,
            position,
            claim.tenant_id,
            line.level.value,
            line.subscription_id if has_subscription else line.product,
            line.product,
            line.subscription_id,
            claim.activity,
            claim.mpn_id,
            claim.partner_organisation,
            state.status,
            _text(line.subscription_ends_on),
        )


def write_states(connection: Connection, stored: Sequence[Stored], *, existing: frozenset[str]) -> None:
    """Write the rows of these claims; rows of `existing` ones are replaced."""
    if existing:
        _update_claims(connection, [item for item in stored if item.state.reference in existing])
    new = (claim_row(item) for item in stored if item.state.reference not in existing)
    bulk.insert_rows(connection, tables.claims, new)
    lines = [row for item in stored for row in standing_rows(item.state)]
    # In order of the key: neighbours share a page of the index, which is most of what inserting costs.
    lines.sort(key=lambda row: (str(row[2]), str(row[4])))
    bulk.insert_rows(connection, tables.standing, lines)


def delete_states(connection: Connection, references: Iterable[str]) -> None:
    """Delete the rows of these claims, the registration of their documents among them."""
    rows = [(reference,) for reference in references]
    if not rows:
        return
    with bulk.staged(connection, ("reference",), rows) as gone:
        for table in (tables.standing, tables.documents, tables.claims):
            connection.execute(delete(table).where(table.c.reference.in_(select(gone.c.reference))))


def _update_claims(connection: Connection, stored: Sequence[Stored]) -> None:
    names = [column.name for column in tables.claims.columns]
    with bulk.staged(connection, names, (claim_row(item) for item in stored)) as fresh:
        is_fresh = tables.claims.c.reference == fresh.c.reference
        values = {
            column: cast(fresh.c[column.name], column.type)
            for column in tables.claims.columns
            if not column.primary_key
        }
        connection.execute(update(tables.claims).where(is_fresh).values(values))
        lines = tables.standing
        connection.execute(delete(lines).where(lines.c.reference.in_(select(fresh.c.reference))))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
