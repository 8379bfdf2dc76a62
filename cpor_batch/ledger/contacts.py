"""Contact data beside the events: cards of one person each, which an event names by id and salted hash.

The chain covers the hash alone, so a card can be deleted for good and the chain still verifies.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Final

from cpor_batch.domain.claim import CONTACT_FIELDS, Claim
from cpor_batch.domain.event import Event, Plain
from cpor_batch.ledger.chain import seal
from cpor_batch.ledger.codec import JsonObject, canonical

RECIPIENT_FIELDS: Final = frozenset({"recipient", "recipients", "sent_to", "to", "cc"})
"""Keys of an event's before and after that name whom a message went to."""

_ROLES: Final = {name: name.rpartition("_")[0] for name in sorted(CONTACT_FIELDS)} | dict.fromkeys(
    sorted(RECIPIENT_FIELDS), "recipients"
)


def _role_fields(role: str) -> tuple[str, tuple[str, ...], Callable[[Claim], tuple[str | None, ...]]]:
    names = tuple(name for name in sorted(CONTACT_FIELDS) if _ROLES[name] == role)
    return role, names, attrgetter(*names) if len(names) > 1 else lambda claim: (getattr(claim, names[0]),)


_ROLE_FIELDS: Final = tuple(_role_fields(role) for role in sorted({_ROLES[name] for name in CONTACT_FIELDS}))
_NOBODY: Final = ""
# Ids grow with the events and are never used twice, not even after a purge of the newest card.
# As many as an event can have: two claims, and contacts in before and after.
_CARDS_PER_EVENT: Final = 16

References = dict[str, dict[str, str]]
"""Part ("state", "held_change", "before", "after") -> role ("customer_contact") -> "id:hash"."""


@dataclass(frozen=True, slots=True)
class Card:
    """One person as one part of an event names them: field -> value."""

    id: int
    salt: str
    body: str
    """Canonical JSON."""

    @property
    def reference(self) -> str:
        """How an event's bytes name this card."""
        return f"{self.id}:{seal(self.salt, self.body)}"


@dataclass(slots=True)
class CardBox:
    """The cards of one run; the same person is written once."""

    fresh: list[Card] = field(default_factory=list)
    """Cards that are not written yet."""
    _known: dict[tuple[object, ...], str] = field(default_factory=dict)

    def take_apart(self, event: Event) -> tuple[Event, References]:
        """Return the event without contact data in its changes, and what refers to all of it."""
        slot = (event.number or 0) * _CARDS_PER_EVENT
        references: References = {}
        for part, claim in (("state", event.state), ("held_change", event.held_change)):
            if claim is not None:
                references[part] = self._refer_to_contacts(claim, slot)
                slot += len(_ROLE_FIELDS)
        changes = {}
        for part, values in (("before", event.before), ("after", event.after)):
            changes[part], private = _split(values)
            references[part] = {}
            for role, card in private.items():
                references[part][role] = self._refer(canonical(card), slot)
                slot += 1
        has_private = references["before"] or references["after"]
        bare = replace(event, before=changes["before"], after=changes["after"]) if has_private else event
        return bare, {part: roles for part, roles in references.items() if roles}

    def _refer_to_contacts(self, claim: Claim, slot: int) -> dict[str, str]:
        references = {}
        for offset, (role, names, read) in enumerate(_ROLE_FIELDS):
            values = read(claim)
            known = self._known.get((role, values))
            if known is None:
                card = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                known = self._refer(canonical(card), slot + offset) if card else _NOBODY
                self._known[role, values] = known
            if known is not _NOBODY:
                references[role] = known
        return references

    def _refer(self, body: str, card_id: int) -> str:
        known = self._known.get((body,))
        if known is None:
            card = Card(card_id, secrets.token_hex(16), body)
            self.fresh.append(card)
            known = self._known[body,] = card.reference
        return known


def _split(values: Mapping[str, Plain]) -> tuple[Mapping[str, Plain], dict[str, dict[str, Plain]]]:
    """Return what is open in an event's before or after, and by role what is private."""
    private: dict[str, dict[str, Plain]] = {}
    for name in sorted(values.keys() & _ROLES.keys()):
        private.setdefault(_ROLES[name], {})[name] = values[name]
    if not private:
        return values, private
    return {name: value for name, value in values.items() if name not in _ROLES}, private


def card_ids(plain: JsonObject) -> list[int]:
    """Return the ids of all cards that an event names."""
    return [
        parse_reference(reference)[0]
        for roles in plain.get("contacts", {}).values()
        for reference in roles.values()
    ]


def parse_reference(reference: str) -> tuple[int, str]:
    """Return the id and the salted hash of a card."""
    card_id, _, digest = reference.partition(":")
    return int(card_id), digest


def merge_cards(plain: JsonObject, cards: Mapping[int, JsonObject]) -> dict[str, dict[str, Any]]:
    """Return the contact data of an event by part; cards that were purged are missing.

    Any: a field of a claim is a text, a recipient may be a list of texts.
    """
    merged: dict[str, dict[str, Any]] = {}
    for part, roles in plain.get("contacts", {}).items():
        values = merged.setdefault(part, {})
        for reference in roles.values():
            values.update(cards.get(parse_reference(reference)[0], {}))
    return merged


def find_cards_of(person: str, cards: Iterable[tuple[int, str]]) -> frozenset[int]:
    """Return the ids of the cards of the person with this e-mail address or name, whatever the case.

    By address: the cards that bear it, and those that bear nothing but a name that stands beside it
    elsewhere. By name: the cards that bear it, and those that bear nothing but an address that stands beside
    no other name, so that whoever shares a mailbox is not taken for the same person.
    """
    wanted = person.strip().casefold()
    known = [(card_id, *_name_and_addresses(body)) for card_id, body in cards]
    names_beside: set[str] = set()
    addresses_beside: set[str] = set()
    addresses_of_others: set[str] = set()
    for _, names, addresses in known:
        if wanted in addresses:
            names_beside |= names
        if wanted in names:
            addresses_beside |= addresses
        elif names:
            addresses_of_others |= addresses
    own_addresses = addresses_beside - addresses_of_others
    return frozenset(
        card_id
        for card_id, names, addresses in known
        if wanted in names
        or wanted in addresses
        or (not addresses and names & names_beside)
        or (not names and addresses & own_addresses)
    )


def _name_and_addresses(body: str) -> tuple[frozenset[str], frozenset[str]]:
    names: set[str] = set()
    addresses: set[str] = set()
    for name, value in json.loads(body).items():
        if value is None or name.endswith("_title"):
            continue
        values = value if isinstance(value, list) else [value]
        folded = {str(item).strip().casefold() for item in values}
        (names if name.endswith("_name") else addresses).update(folded)
    return frozenset(names), frozenset(addresses)
