"""Which notifications one run of `send` takes, and which it leaves alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.mail import MailState, Notification, OutboxEntry
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.notifications import find_notifications
from cpor_batch.pipeline.open_ledger import find_claim
from cpor_batch.pipeline.sent import MessageResult, Sent
from cpor_batch.pipeline.workspace import Workspace

DRAFTS: Final = "drafts"
SMTP: Final = "smtp"

# channel -> what is taken without being named, and what --all or --claim takes. A message that was sent, or
# may have been, is never sent once more but by --again; a draft of it does no harm.
_NEW: Final = {
    DRAFTS: frozenset({MailState.QUEUED, MailState.FAILED}),
    SMTP: frozenset({MailState.QUEUED}),
}
_ASKED_FOR: Final = {
    DRAFTS: frozenset(MailState),
    SMTP: frozenset({MailState.QUEUED, MailState.DRAFTED, MailState.FAILED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which notifications are meant; without any name all that are new."""

    claims: tuple[str, ...] = ()
    """These claims only, as people name them."""
    again: tuple[str, ...] = ()
    """These claims once more, whatever became of them before; and no others."""
    was_sent: tuple[str, ...] = ()
    """The messages of these claims, whose fate was not known, were sent after all."""
    is_all: bool = False
    """Also what was drafted or refused before, and as drafts what was sent."""

    @property
    def names(self) -> tuple[str, ...]:
        """The claims that are named to be sent."""
        return (*self.claims, *self.again)

    @property
    def only_settles(self) -> bool:
        """Whether nothing is to be sent."""
        return bool(self.was_sent) and not self.names


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run takes and what it leaves alone."""

    channel: str
    todo: tuple[Notification, ...] = ()
    left: tuple[MessageResult, ...] = ()
    waiting: int = 0

    def as_sent(self, *, is_dry_run: bool = False, is_declined: bool = False) -> Sent:
        """Return the outcome of a run that stops here."""
        shown = tuple(
            MessageResult(notification=item, state=MailState.QUEUED, is_of_this_run=True)
            for item in self.todo
        )
        return Sent(
            channel=self.channel,
            results=(*shown, *self.left),
            waiting=self.waiting,
            is_dry_run=is_dry_run,
            is_declined=is_declined,
        )


def build_plan(
    workspace: Workspace, ledger: Ledger, entries: Mapping[str, OutboxEntry], choice: Choice, *, channel: str
) -> Plan:
    """Return the plan; UsageError for a claim that is named and cannot be sent."""
    found = find_notifications(workspace, ledger, choice.names)
    again = frozenset(find_claim(ledger, name).reference for name in choice.again)
    todo, left = [], []
    for notification in found.notifications:
        entry = entries.get(notification.fingerprint)
        if entry is None or _is_taken(entry, choice, again, channel):
            todo.append(notification)
        else:
            left.append(_left_alone(notification, entry))
    return Plan(channel=channel, todo=tuple(todo), left=tuple(left), waiting=found.waiting)


def _is_taken(entry: OutboxEntry, choice: Choice, again: frozenset[ClaimReference], channel: str) -> bool:
    if entry.reference in again:
        return True
    taken = _ASKED_FOR if choice.is_all or choice.claims else _NEW
    return entry.state in taken[channel]


def _left_alone(notification: Notification, entry: OutboxEntry) -> MessageResult:
    return MessageResult(
        notification=notification, state=entry.state, is_of_this_run=False, entry=entry, text=entry.reply
    )
