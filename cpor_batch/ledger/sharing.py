"""The claims that share a key with another one: a first, wide choice, made by the database."""

from typing import Final

from sqlalchemy import Connection, func, select

from cpor_batch.domain.standing import HELD, WITHDRAWN
from cpor_batch.ledger.tables import standing

# The rest is for the editions to say, and they are not in the database.
_FREE_ANYWHERE: Final = (HELD, WITHDRAWN)


def find_sharing(connection: Connection) -> frozenset[str]:
    """Return the references of the claims on keys that several claims have, whatever their activity."""
    place = (standing.c.tenant_id, standing.c.item)
    crowded = (
        select(*place)
        .where(standing.c.status.not_in(_FREE_ANYWHERE))
        .group_by(*place)
        .having(func.min(standing.c.reference) != func.max(standing.c.reference))
        .subquery()
    )
    same = (crowded.c.tenant_id == standing.c.tenant_id) & (crowded.c.item == standing.c.item)
    query = select(standing.c.reference).join(crowded, same).where(standing.c.status.not_in(_FREE_ANYWHERE))
    return frozenset(connection.scalars(query).all())
