"""The rules of collision between partners, one function each: given the parties on one key, what collides.

Another partner's hold waits for a decision, because a competing claim is not blocked at Microsoft: it goes
to arbitration by the most recent PoE. Two claims that were decided to stand side by side collide no more.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from cpor_batch.conflicts.agreements import are_agreed
from cpor_batch.conflicts.asks import Party
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.standing import HELD

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
    """Whether the party holds or asks; a held claim of the ledger does neither."""
    return party.is_asking or party.state is None or party.state.status != HELD


def _is_waiting(party: Party) -> bool:
    return not party.is_asking and party.state is not None and party.state.status == HELD


def _still(waiting: Party, ask: Party) -> bool:
    """Whether an earlier contest between the two is still open: both sides wait for a decision."""
    return ask.state is not None and ask.state.status == HELD and _compete(waiting, ask)


def _compete(first: Party, second: Party) -> bool:
    return first.claim.mpn_id != second.claim.mpn_id and not are_agreed(first, second)


def _may_overlap(first: Party, second: Party) -> bool:
    meet = (first.is_asking and _stands_against(second, first)) or (
        second.is_asking and _stands_against(first, second)
    )
    return meet and not are_agreed(first, second)


def _stands_against(other: Party, ask: Party) -> bool:
    """Whether `other` holds, asks too, or waits as `ask` does for a decision that is still open."""
    return counts(other) or (ask.state is not None and ask.state.status == HELD)


def _same_house(first: Party, second: Party) -> bool:
    return first.organisation == second.organisation


def _one_per_claim(parties: Sequence[Party]) -> list[Party]:
    """Return the first party of each claim: two products of one subscription are one claim on its key."""
    return list(
        {
            (party.order, party.state.reference if party.state else None): party for party in parties[::-1]
        }.values()
    )[::-1]
