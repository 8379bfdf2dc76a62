"""The rules of collision between partners, one function each: given the parties on one key, what collides.

Another partner's hold waits for a decision, because a competing claim is not blocked at Microsoft: it goes
to arbitration by the most recent PoE. Two claims that were decided to stand side by side collide no more.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from cpor_batch.conflicts.agreements import are_agreed
from cpor_batch.conflicts.asks import Party, are_one_claim
from cpor_batch.domain.conflict import ConflictKind, side_of
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.standing import HELD

_CONTESTS: Final = frozenset({ConflictKind.CONTESTED_IN_BATCH, ConflictKind.SAME_ORGANISATION})
_OVERLAPS: Final = frozenset({ConflictKind.POSSIBLE_OVERLAP})

Collision = tuple[ConflictKind, tuple[Party, ...]]


def held_by_others(parties: Sequence[Party], edition: Edition) -> Iterator[Collision]:
    """Another partner's claim in the ledger holds the key; another location of one's own is told apart."""
    del edition
    asking = [party for party in parties if party.is_asking]
    for kind, are_same in (
        (ConflictKind.HELD_BY_OTHER_PARTNER, False),
        (ConflictKind.SAME_ORGANISATION, True),
    ):
        holders = [
            party
            for party in parties
            if not party.is_asking
            and counts(party)
            and any(_compete(party, ask) and _same_house(party, ask) is are_same for ask in asking)
        ]
        against = [
            ask
            for ask in asking
            if any(_compete(party, ask) and _same_house(party, ask) is are_same for party in holders)
        ]
        if holders and against:
            yield kind, (*_one_per_claim(holders), *_one_per_claim(against))


def contested(parties: Sequence[Party], edition: Edition) -> Iterator[Collision]:
    """Several partners ask for the key in one run, or did before and nobody has decided since."""
    del edition
    asking = [party for party in parties if party.is_asking]
    waiting = [party for party in parties if _is_waiting(party) and any(_still(party, ask) for ask in asking)]
    everybody = _one_per_claim([*waiting, *asking])
    sides = [party for party in everybody if any(_compete(party, other) for other in everybody)]
    if not sides:
        return
    is_one_house = len({party.organisation for party in sides}) == 1
    yield (ConflictKind.SAME_ORGANISATION if is_one_house else ConflictKind.CONTESTED_IN_BATCH), tuple(sides)


def possible_overlaps(parties: Sequence[Party], edition: Edition) -> Iterator[Collision]:
    """A line without subscription ID stands beside one with: it may or may not be the same subscription.

    `parties` are those on one (tenant, product), whatever their key.
    """
    del edition
    without = [party for party in parties if party.line.subscription_id is None]
    with_id = [party for party in parties if party.line.subscription_id is not None]
    pairs = [(one, other) for one in with_id for other in without if _may_overlap(one, other)]
    if pairs:
        # Parties compare by identity, so these are the lines concerned, each once and in order.
        yield (
            ConflictKind.POSSIBLE_OVERLAP,
            tuple(dict.fromkeys((*(one for one, _ in pairs), *(other for _, other in pairs)))),
        )


KEY_RULES: Final[tuple[Callable[[Sequence[Party], Edition], Iterator[Collision]], ...]] = (
    held_by_others,
    contested,
)


def counts(party: Party) -> bool:
    """Whether the party holds or asks; a held claim of the ledger does neither, a refused one in vain."""
    if party.is_refused:
        return False
    return party.is_asking or party.state is None or party.state.status != HELD


def _is_waiting(party: Party) -> bool:
    return not party.is_asking and party.state is not None and party.state.status == HELD


def _still(waiting: Party, ask: Party) -> bool:
    """Whether a contest between the two, found in an earlier run, is still open."""
    return _were_found(_CONTESTS, waiting, ask) and _compete(waiting, ask)


def _were_found(kinds: Collection[ConflictKind], first: Party, second: Party) -> bool:
    """Whether both wait for a decision on a conflict that an earlier run found between them.

    Two claims that wait, but for somebody else, have never met: a held claim holds no key.
    """
    one, other = first.state, second.state
    if one is None or other is None or not one.is_waiting or not other.is_waiting:
        return False
    sides = {side_of(state.claim.mpn_id, state.claim.claim_name) for state in (one, other)}
    return any(
        kind in kinds and sides <= set(rest)
        for identity in (*one.held_for, *other.held_for)
        for kind, *rest in (identity.split("|"),)
    )


def _compete(first: Party, second: Party) -> bool:
    return (
        first.claim.mpn_id != second.claim.mpn_id
        and not are_one_claim(first, second)
        and not are_agreed(first, second)
    )


def _may_overlap(first: Party, second: Party) -> bool:
    meet = (first.is_asking and _stands_against(second, first)) or (
        second.is_asking and _stands_against(first, second)
    )
    # What a revision drops is no line beside the one that takes its place.
    is_own_past = first.order != second.order and are_one_claim(first, second)
    return meet and not is_own_past and not are_agreed(first, second)


def _stands_against(other: Party, ask: Party) -> bool:
    """Whether `other` holds, asks too, or waits as `ask` does for the decision between the two."""
    return counts(other) or _were_found(_OVERLAPS, other, ask)


def _same_house(first: Party, second: Party) -> bool:
    return first.organisation == second.organisation


def _one_per_claim(parties: Sequence[Party]) -> list[Party]:
    """Return the first party of each claim: two products of one subscription are one claim on its key."""
    return list(
        {
            (party.order, party.state.reference if party.state else None): party for party in parties[::-1]
        }.values()
    )[::-1]
