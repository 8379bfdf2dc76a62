"""Rules between rows: what contradicts another row of the run, or the ledger."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, cast

import numpy as np

from cpor_batch.domain.claim import Claim, ClaimKey, ClaimLine, Level, claim_key
from cpor_batch.domain.edition import Edition, Product
from cpor_batch.domain.ids import SubscriptionId, TenantId
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.known import Known
from cpor_batch.domain.likeness import fold_name
from cpor_batch.domain.standing import HELD, ClaimState, holds_key
from cpor_batch.validation.claimwide import Claims
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import BLANK_CODE, TypedColumn, distinct_codes
from cpor_batch.validation.reading import Fault, shown

# The note speaks of Dynamics 365 alone; Power BI has no subscription to choose in the wizard.
_FAMILY_WITH_SUBSCRIPTIONS: Final = "Dynamics 365"
_MANY: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """What the rules between rows look at."""

    claims: Claims
    built: Sequence[Claim | None]
    """Of each claim: what it is, or None where it is too broken."""
    states: Sequence[ClaimState | None]
    """Of each claim: what the ledger knows it as."""
    known: Known
    edition: Edition
    editions: Mapping[str, Edition]
    is_lapsed: Callable[[ClaimLine], bool]

    def tenants(self) -> list[TenantId | None]:
        """Return the tenant of every claim, None where it cannot be read."""
        return [None if value is None else TenantId(str(value)) for value in self.claims.grouped("tenant_id")]


def find_crossings(crossing: Crossing) -> Iterator[Finding]:
    """Yield what is wrong between rows, rule by rule."""
    for rule in CROSSING_RULES:
        yield from rule(crossing)


def _listed(items: Iterable[object]) -> str:
    texts = sorted(str(item) for item in items)
    return ", ".join(texts[:_MANY]) + (f" and {len(texts) - _MANY} more" if len(texts) > _MANY else "")


def _domains_of_two_tenants(crossing: Crossing) -> Iterator[Finding]:
    domains = crossing.claims.columns["customer_domain"].listed()
    owners = crossing.tenants()
    tenants: dict[str, set[TenantId]] = defaultdict(set)
    for domain, owner in zip(domains, owners, strict=True):
        if domain is not None and owner is not None:
            tenants[str(domain)].add(owner)
    for claim, (value, own) in enumerate(zip(domains, owners, strict=True)):
        domain = str(value)
        known = crossing.known.domain_tenants.get(domain, frozenset())
        if value is None or own is None or (len(tenants[domain]) == 1 and known <= {own}):
            continue
        others = (tenants[domain] | (known - _mended(crossing.states[claim], domain))) - {own}
        if others:
            message = (
                f"The domain {domain} belongs to one tenant, and {_listed(others)} stands with it as well."
            )
            hint = "Look up which tenant has the domain. To mend a recorded claim, give its claim reference."
            fault = Fault(IssueCode.TENANT_DOMAIN_MISMATCH, message, hint)
            for position in _rows_that_say(crossing.claims, claim, "customer_domain"):
                yield Finding(position, "customer_domain", fault, "required_columns.customer_domain")


def _rows_that_say(claims: Claims, claim: int, key: str) -> Iterator[int]:
    """Yield the claim's rows that have its value of a claim-wide column, or leave it blank."""
    codes, value = claims.batch.columns[key].codes, claims.columns[key].codes[claim]
    yield from (row for row in claims.rows(claim) if codes[row] in (value, BLANK_CODE))


def _mended(state: ClaimState | None, domain: str) -> frozenset[TenantId]:
    """Return the tenant that the recorded claim has with the domain, and this run may be putting right."""
    if state is None or state.claim.customer_domain != domain:
        return frozenset()
    return frozenset({state.claim.tenant_id})


def _subscriptions_of_two_tenants(crossing: Crossing) -> Iterator[Finding]:
    batch = crossing.claims.batch
    subscriptions, tenants = _of_subscription_lines(crossing), batch.columns["tenant_id"]
    owners: dict[int, set[str]] = defaultdict(set)
    pairs = distinct_codes((subscriptions, tenants))
    for subscription, tenant in zip(*(codes.tolist() for codes in pairs), strict=True):
        if subscription >= 0 and tenant >= 0:
            owners[subscription].add(str(tenants.values[tenant]))
    for code, batch_owners in owners.items():
        subscription_id = SubscriptionId(str(subscriptions.values[code]))
        recorded = crossing.known.subscription_tenants.get(subscription_id, frozenset())
        if len(batch_owners | recorded) > 1:
            for position in (subscriptions.codes == code).nonzero()[0].tolist():
                yield from _two_tenants(crossing, position, subscription_id, batch_owners, recorded)


