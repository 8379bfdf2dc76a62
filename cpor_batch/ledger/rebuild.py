"""Make the projection anew from the events."""

from sqlalchemy import Connection, delete, select

from cpor_batch.ledger import bulk
from cpor_batch.ledger.folding import fold_pages
from cpor_batch.ledger.projection import delete_states, write_states
from cpor_batch.ledger.tables import claims, documents, events, standing


def rebuild_projection(connection: Connection) -> int:
    """Write every claim as its events say it stands; return how many there are."""
    count = 0
    for page in fold_pages(connection):
        references = [item.state.reference for item in page.stored]
        with bulk.staged(connection, ("reference",), ((item,) for item in references)) as stage:
            query = select(claims.c.reference).join(stage, stage.c.reference == claims.c.reference)
            existing = frozenset(connection.scalars(query).all())
            lines = standing.c.reference.in_(select(stage.c.reference))
            connection.execute(delete(standing).where(lines))
        write_states(connection, page.stored, existing=existing)
        delete_states(connection, page.absent)
        count += len(page.stored)
    _delete_orphans(connection)
    return count


def _delete_orphans(connection: Connection) -> None:
    """Delete the claims that no event knows."""
    known = select(events.c.claim).where(events.c.claim.is_not(None))
    for table in (standing, documents, claims):
        connection.execute(delete(table).where(table.c.reference.not_in(known)))
