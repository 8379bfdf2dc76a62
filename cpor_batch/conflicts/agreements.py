"""Agreements: two claims that stand beside one another because somebody decided so."""

from cpor_batch.conflicts.asks import Party
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState


def agreement(first_item: str, second_item: str, other: ClaimReference) -> str:
    """Return what a claim remembers: the item or items that the two claims met on, and the other claim.

    An item is a subscription ID, or a product's name where there is none.
    """
    return "|".join((*sorted({first_item, second_item}), other))


def are_agreed(first: Party, second: Party) -> bool:
    """Whether somebody decided that these two are no obstacle to each other."""
    one, other = first.state, second.state
    if one is None or other is None or not (one.stands_beside or other.stands_beside):
        return False
    items = (first.key.item, second.key.item)
    return _remembers(one, items, other) or _remembers(other, items, one)


def _remembers(state: ClaimState, items: tuple[str, str], other: ClaimState) -> bool:
    return agreement(*items, other.reference) in state.stands_beside
