"""Deliver messages through a mail server: each at most once, with patience for a server that is busy."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpor_batch import clock
from cpor_batch.documents.addresses import MailError
from cpor_batch.documents.emails import build_mail
from cpor_batch.documents.mail_server import Fate, MailServer
from cpor_batch.domain.mail import MailState, Notification, OutboxEntry
from cpor_batch.ledger import Outbox
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.sent import MessageResult
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import Smtp

BACK_OFF_SECONDS: Final = (5, 30, 120)
"""How long to wait before what was put off is tried again; after the last one the next `send` tries."""

_STATES: Final = {
    Fate.ACCEPTED: MailState.SENT,
    Fate.LATER: MailState.QUEUED,
    Fate.UNREACHABLE: MailState.QUEUED,
    # Nothing is wrong with the recipient: mend the sender, and it goes out.
    Fate.SENDER_REFUSED: MailState.QUEUED,
    Fate.REFUSED: MailState.FAILED,
    Fate.UNKNOWN: MailState.UNKNOWN,
}


@dataclass(slots=True)
class Pace:
    """Keeps messages so far apart that no more than so many go out in a minute."""

    per_minute: int
    pause: Callable[[float], None]
    _last: float | None = field(default=None)

    def wait(self) -> None:
        """Wait for the next one's turn."""
        if self._last is not None:
            left = self._last + 60 / self.per_minute - time.monotonic()
            if left > 0:
                self.pause(left)
        self._last = time.monotonic()


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One run's messages on their way."""

    workspace: Workspace
    smtp: Smtp
    outbox: Outbox
    server: MailServer
    progress: Progress
    pause: Callable[[float], None] = time.sleep
    results: dict[str, MessageResult] = field(default_factory=dict)
    """By fingerprint; complete also where the run is interrupted."""

    def deliver(self, notifications: Sequence[Notification]) -> None:
        """Deliver all that can be delivered, and try again what the server puts off."""
        pace = Pace(self.smtp.per_minute, self.pause)
        left = list(notifications)
        self.progress.begin("Sending messages", len(left))
        for wait in (0, *BACK_OFF_SECONDS):
            if wait:
                self.progress.note(f"{len(left):,} put off; trying again in {wait} s.")
                # Idle connections are hung up on; a new one costs nothing beside the wait.
                self.server.close()
                self.pause(wait)
            left = self._deliver_round(left, pace)
            if not left:
                return

    def _deliver_round(self, notifications: Iterable[Notification], pace: Pace) -> list[Notification]:
        left: list[Notification] = []
        entries = self.outbox.read()
        is_reachable = True
        for notification in notifications:
            if is_reachable:
                pace.wait()
                fate = self._deliver_one(notification, entries[notification.fingerprint])
                is_reachable = fate is not Fate.UNREACHABLE
            else:
                fate = Fate.UNREACHABLE
                self._keep(notification, MailState.QUEUED, "no server to talk to", has_failed=True)
            if fate in {Fate.LATER, Fate.UNREACHABLE}:
                left.append(notification)
            else:
                self.progress.advance()
        return left

    def _deliver_one(self, notification: Notification, entry: OutboxEntry) -> Fate:
        message = notification.fingerprint
        try:
            mail = build_mail(
                notification,
                out=self.workspace.out,
                assets=self.workspace.assets,
                envelope_sender=self.smtp.sender,
                sendings=entry.sendings,
                at=clock.now(),
            )
        except MailError as error:
            self._keep(notification, MailState.FAILED, str(error), has_failed=True)
            return Fate.REFUSED
        is_begun = False

        def begin() -> bool:
            nonlocal is_begun
            is_begun = self.outbox.begin(message, message_id=mail.message_id)
            return is_begun

        reply = self.server.deliver(mail, begin=begin)
        if reply.fate is Fate.TAKEN:
            state = self.outbox.read()[message].state
            self._keep(notification, state, reply.text, has_failed=False, is_of_this_run=False)
            return reply.fate
        note = self.outbox.finish if is_begun else self.outbox.turn_down
        note(message, _STATES[reply.fate], reply=reply.text)
        is_fine = reply.fate is Fate.ACCEPTED
        # Told as failed, though the recipient is not to blame and the next `send` tries again.
        shown = MailState.FAILED if reply.fate is Fate.SENDER_REFUSED else _STATES[reply.fate]
        self._keep(notification, shown, reply.text, has_failed=not is_fine)
        return reply.fate

    def _keep(
        self,
        notification: Notification,
        state: MailState,
        text: str,
        *,
        has_failed: bool,
        is_of_this_run: bool = True,
    ) -> None:
        self.results[notification.fingerprint] = MessageResult(
            notification=notification,
            state=state,
            is_of_this_run=is_of_this_run,
            has_failed=has_failed,
            text=text,
        )
