"""Find what one partner asks for twice: the later claim is wrong and refused as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from cpor_batch.conflicts.asks import Party, are_one_claim
from cpor_batch.conflicts.rules import Collision
from cpor_batch.domain.claim import Claim, ClaimKey
from cpor_batch.domain.conflict import ConflictKind
from cpor_batch.domain.edition import Edition

_Taken = dict[tuple[str, ClaimKey], list[Party]]


def find_own_duplicates(
    standing: Iterable[Party], asking: Iterable[Party], editions: Mapping[str, Edition]
) -> Iterator[Collision]:
    """Yield (earlier, later) where the same MPN ID has the key, or asks for it in another claim.

    `standing` are those that are there before any of the `asking`, who come in the order of the run. Only
    with an overlapping activity, whatever its edition calls it; the same claim again never counts. A claim
    that is refused for it takes nothing from the claims after it.
    """
    taken: _Taken = defaultdict(list)
    for party in standing:
        taken[_place(party)].append(party)
    for _, lines in groupby(sorted(asking, key=_order), key=_order):
        of_claim = tuple(lines)
        collisions = tuple(_collisions(of_claim, taken, editions))
        yield from collisions
        if not collisions:
            for party in of_claim:
                taken[_place(party)].append(party)


def _order(party: Party) -> int:
    return party.order


def _collisions(
    of_claim: Sequence[Party], taken: _Taken, editions: Mapping[str, Edition]
) -> Iterator[Collision]:
    seen = set()
    for later in of_claim:
        place = _place(later)
        if place in seen:
            continue
        earlier = [party for party in taken[place] if _is_twice(party, later, editions)]
        if earlier:
            seen.add(place)
            yield ConflictKind.OWN_DUPLICATE, (earlier[0], later)


def _place(party: Party) -> tuple[str, ClaimKey]:
    return party.claim.mpn_id, party.key


def _is_twice(earlier: Party, later: Party, editions: Mapping[str, Edition]) -> bool:
    return not are_one_claim(earlier, later) and do_overlap(earlier, later, editions)


def do_overlap(first: Party, second: Party, editions: Mapping[str, Edition]) -> bool:
    """Whether the activities of two claims of one partner overlap, whatever their editions call them."""
    mine, other = _parts(first.claim, editions), _parts(second.claim, editions)
    if mine is None or other is None:
        return True  # an activity that no edition knows: nothing says that the two go together
    return bool(mine & other)


def _parts(claim: Claim, editions: Mapping[str, Edition]) -> frozenset[str] | None:
    edition = editions.get(claim.edition)
    activity = None if edition is None else edition.activity(claim.solution_area, claim.activity)
    return None if activity is None else activity.parts
