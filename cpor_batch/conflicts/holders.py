"""Claims that hold one key together although nobody decided so.

What Microsoft says of a claim is recorded as it is, also where it brings a claim back whose key another one
has taken meanwhile. No claim is held for that: it is told until one of them gives the key up, or somebody
decides that they may stand beside one another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from cpor_batch.conflicts.agreements import are_agreed
from cpor_batch.conflicts.asks import Party, are_one_claim, build_side
from cpor_batch.conflicts.duplicates import do_overlap
from cpor_batch.domain.claim import ClaimKey, ClaimLine, claim_key
from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.standing import HELD, ClaimState, holds_key, is_line_lapsed

Editions = Mapping[str, Edition]
_Holding = tuple[ClaimState, ClaimLine]


def find_shared_keys(
    states: Iterable[ClaimState], *, edition: Edition, editions: Editions, today: date
) -> tuple[Conflict, ...]:
    """Return the keys that several claims hold, each with its holders in the order of `states`.

    `editions`, by name, are those under which the claims were accepted; `edition` is that of today's runs,
    whose setting says whether the activity is part of the key.
    """
    holdings: dict[ClaimKey, list[_Holding]] = defaultdict(list)
    for state in states:
        if state.status == HELD or not holds_key(state, editions.get(state.claim.edition, edition)):
            continue
        for line in state.claim.lines:
            if not is_line_lapsed(line, today=today):
                key = claim_key(state.claim, line, activity_in_key=edition.settings.activity_in_key)
                holdings[key].append((state, line))
    shared = ((key, group) for key, group in holdings.items() if len(group) > 1)
    return tuple(
        _conflict(kind, sides, edition)
        for key, group in shared
        for kind, sides in _collisions(_parties(key, group), editions)
    )


def _parties(key: ClaimKey, group: Iterable[_Holding]) -> list[Party]:
    """Return one party a claim: two products of one subscription are one claim on its key."""
    first: dict[str, ClaimLine] = {}
    states: dict[str, ClaimState] = {}
    for state, line in group:
        first.setdefault(state.reference, line)
        states[state.reference] = state
    return [
        Party(claim=state.claim, line=first[name], key=key, state=state, order=-1, is_asking=False)
        for name, state in states.items()
    ]


def _collisions(
    parties: Sequence[Party], editions: Editions
) -> Iterator[tuple[ConflictKind, tuple[Party, ...]]]:
    for kind, meet in _KINDS:
        sides = tuple(
            party
            for party in parties
            if any(
                not are_one_claim(party, other)
                and meet(party, other, editions)
                and not are_agreed(party, other)
                for other in parties
            )
        )
        if sides:
            yield kind, sides


def _are_of_two_houses(first: Party, second: Party, editions: Editions) -> bool:
    del editions
    return first.claim.mpn_id != second.claim.mpn_id and first.organisation != second.organisation


def _are_of_one_house(first: Party, second: Party, editions: Editions) -> bool:
    del editions
    return first.claim.mpn_id != second.claim.mpn_id and first.organisation == second.organisation


def _are_of_one_partner(first: Party, second: Party, editions: Editions) -> bool:
    return first.claim.mpn_id == second.claim.mpn_id and do_overlap(first, second, editions)


_KINDS: Final[tuple[tuple[ConflictKind, Callable[[Party, Party, Editions], bool]], ...]] = (
    (ConflictKind.HELD_BY_OTHER_PARTNER, _are_of_two_houses),
    (ConflictKind.SAME_ORGANISATION, _are_of_one_house),
    (ConflictKind.OWN_DUPLICATE, _are_of_one_partner),
)


def _conflict(kind: ConflictKind, sides: Sequence[Party], edition: Edition) -> Conflict:
    first = sides[0]
    ids = (party.line.subscription_id for party in sides)
    return Conflict(
        kind=kind,
        level=first.line.level,
        tenant_id=first.claim.tenant_id,
        product=first.line.product,
        subscription_id=next(filter(None, ids), None),
        claims=tuple(build_side(party, edition=edition) for party in sides),
        rule=edition.reference("statements.one-partner"),
        is_among_holders=True,
    )
