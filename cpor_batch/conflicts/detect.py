"""Find claims that compete for the same workload or subscription, in one pass over the keys.

Pure. Reports conflicts; never decides who wins, because Microsoft does.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from cpor_batch.conflicts.asks import Party, build_side, find_parties
from cpor_batch.conflicts.duplicates import find_own_duplicates
from cpor_batch.conflicts.lookalikes import find_lookalikes
from cpor_batch.conflicts.rules import KEY_RULES, Collision, held_by_others, possible_overlaps
from cpor_batch.domain.claim import ClaimKey, Level
from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.ids import TenantId
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.known import Known
from cpor_batch.domain.verdict import JudgedClaim, Outcome


def find_conflicts(
    claims: Sequence[JudgedClaim],
    known: Known,
    *,
    edition: Edition,
    today: date,
    others: Mapping[str, Edition] = MappingProxyType({}),
) -> tuple[tuple[Conflict, ...], tuple[Issue, ...]]:
    """Return every conflict among `claims` and against the ledger, in sheet order, and the issues they bring.

    The issues are `own-duplicate`, on every row of the later claim that is concerned. A claim refused for
    its own duplicate asks for nothing, so it contests nobody else's claim.

    A claim that is refused for something else holds up nobody either: a good claim never waits for one of
    which nothing is recorded. But what one partner asks for twice is told of the later claim in any case, so
    that mending the earlier one turns no verdict round. And a refused claim is told at once what it will meet
    when it comes again mended: what others hold in the ledger, and customers that look alike.

    `edition` is the run's; `others`, by name, are those under which claims of the ledger were accepted.
    """
    editions = {**others, edition.name: edition}

    parties, twice = _find_own_duplicates(claims, known, editions, edition=edition, today=today)
    issues = [issue for _, sides in twice for issue in _issues(sides, parties, edition)]
    told = {later.order for _, (_, later) in twice}
    good = [party for party in parties if not party.is_refused]
    refused = [party for party in parties if party.is_refused and party.is_asking and party.order not in told]
    found = [*twice, *_collisions(good, edition), *_overlaps(good, edition)]
    found += _against_ledger(good, refused, known, edition)
    found.sort(key=_sheet_order)
    conflicts = tuple(_conflict(kind, sides, edition) for kind, sides in found)
    return (*conflicts, *find_lookalikes(claims, known, edition=edition)), tuple(issues)


def _find_own_duplicates(
    claims: Sequence[JudgedClaim],
    known: Known,
    editions: Mapping[str, Edition],
    *,
    edition: Edition,
    today: date,
) -> tuple[tuple[Party, ...], list[Collision]]:
    """Return all parties, with the later claims refused, and what one partner asks for twice."""
    remaining = list(claims)
    twice: dict[tuple[int, ClaimKey], Collision] = {}
    while True:
        parties = find_parties(remaining, known, edition=edition, today=today)
        # A held claim holds nothing, but it still asks: a new name must not slip past the decision.
        standing = [party for party in parties if not party.is_asking and not party.is_refused]
        asking = [party for party in parties if party.is_asking]
        found = list(find_own_duplicates(standing, asking, editions))
        for collision in found:
            later = collision[1][-1]
            twice.setdefault((later.order, later.key), collision)
        fresh = [sides[-1].order for _, sides in found if not sides[-1].is_refused]
        if not fresh:
            return parties, list(twice.values())
        # Once more: a revision that is refused leaves the recorded claim as it is, which holds what it held.
        for order in fresh:
            remaining[order] = replace(remaining[order], outcome=Outcome.REFUSED)


def _against_ledger(
    good: Sequence[Party], refused: Sequence[Party], known: Known, edition: Edition
) -> Iterator[Collision]:
    """Yield what stands in the ledger already against the refused claims."""
    if not refused:
        return
    holders = [party for party in good if not party.is_asking and party.state is not None]
    for group in _grouped([*holders, *refused], key=lambda party: party.key):
        yield from held_by_others(group, edition)
    ids: dict[tuple[TenantId, str], set[str]] = defaultdict(set)
    for party in (*good, *refused):
        if party.line.subscription_id is not None:
            ids[_product(party)].add(party.line.subscription_id)
    # Where several subscriptions are known, the line without an ID needs one, and says so already.
    unclear = [
        party
        for party in refused
        if party.line.subscription_id is not None
        or len(ids[_product(party)] | known.product_subscriptions.get(_product(party), frozenset())) == 1
    ]
    yield from _overlaps([*holders, *unclear], edition)


def _product(party: Party) -> tuple[TenantId, str]:
    return party.claim.tenant_id, party.line.product


def _collisions(parties: Iterable[Party], edition: Edition) -> Iterator[Collision]:
    for group in _grouped(parties, key=lambda party: party.key):
        for rule in KEY_RULES:
            yield from rule(group, edition)


def _overlaps(parties: Iterable[Party], edition: Edition) -> Iterator[Collision]:
    subscriptions = (party for party in parties if party.line.level is Level.SUBSCRIPTION)
    for group in _grouped(subscriptions, key=_product):
        yield from possible_overlaps(group, edition)


def _grouped(parties: Iterable[Party], *, key: Callable[[Party], Hashable]) -> list[list[Party]]:
    """Return the groups of more than one party in which somebody asks, in order of their first party."""
    groups: dict[Hashable, list[Party]] = defaultdict(list)
    for party in parties:
        groups[key(party)].append(party)
    return [group for group in groups.values() if len(group) > 1 and any(party.is_asking for party in group)]


def _sheet_order(collision: Collision) -> tuple[int, int]:
    asking = [party for party in collision[1] if party.is_asking]
    order = min(party.order for party in asking)
    rows = [party.line.source.row for party in asking if party.order == order and party.line.source]
    return order, min(rows, default=0)


def _conflict(kind: ConflictKind, parties: Sequence[Party], edition: Edition) -> Conflict:
    first = next((party for party in parties if party.is_asking), parties[0])
    return Conflict(
        kind=kind,
        level=first.line.level,
        tenant_id=first.claim.tenant_id,
        product=first.line.product,
        subscription_id=next(
            (party.line.subscription_id for party in parties if party.line.subscription_id), None
        ),
        claims=tuple(build_side(party, edition=edition) for party in parties),
        rule=edition.reference("statements.one-partner"),
    )


def _issues(sides: Sequence[Party], parties: Iterable[Party], edition: Edition) -> Iterator[Issue]:
    earlier, later = sides
    for party in parties:
        source = party.line.source
        if party.order != later.order or party.key != later.key or source is None:
            continue
        what = f"{party.line.product} {party.line.subscription_id or ''}".strip()
        yield Issue(
            code=IssueCode.OWN_DUPLICATE,
            file=source.file,
            sheet=source.sheet,
            row=source.row,
            column="subscription_id" if party.line.subscription_id else "product",
            message=f"MPN ID {party.claim.mpn_id} has or asks for {what} already: {_name(earlier)}.",
            hint="Take this line out, or add it to the earlier claim.",
            rule=edition.reference("statements.one-partner"),
        )


def _name(party: Party) -> str:
    source = party.line.source
    if party.state is not None:
        return f'claim {party.state.reference} "{party.claim.claim_name}" ({party.state.status})'
    place = f" ({source.file}, row {source.row})" if source else ""
    return f'claim "{party.claim.claim_name}"{place}'