def _of_subscription_lines(crossing: Crossing) -> TypedColumn:
    """Return the subscription IDs without those of workloads, which have none and are told so."""
    subscriptions, products = (crossing.claims.batch.columns[key] for key in ("subscription_id", "product"))
    table = [isinstance(value, Product) and value.level is Level.WORKLOAD for value in products.values]
    is_workload = np.asarray([*table, False, False])[products.codes]
    return TypedColumn(np.where(is_workload, np.int32(BLANK_CODE), subscriptions.codes), subscriptions.values)


def _two_tenants(
    crossing: Crossing,
    position: int,
    subscription: SubscriptionId,
    owners: Collection[str],
    recorded: frozenset[TenantId],
) -> Iterator[Finding]:
    own = crossing.claims.batch.columns["tenant_id"][position]
    others = {*owners, *(recorded - _mended_subscription(crossing, position, subscription))} - {own}
    if own is not None and others:
        message = f"The subscription {subscription} belongs to one tenant; {_listed(others)} has it as well."
        hint = "Check which customer has the subscription, and correct the other row."
        fault = Fault(IssueCode.SUBSCRIPTION_TWO_TENANTS, message, hint)
        yield Finding(position, "subscription_id", fault, "statements.one-partner")


def _mended_subscription(crossing: Crossing, position: int, subscription: str) -> frozenset[TenantId]:
    claim = int(crossing.claims.grouping.claim_of[position])
    state = crossing.states[claim] if claim >= 0 else None
    if state is None or all(line.subscription_id != subscription for line in state.claim.lines):
        return frozenset()
    return frozenset({state.claim.tenant_id})


def _subscriptions_required(crossing: Crossing) -> Iterator[Finding]:
    if crossing.edition.settings.subscription_id_rule != "if-several":
        return
    columns = crossing.claims.batch.columns
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    without = []
    cells = zip(
        columns["tenant_id"],
        columns["product"],
        columns["subscription_id"],
        columns["subscription_id"].codes.tolist(),
        strict=True,
    )
    for position, (tenant, product, subscription, code) in enumerate(cells):
        if tenant is None or not isinstance(product, Product) or product.family != _FAMILY_WITH_SUBSCRIPTIONS:
            continue
        if subscription is not None:
            seen[str(tenant), product.name].add(str(subscription))
        elif code == -1:
            without.append((position, str(tenant), product.name))
    for position, tenant_id, name in without:
        known = crossing.known.product_subscriptions.get((TenantId(tenant_id), name), frozenset())
        ids = seen.get((tenant_id, name), set()) | known
        if len(ids) > 1:
            message = f"{name} has several subscriptions at this tenant: {_listed(ids)}."
            hint = "Fill in the ID of the one that you claim."
            fault = Fault(IssueCode.SUBSCRIPTION_ID_REQUIRED, message, hint)
            yield Finding(position, "subscription_id", fault, "settings.subscription_id_rule")


def _lines_twice(crossing: Crossing) -> Iterator[Finding]:
    batch, claim_of = crossing.claims.batch, crossing.claims.grouping.claim_of.tolist()
    products = batch.columns["product"].codes.tolist()
    subscriptions = batch.columns["subscription_id"].codes.tolist()
    first: dict[tuple[int, int, int], int] = {}
    unreadable = -2
    for position, line in enumerate(zip(claim_of, products, subscriptions, strict=True)):
        claim, product, subscription = line
        if claim < 0 or product < 0 or subscription == unreadable:
            continue
        earlier = first.setdefault(line, position)
        if earlier != position:
            name = cast("Product", batch.columns["product"][position]).name
            what = f"{name} with this subscription" if subscription >= 0 else name
            where = batch.row_from(earlier, seen_from=position)
            message = f"{what} stands in {where} of the same claim already."
            yield Finding(
                position, "product", Fault(IssueCode.DUPLICATE_LINE, message, "Take one of the rows out.")
            )


def _combined_activities(crossing: Crossing) -> Iterator[Finding]:
    recorded = _recorded_activities(crossing)
    suspects = _suspects(crossing) | {(mpn_id, key.tenant_id) for mpn_id, key in recorded}
    if not suspects:
        return
    asked: dict[tuple[str, ClaimKey], list[tuple[int, int, Claim]]] = defaultdict(list)
    for number, claim in enumerate(crossing.built):
        if claim is not None and (claim.mpn_id, claim.tenant_id) in suspects:
            for position, line in _subscription_lines(crossing, number, claim):
                key = claim_key(claim, line, activity_in_key=False)
                asked[claim.mpn_id, key].append((position, number, claim))
    for partner_and_key, askers in asked.items():
        yield from _combinations(crossing, askers, recorded.get(partner_and_key, ()))


