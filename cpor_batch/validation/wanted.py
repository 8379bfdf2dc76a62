"""What a run has to ask the ledger, before its claims can be judged together."""

from collections.abc import Iterator, Sequence

from cpor_batch.domain.claim import ClaimKey, Level
from cpor_batch.domain.edition import Activity, Product, SolutionArea
from cpor_batch.domain.ids import SubscriptionId, TenantId
from cpor_batch.domain.known import Wanted
from cpor_batch.domain.likeness import fold_name, skeleton
from cpor_batch.memory import collector_paused
from cpor_batch.validation.judged import BLANK_CODE, JudgedRows, distinct_codes

_KEY_COLUMNS = ("tenant_id", "product", "subscription_id", "activity")


@collector_paused()
def wanted_of(judged: Sequence[JudgedRows]) -> Wanted:
    """Return what the ledger has to be asked: identities, keys, tenants, domains and look-alikes."""
    domains = frozenset(_texts(judged, "customer_domain"))
    return Wanted(
        references=frozenset(_texts(judged, "claim_reference")),
        partner_center_claim_ids=frozenset(_texts(judged, "partner_center_claim_id")),
        natural_identities=frozenset(identity for rows in judged for identity in _natural_identities(rows)),
        keys=frozenset(key for rows in judged for key in _keys(rows)),
        products=frozenset(pair for rows in judged for pair in _products(rows)),
        tenants=frozenset(map(TenantId, _texts(judged, "tenant_id"))),
        domains=domains,
        subscriptions=frozenset(map(SubscriptionId, _texts(judged, "subscription_id"))),
        folded_names=frozenset(fold_name(name) for name in _texts(judged, "customer_name")) - {""},
        skeletons=frozenset(map(skeleton, domains)),
    )


def _texts(judged: Sequence[JudgedRows], key: str) -> Iterator[str]:
    for rows in judged:
        yield from map(str, rows.columns[key].values)


def _combinations(rows: JudgedRows, *keys: str) -> Iterator[tuple[object, ...]]:
    """Yield each combination of values once."""
    columns = [rows.columns[key] for key in keys]
    tables = [(*column.values, None, None) for column in columns]
    distinct = distinct_codes(columns)
    picked = [[table[code] for code in codes.tolist()] for table, codes in zip(tables, distinct, strict=True)]
    yield from zip(*picked, strict=True)


def _natural_identities(rows: JudgedRows) -> Iterator[tuple[str, str, str, str, str]]:
    keys = ("mpn_id", "tenant_id", "solution_area", "activity", "claim_name")
    for mpn_id, tenant, area, activity, name in _combinations(rows, *keys):
        if mpn_id and tenant and name and isinstance(area, SolutionArea) and isinstance(activity, Activity):
            own = (area.name, activity.name)
            for names in (own, *rows.namesakes.get(own, ())):
                yield (str(mpn_id), str(tenant), *names, str(name).casefold())


def _keys(rows: JudgedRows) -> Iterator[ClaimKey]:
    is_in_key = rows.edition.settings.activity_in_key
    for tenant, product, subscription, activity in _combinations(rows, *_KEY_COLUMNS):
        if tenant and isinstance(product, Product):
            has_id = subscription and product.level is Level.SUBSCRIPTION
            yield ClaimKey(
                tenant_id=TenantId(str(tenant)),
                level=product.level,
                item=str(subscription) if has_id else product.name,
                activity=activity.name if is_in_key and isinstance(activity, Activity) else None,
            )


def _products(rows: JudgedRows) -> Iterator[tuple[TenantId, str]]:
    for tenant, product in _combinations(rows, "tenant_id", "product"):
        if tenant and isinstance(product, Product) and product.level is Level.SUBSCRIPTION:
            yield (TenantId(str(tenant)), product.name)


def undated_documents(judged: Sequence[JudgedRows]) -> frozenset[tuple[str, str]]:
    """Return the PoE documents that rows name without a day of signature: (workbook, path as written)."""
    wanted: set[tuple[str, str]] = set()
    for rows in judged:
        documents, dates = rows.columns["poe_document"], rows.columns["poe_signed_on"]
        codes = documents.codes[(documents.codes >= 0) & (dates.codes == BLANK_CODE)]
        wanted |= {(rows.places.file, str(documents.values[code])) for code in set(codes.tolist())}
    return frozenset(wanted)
