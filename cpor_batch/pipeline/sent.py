"""What became of the messages of one run, message by message."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.mail import MailState, Notification, OutboxEntry, mask_address, mask_addresses
from cpor_batch.errors import ExitCode, most_severe

SCHEMA: Final = "cpor-batch.send/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageResult:
    """One message. The recipient's address stands in the message alone; here it is masked."""

    notification: Notification
    state: MailState
    is_of_this_run: bool
    """False for what an earlier run did, and this one left alone."""
    has_failed: bool = False
    """Whether this run tried in vain: refused for good, put off, or it could not be made."""
    entry: OutboxEntry | None = None
    text: str | None = None
    """The server's answer, or what is wrong with the message."""
    path: Path | None = None
    """Of the draft."""

    @property
    def to(self) -> str:
        """The recipient as lists may show it."""
        return mask_address(self.notification.order.claim.customer_contact_email or "")

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON of one message."""
        entry = self.entry
        return {
            "claim": self.notification.reference,
            "to": self.to,
            "language": self.notification.order.language,
            "state": str(self.state),
            "this_run": self.is_of_this_run,
            "attempts": entry.attempts if entry else 0,
            "message_id": entry.message_id if entry else None,
            "sent_on": entry.sent_on.isoformat() if entry and entry.sent_on else None,
            "reply": mask_addresses(self.text) if self.text else None,
            "file": str(self.path) if self.path else None,
        }

    @property
    def line(self) -> str:
        """One line for people."""
        said = f": {mask_addresses(self.text)}" if self.text else ""
        return f"{self.notification.reference} {self.to} {self._words}{said}"

    @property
    def _words(self) -> str:
        again = f"`send --smtp --again {self.notification.reference}`"
        match self.state:
            case MailState.UNKNOWN | MailState.SENDING:
                was_sent = f"`send --smtp --was-sent {self.notification.reference}`"
                return f"unknown, perhaps sent; look, then {again} or {was_sent}"
            case MailState.QUEUED if self.is_of_this_run:
                return "put off; the next send tries again"
            case MailState.FAILED if not self.is_of_this_run:
                return f"refused earlier; mend the address, or {again}"
            case _:
                return str(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What one run of `send` did."""

    channel: str
    """ "drafts" or "smtp"."""
    results: tuple[MessageResult, ...]
    waiting: int = 0
    is_dry_run: bool = False
    is_declined: bool = False
    settled: int = 0
    """How many messages of unknown fate somebody called sent."""
    run: str | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many messages of each state, those of this run and those left alone."""
        ours = Counter(str(result.state) for result in self.results if result.is_of_this_run)
        return {
            "messages": len(self.results),
            **{str(state): ours[str(state)] for state in MailState if state is not MailState.SENDING},
            "left_alone": sum(not result.is_of_this_run for result in self.results),
            "waiting_for_documents": self.waiting,
        }

    @property
    def exit_code(self) -> ExitCode:
        """8 where a message of this run failed, 1 where somebody has to look, else 0."""
        states = {result.state for result in self.results}
        needs_you = {MailState.UNKNOWN, MailState.SENDING} & states and self.channel == "smtp"
        return most_severe(
            ExitCode.SOME_FAILED if any(result.has_failed for result in self.results) else ExitCode.DONE,
            ExitCode.NEEDS_YOU if needs_you and not self.is_dry_run else ExitCode.DONE,
        )

    @property
    def document(self) -> Mapping[str, Any]:  # Any: what JSON can say
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "channel": self.channel,
            "dry_run": self.is_dry_run,
            "counts": dict(self.counts),
            "messages": [result.document for result in self.results],
        }

    @property
    def lines(self) -> tuple[str, ...]:
        """What people have to know of single messages."""
        telling = {MailState.FAILED, MailState.UNKNOWN, MailState.SENDING}
        return tuple(
            result.line
            for result in self.results
            if result.has_failed or (result.state in telling and self.channel == "smtp")
        )

    @property
    def closing_line(self) -> str:
        """What was done, and what waits."""
        notes = []
        if self.waiting:
            notes.append(f"{self.waiting:,} wait for their documents: cpor-batch documents.")
        if drafted := self._left(MailState.DRAFTED):
            notes.append(f"{drafted:,} were drafted before; --all takes them too.")
        if sent := self._left(MailState.SENT):
            notes.append(f"{sent:,} were sent before.")
        return " ".join([self._done, *notes])

    @property
    def _done(self) -> str:
        if self.settled and not self.results:
            return f"{self.settled:,} noted as sent."
        if self.is_declined:
            return "Nothing was sent."
        ours = [result for result in self.results if result.is_of_this_run]
        if self.is_dry_run:
            what = "drafts would be written" if self.channel == "drafts" else "messages would be sent"
            return f"{len(ours):,} {what}."
        done = sum(not result.has_failed for result in ours)
        failed = sum(result.state is MailState.FAILED for result in ours)
        put_off = sum(result.state is MailState.QUEUED for result in ours)
        unknown = sum(result.state is MailState.UNKNOWN for result in ours)
        parts = [f"{done:,} drafts written" if self.channel == "drafts" else f"{done:,} messages sent"]
        parts += [f"{failed:,} failed"] if failed else []
        parts += [f"{put_off:,} put off"] if put_off else []
        parts += [f"{unknown:,} perhaps sent"] if unknown else []
        return f"{', '.join(parts)}."

    def _left(self, state: MailState) -> int:
        return sum(result.state is state and not result.is_of_this_run for result in self.results)