def _suspects(crossing: Crossing) -> set[tuple[str, TenantId]]:
    """Return the partners and tenants with claims of more than one group of activities in the run."""
    groups: dict[tuple[str, TenantId], frozenset[str]] = {}
    groups_of = cache(partial(_groups_of, crossing))
    suspects: set[tuple[str, TenantId]] = set()
    for claim in crossing.built:
        if claim is not None:
            pair = (claim.mpn_id, claim.tenant_id)
            own = groups_of(claim.edition, claim.activity)
            if groups.setdefault(pair, own) != own:
                suspects.add(pair)
    return suspects


def _combinations(
    crossing: Crossing, askers: Sequence[tuple[int, int, Claim]], recorded: Sequence[ClaimState]
) -> Iterator[Finding]:
    for position, number, claim in askers:
        own = _groups_of(crossing, claim.edition, claim.activity)
        clashing = [
            other.activity
            for _row, _claim, other in askers
            if own.isdisjoint(_groups_of(crossing, other.edition, other.activity))
        ]
        clashing += [
            f"{state.claim.activity} ({state.reference})"
            for state in recorded
            if state is not crossing.states[number]
            and own.isdisjoint(_groups_of(crossing, state.claim.edition, state.claim.activity))
        ]
        if clashing:
            fault = _combination(claim.activity, clashing)
            yield Finding(position, "activity", fault, "statements.combination")


def _combination(activity: str, clashing: Collection[str]) -> Fault:
    message = f"{activity} and {_listed(set(clashing))} exclude each other on one subscription or product."
    hint = "Keep one of the claims: either Usage and Pre-sales, or Revenue association."
    return Fault(IssueCode.ACTIVITY_COMBINATION, message, hint)


def _subscription_lines(crossing: Crossing, number: int, claim: Claim) -> Iterator[tuple[int, ClaimLine]]:
    for position, line in zip(crossing.claims.line_rows(number), claim.lines, strict=True):
        if line.level is Level.SUBSCRIPTION and not crossing.is_lapsed(line):
            yield position, line


def _recorded_activities(crossing: Crossing) -> Mapping[tuple[str, ClaimKey], Sequence[ClaimState]]:
    """Return the ledger's claims by partner and key that hold the key or wait for a decision about it."""
    recorded: dict[tuple[str, ClaimKey], list[ClaimState]] = defaultdict(list)
    for state in crossing.known.claims:
        edition = crossing.editions.get(state.claim.edition, crossing.edition)
        if state.status != HELD and not holds_key(state, edition):
            continue
        for line in state.claim.lines:
            if line.level is Level.SUBSCRIPTION and not crossing.is_lapsed(line):
                key = claim_key(state.claim, line, activity_in_key=False)
                recorded[state.claim.mpn_id, key].append(state)
    return recorded


def _groups_of(crossing: Crossing, edition: str, activity: str) -> frozenset[str]:
    """Return the groups that the run's edition has for what the activity consists of."""
    named = crossing.editions.get(edition, crossing.edition).activities
    parts = frozenset[str]().union(*(one.parts for one in named if one.name == activity))
    return frozenset(one.group for one in crossing.edition.activities if not parts.isdisjoint(one.parts))


def _names_of_customers(crossing: Crossing) -> Iterator[Finding]:
    names = crossing.claims.columns["customer_name"].listed()
    spoken: dict[str, dict[str, str]] = defaultdict(dict)
    for customer in crossing.known.customers:
        spoken[customer.tenant_id].setdefault(customer.folded_name, customer.name)
    owners = crossing.tenants()
    for name, owner in zip(names, owners, strict=True):
        if name is not None and owner is not None:
            spoken[owner].setdefault(fold_name(str(name)), str(name))
    for claim, (name, owner) in enumerate(zip(names, owners, strict=True)):
        if name is None or owner is None or len(spoken[owner]) == 1:
            continue
        others = spoken[owner]
        different = [other for folded, other in others.items() if folded != fold_name(str(name))]
        elsewhere = _listed(map(shown, different))
        message = f"The customer of this tenant is called {shown(name)} here and {elsewhere} elsewhere."
        hint = "Check that the tenant ID belongs to this customer; then write the name alike everywhere."
        fault = Fault(IssueCode.CUSTOMER_NAME_DIFFERS, message, hint)
        for position in _rows_that_say(crossing.claims, claim, "customer_name"):
            yield Finding(position, "customer_name", fault)


CROSSING_RULES: Final = (
    _domains_of_two_tenants,
    _subscriptions_of_two_tenants,
    _subscriptions_required,
    _lines_twice,
    _combined_activities,
    _names_of_customers,
)
