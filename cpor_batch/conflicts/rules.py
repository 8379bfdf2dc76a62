"""The rules of collision, one function each: given the parties on one key, what collides.

Severities are the kinds' own: an own duplicate is an error, another partner's hold waits for a decision,
because a competing claim is not blocked at Microsoft: it goes to arbitration by the most recent PoE.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from cpor_batch.conflicts.asks import Party
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.standing import HELD

Collision = tuple[ConflictKind, tuple[Party, ...]]


def own_duplicates(parties: Sequence[Party], edition: Edition) -> Iterator[Collision]:
    """The same MPN ID has the key, or asks for it in another claim, with an overlapping activity.

    The later claim is the one that is wrong; the same claim again never counts.
    """
    for mpn_id in dict.fromkeys(party.claim.mpn_id for party in parties):
        own = _one_per_claim([party for party in parties if party.claim.mpn_id == mpn_id and _counts(party)])
        for index, later in enumerate(own):
            earlier = [party for party in own[:index] if _overlap(party, later, edition)]
            if later.is_asking and earlier:
                yield ConflictKind.OWN_DUPLICATE, (earlier[0], later)


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
            and _counts(party)
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
    sides = _one_per_claim([*waiting, *asking])
    if len({party.claim.mpn_id for party in sides}) < 2:  # noqa: PLR2004 - two partners make a contest
        return
    is_one_house = len({party.organisation for party in sides}) == 1
    yield (ConflictKind.SAME_ORGANISATION if is_one_house else ConflictKind.CONTESTED_IN_BATCH), tuple(sides)


def possible_overlaps(parties: Sequence[Party], edition: Edition) -> Iterator[Collision]:
    """A line without subscription ID stands beside one with: it may or may not be the same subscription.

    `parties` are those on one (tenant, product), whatever their key.
    """
    del edition
    counting = [party for party in parties if _counts(party)]
    without = [party for party in counting if party.line.subscription_id is None]
    with_id = [party for party in counting if party.line.subscription_id is not None]
    if without and with_id and any(party.is_asking for party in (*without, *with_id)):
        yield ConflictKind.POSSIBLE_OVERLAP, (*with_id, *without)


KEY_RULES: Final[tuple[Callable[[Sequence[Party], Edition], Iterator[Collision]], ...]] = (
    own_duplicates,
    held_by_others,
    contested,
)


def _counts(party: Party) -> bool:
    """Whether the party holds or asks; a held claim of the ledger does neither."""
    return party.is_asking or party.state is None or party.state.status != HELD


def _is_waiting(party: Party) -> bool:
    return not party.is_asking and party.state is not None and party.state.status == HELD


def _still(waiting: Party, ask: Party) -> bool:
    """Whether an earlier contest between the two is still open: both sides wait for a decision."""
    return ask.state is not None and ask.state.status == HELD and _compete(waiting, ask)


def _compete(first: Party, second: Party) -> bool:
    return first.claim.mpn_id != second.claim.mpn_id


def _same_house(first: Party, second: Party) -> bool:
    return first.organisation == second.organisation


def _overlap(first: Party, second: Party, edition: Edition) -> bool:
    mine = edition.activity(first.claim.solution_area, first.claim.activity)
    other = edition.activity(second.claim.solution_area, second.claim.activity)
    if mine is None or other is None:
        return True  # an activity of another edition: nothing says that the two go together
    return bool(mine.parts & other.parts)


def _one_per_claim(parties: Sequence[Party]) -> list[Party]:
    """Return the first party of each claim: two products of one subscription are one claim on its key."""
    return list(
        {
            (party.order, party.state.reference if party.state else None): party for party in parties[::-1]
        }.values()
    )[::-1]
