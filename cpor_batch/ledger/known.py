"""What the ledger knows about the claims of a run, asked for set by set."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, or_, select

from cpor_batch.domain.claim import Level
from cpor_batch.domain.ids import SubscriptionId, TenantId
from cpor_batch.domain.known import Customer, Known, Wanted
from cpor_batch.domain.likeness import skeleton
from cpor_batch.domain.standing import WITHDRAWN, ClaimState
from cpor_batch.ledger import bulk
from cpor_batch.ledger.projection import Stored
from cpor_batch.ledger.states import read_stored
from cpor_batch.ledger.tables import claims, standing

Identity = tuple[str, str, str, str, str]
Pairs = Mapping[Any, frozenset[Any]]  # Any: identifiers, typed where `Known` takes them

# A tenant ID or a domain that was a mistake must not speak against the next batch, which mends it.
_NO_EVIDENCE: Final = frozenset({WITHDRAWN, "rejected", "rejected-final"})
# As an expression: SQLite would else walk a whole index for the sake of its order.
_FREE_TENANT: Final = claims.c.tenant_id.concat("")
_SUBSCRIPTION: Final = Level.SUBSCRIPTION.value
# Sorted here: told to sort, SQLite may walk the whole ledger in that order instead of using an index.
_recording: Final = attrgetter("first_event")
_IDENTITY: Final = ("mpn_id", "tenant_id", "solution_area", "activity", "folded_claim_name")


def read_known(
    connection: Connection, wanted: Wanted, *, today: date, seen: dict[str, Stored] | None = None
) -> Known:
    """Return what the ledger knows of what is wanted; claims that were read are put into `seen`.

    What a claim of the run itself said before (one with a wanted reference, Microsoft ID or identity) is no
    fact about tenants, domains, subscriptions and customers: the run says it anew. Subscriptions that ended
    before `today` do not count among the known ones of a product.
    """
    by_reference = _find_references(connection, wanted.references)
    by_claim_id = _find_claim_ids(connection, wanted.partner_center_claim_ids)
    by_identity = _find_identities(connection, wanted.natural_identities)
    brought = frozenset({*by_reference, *by_claim_id.values(), *by_identity.values()})
    asking = _find_asking(connection, wanted)
    named = _find_customers(connection, wanted, brought)
    found = {*brought, *asking, *(row.reference for row in named)}
    stored: dict[str, Stored] = {item.state.reference: item for item in read_stored(connection, found)}
    if seen is not None:
        seen.update(stored)
    states = {reference: item.state for reference, item in stored.items()}
    return Known(
        by_reference={reference: states[reference] for reference in by_reference},
        by_partner_center_claim_id={text: states[reference] for text, reference in by_claim_id.items()},
        by_natural_identity={identity: states[reference] for identity, reference in by_identity.items()},
        claims=tuple(state for reference, state in states.items() if reference in asking),
        tenant_domains=_paired((row.tenant_id, row.customer_domain) for row in named if row.customer_domain),
        domain_tenants=_paired((row.customer_domain, row.tenant_id) for row in named if row.customer_domain),
        subscription_tenants=_read_subscription_tenants(connection, wanted.subscriptions, brought),
        product_subscriptions=_read_product_subscriptions(connection, wanted, brought, today=today),
        customers=tuple(_customer(row, states) for row in named),
    )


def _paired(pairs: Iterable[tuple[str, str]]) -> Pairs:
    sets: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        sets[key].add(value)
    return {key: frozenset(values) for key, values in sets.items()}


def _find_references(connection: Connection, references: frozenset[str]) -> frozenset[str]:
    if not references:
        return frozenset()
    with bulk.staged(connection, ("reference",), ((reference,) for reference in references)) as stage:
        query = select(claims.c.reference).join(stage, stage.c.reference == claims.c.reference)
        return frozenset(connection.scalars(query).all())


def _find_claim_ids(connection: Connection, claim_ids: frozenset[str]) -> dict[str, str]:
    if not claim_ids:
        return {}
    with bulk.staged(connection, ("claim_id",), ((text,) for text in claim_ids)) as stage:
        query = select(claims.c.partner_center_claim_id, claims.c.reference, claims.c.first_event).join(
            stage, stage.c.claim_id == claims.c.partner_center_claim_id
        )
        rows = connection.execute(query).all()
    return {row[0]: row.reference for row in sorted(rows, key=_recording)}


def _find_identities(connection: Connection, identities: frozenset[Identity]) -> dict[Identity, str]:
    """Return the latest claim of each identity: the ones before it were given up."""
    if not identities:
        return {}
    with bulk.staged(connection, _IDENTITY, identities) as stage:
        same = and_(*(stage.c[name] == claims.c[name] for name in _IDENTITY))
        columns = (*(claims.c[name] for name in _IDENTITY), claims.c.reference, claims.c.first_event)
        rows = connection.execute(select(*columns).join(stage, same)).all()
    return {(row[0], row[1], row[2], row[3], row[4]): row.reference for row in sorted(rows, key=_recording)}


def _find_asking(connection: Connection, wanted: Wanted) -> frozenset[str]:
    """Return the claims on a wanted key, or on a wanted (tenant, product) at subscription level."""
    found: set[str] = set()
    if wanted.keys:
        keys = ((key.tenant_id, key.level.value, key.item, key.activity) for key in wanted.keys)
        with bulk.staged(connection, ("tenant_id", "level", "item", "activity"), keys) as stage:
            same = and_(
                standing.c.tenant_id == stage.c.tenant_id,
                standing.c.item == stage.c.item,
                standing.c.level == stage.c.level,
                or_(stage.c.activity.is_(None), standing.c.activity == stage.c.activity),
            )
            found.update(connection.scalars(select(standing.c.reference).join(stage, same)).all())
    if wanted.products:
        with bulk.staged(connection, ("tenant_id", "product"), wanted.products) as stage:
            at_tenant = and_(standing.c.tenant_id == stage.c.tenant_id, standing.c.level == _SUBSCRIPTION)
            # Two questions, because each has an index of its own.
            without_id = and_(at_tenant, standing.c.item == stage.c.product)
            with_id = and_(
                at_tenant, standing.c.product == stage.c.product, standing.c.subscription_id.is_not(None)
            )
            for same in (without_id, with_id):
                found.update(connection.scalars(select(standing.c.reference).join(stage, same)).all())
    return frozenset(found)


def _find_customers(connection: Connection, wanted: Wanted, brought: frozenset[str]) -> Sequence[Row[Any]]:
    """Return one claim per tenant, customer name and domain, the first that names it, oldest first.

    Any: rows of texts, named as the columns of `claims`.
    """
    skeletons = wanted.skeletons | {skeleton(domain) for domain in wanted.domains}
    clues = (
        (claims.c.tenant_id, wanted.tenants),
        (claims.c.folded_customer_name, wanted.folded_names),
        (claims.c.customer_skeleton, skeletons),
    )
    first: dict[tuple[str, str, str | None], Row[Any]] = {}
    with bulk.staged(connection, ("reference",), ((reference,) for reference in brought)) as own:
        for column, values in clues:
            texts = [(value,) for value in values if value]
            if texts:
                with bulk.staged(connection, ("clue",), texts) as stage:
                    query = _first_claims(stage, column, own)
                    for row in connection.execute(query):
                        first.setdefault((row.tenant_id, row.customer_name, row.customer_domain), row)
    return sorted(first.values(), key=_recording)


def _first_claims(
    stage: Table, column: ColumnElement[Any], own: Table
) -> Select[Any]:  # Any: see `_find_customers`
    """Return the query for the first claim of each customer; a big one may be named by thousands."""
    groups = (
        select(func.min(claims.c.first_event).label("first_event"))
        .join(stage, stage.c.clue == column)
        .where(claims.c.status.not_in(_NO_EVIDENCE), claims.c.reference.not_in(select(own.c.reference)))
        .group_by(_FREE_TENANT, claims.c.customer_name, claims.c.customer_domain)
        .subquery()
    )
    return select(claims).join(groups, groups.c.first_event == claims.c.first_event)


def _customer(row: Row[Any], states: Mapping[str, ClaimState]) -> Customer:  # Any: see `_find_customers`
    return Customer(
        tenant_id=row.tenant_id,
        name=row.customer_name,
        domain=row.customer_domain,
        folded_name=row.folded_customer_name,
        skeleton=row.customer_skeleton or "",
        state=states[row.reference],
    )


def _read_subscription_tenants(
    connection: Connection, subscriptions: frozenset[SubscriptionId], brought: frozenset[str]
) -> Pairs:
    if not subscriptions:
        return {}
    with bulk.staged(connection, ("subscription_id",), ((item,) for item in subscriptions)) as stage:
        query = (
            select(standing.c.subscription_id, standing.c.tenant_id, standing.c.reference)
            .join(stage, stage.c.subscription_id == standing.c.subscription_id)
            .where(standing.c.status.not_in(_NO_EVIDENCE))
        )
        rows = connection.execute(query).all()
    return _paired((row.subscription_id, row.tenant_id) for row in rows if row.reference not in brought)


def _read_product_subscriptions(
    connection: Connection, wanted: Wanted, brought: frozenset[str], *, today: date
) -> Mapping[tuple[TenantId, str], frozenset[SubscriptionId]]:
    if not wanted.products:
        return {}
    ends_on = standing.c.subscription_ends_on
    with bulk.staged(connection, ("tenant_id", "product"), wanted.products) as stage:
        same = and_(standing.c.tenant_id == stage.c.tenant_id, standing.c.product == stage.c.product)
        query = (
            select(standing.c.tenant_id, standing.c.product, standing.c.subscription_id, standing.c.reference)
            .join(stage, same)
            .where(standing.c.subscription_id.is_not(None))
            .where(standing.c.status.not_in(_NO_EVIDENCE))
            .where(or_(ends_on.is_(None), ends_on >= today.isoformat()))
        )
        rows = connection.execute(query).all()
    found: dict[tuple[TenantId, str], set[SubscriptionId]] = defaultdict(set)
    for row in rows:
        if row.reference not in brought:
            found[row.tenant_id, row.product].add(row.subscription_id)
    return {key: frozenset(values) for key, values in found.items()}
