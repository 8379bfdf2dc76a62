"""Find the notifications: claims that owe their customer a letter which is made and up to date."""

from collections.abc import Iterable
from dataclasses import dataclass

from cpor_batch.documents import template_fingerprint
from cpor_batch.documents.emails import fingerprint_notification
from cpor_batch.domain.document import DocumentKind
from cpor_batch.domain.mail import Notification
from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import UsageError
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.documents import read_registered
from cpor_batch.pipeline.due import Registered, find_due
from cpor_batch.pipeline.open_ledger import find_claim
from cpor_batch.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What can be sent today."""

    notifications: tuple[Notification, ...]
    """In the order in which the claims were recorded."""
    waiting: int
    """Claims whose letter, or PoE, has to be made (anew) first."""


def find_notifications(workspace: Workspace, ledger: Ledger, claims: Iterable[str] = ()) -> Found:
    """Return the notifications of these claims, or of all.

    UsageError for a claim that is named and cannot be sent: there is none, it owes no letter today, or its
    letter has to be made first.
    """
    names = tuple(claims)
    states: Iterable[ClaimState]
    states = [find_claim(ledger, name) for name in dict.fromkeys(names)] if names else ledger.read_states()
    registered = read_registered(ledger)
    templates = template_fingerprint(workspace.assets)
    found, waiting = {}, 0
    for state in states:
        owed = {order.kind: order for order in workspace.find_owed(state)}
        letter = owed.get(DocumentKind.LETTER)
        if letter is None:
            _refuse_named(names, state, "owes no letter today", "See its status with cpor-batch status.")
        elif _is_waiting(state, registered, workspace, templates):
            waiting += 1
            _refuse_named(names, state, "has a letter that is due", "Make it: cpor-batch documents.")
        else:
            poe = registered.get((DocumentKind.POE, state.reference)) if DocumentKind.POE in owed else None
            found[state.reference] = Notification(
                fingerprint=fingerprint_notification(letter),
                order=letter,
                letter=registered[DocumentKind.LETTER, state.reference],
                poe=poe if poe is not None and poe.sha256 is not None else None,
            )
    return Found(notifications=tuple(found.values()), waiting=waiting)


def _is_waiting(
    state: ClaimState, registered: Registered, workspace: Workspace, template_fingerprint: str
) -> bool:
    """Whether a document has to be made first: the letter, or a PoE that was made and is out of date."""
    return any(
        order.kind is DocumentKind.LETTER or _was_made(registered, order.kind, state)
        for order, _ in find_due([state], registered, workspace, template_fingerprint=template_fingerprint)
    )


def _was_made(registered: Registered, kind: DocumentKind, state: ClaimState) -> bool:
    before = registered.get((kind, state.reference))
    return before is not None and before.sha256 is not None


def _refuse_named(names: tuple[str, ...], state: ClaimState, reason: str, hint: str) -> None:
    if names:
        raise UsageError(f"{state.reference} {reason}; nothing was sent.", hint=hint)
