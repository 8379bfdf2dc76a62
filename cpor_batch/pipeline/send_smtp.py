"""Send the letters that are made through a mail server, each at most once."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from cpor_batch.documents.emails import check_envelope_sender
from cpor_batch.documents.mail_server import MailServer
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.mail import MailState, OutboxEntry
from cpor_batch.errors import ConfigurationError, UsageError
from cpor_batch.ledger import Ledger, Outbox, open_outbox
from cpor_batch.pipeline.deliver import Delivery
from cpor_batch.pipeline.open_ledger import find_claim, head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.send_plan import SMTP, Choice, Plan, build_plan
from cpor_batch.pipeline.sent import Sent
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.settings import Settings, Smtp, read_smtp_password

Confirm = Callable[[int, str], bool]
"""(how many messages, which server) -> whether they are to be sent."""


def require_smtp(settings: Settings) -> Smtp:
    """Return the mail server's settings; ConfigurationError names the keys where there are none."""
    if settings.smtp is None:
        raise ConfigurationError(
            "no mail server is set up.",
            hint="Write host, port, user, security and sender below [smtp] in cpor-batch.toml; the password "
            "belongs in CPOR_SMTP_PASSWORD or in the file that CPOR_SMTP_PASSWORD_FILE names. "
            "Without a server there is send --eml DIR.",
        )
    check_envelope_sender(settings.smtp.sender)
    return settings.smtp


def send_smtp(
    workspace: Workspace,
    *,
    choice: Choice,
    progress: Progress,
    confirm: Confirm,
    is_dry_run: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> Sent:
    """Send every notification that is new, once `confirm` says yes.

    Raises ConfigurationError without a server, or where it does not have us; LedgerBusyError where another
    run on the same ledger is sending.
    """
    smtp = require_smtp(workspace.settings)
    password = None if is_dry_run else read_smtp_password(smtp)
    record = RunRecord(workspace=workspace, command="send")
    url = workspace.settings.ledger_url
    with (
        open_ledger_of(workspace) as ledger,
        open_outbox(url, record.as_run) as outbox,
        record.kept(ledger),
    ):
        refuse_the_past(ledger, workspace.today)
        if is_dry_run:
            return _plan(workspace, ledger, outbox, choice).as_sent(is_dry_run=True)
        with outbox.right_to_send(), MailServer(smtp, password=password) as server:
            outbox.find_left_behind()
            delivery = Delivery(
                workspace=workspace, smtp=smtp, outbox=outbox, server=server, progress=progress, pause=pause
            )
            try:
                settled = _settle(ledger, outbox, choice.was_sent)
                plan = _plan(workspace, ledger, outbox, choice)
                is_agreed = bool(plan.todo) and confirm(len(plan.todo), smtp.host)
                if is_agreed:
                    _queue(outbox, plan)
                    with record.timed("send"):
                        delivery.deliver(plan.todo)
            finally:
                # Also when interrupted, and for a run before that was: what was sent is told.
                _tell_history(ledger, outbox, record, ours=delivery.results)
        if not is_agreed:
            return replace(plan.as_sent(is_declined=bool(plan.todo)), settled=settled)
        sent = _outcome(delivery, outbox, plan, record)
        record.counts.update(sent.counts)
        record.write(sent.exit_code, ledger_head=head_of(ledger))
    return sent


def _plan(workspace: Workspace, ledger: Ledger, outbox: Outbox, choice: Choice) -> Plan:
    if choice.only_settles:
        return Plan(channel=SMTP)
    return build_plan(workspace, ledger, outbox.read(), choice, channel=SMTP)


def _settle(ledger: Ledger, outbox: Outbox, names: Iterable[str]) -> int:
    """Call the messages of these claims sent, whose fate was not known; UsageError where there is none."""
    settled = 0
    for name in names:
        reference = find_claim(ledger, name).reference
        unknown = [
            entry.fingerprint
            for entry in outbox.read().values()
            if entry.reference == reference and entry.state is MailState.UNKNOWN
        ]
        if not unknown:
            raise UsageError(
                f"{reference} has no message whose fate is unknown.", hint="See send --smtp --dry-run."
            )
        settled += sum(outbox.call_sent(fingerprint) for fingerprint in unknown)
    return settled


def _queue(outbox: Outbox, plan: Plan) -> None:
    """Queue what is planned; what has another state was asked for."""
    outbox.add(((item.fingerprint, item.reference) for item in plan.todo), MailState.QUEUED)
    entries = outbox.read()
    for item in plan.todo:
        if entries[item.fingerprint].state is not MailState.QUEUED:
            outbox.ask_again(item.fingerprint)


def _tell_history(ledger: Ledger, outbox: Outbox, record: RunRecord, *, ours: Collection[str] = ()) -> None:
    """Append an event for every message that was sent and is not in its claim's history yet."""
    untold = [
        entry for entry in outbox.read().values() if entry.state is MailState.SENT and not entry.is_told
    ]
    # A run that was killed may have appended the event and not noted it down.
    new = [entry for entry in untold if entry.fingerprint in ours or not _has_event(ledger, entry)]
    if new:
        with ledger.write(record.as_run) as writing:
            writing.append(_sent_event(entry, record) for entry in new)
    outbox.tell(entry.fingerprint for entry in untold)


def _has_event(ledger: Ledger, entry: OutboxEntry) -> bool:
    return any(
        event.kind is EventKind.DOCUMENT_SENT and event.after.get("message_id") == entry.message_id
        for event in ledger.read_events(entry.reference)
    )


def _sent_event(entry: OutboxEntry, record: RunRecord) -> Event:
    """Return the event; the address stays out of it, because events are never deleted."""
    return Event(
        kind=EventKind.DOCUMENT_SENT,
        claim=entry.reference,
        known_on=record.workspace.today,
        occurred_on=entry.sent_on or record.workspace.today,
        actor=record.workspace.actor,
        run=record.run,
        after={"document": "letter", "channel": SMTP, "message_id": entry.message_id},
    )


def _outcome(delivery: Delivery, outbox: Outbox, plan: Plan, record: RunRecord) -> Sent:
    entries = outbox.read()
    results = (
        replace(result, entry=entries.get(fingerprint)) for fingerprint, result in delivery.results.items()
    )
    return Sent(channel=SMTP, results=(*results, *plan.left), waiting=plan.waiting, run=record.run)
