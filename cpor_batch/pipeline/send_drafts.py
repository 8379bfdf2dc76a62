"""Write the letters that are made as drafts for a mail program."""

from pathlib import Path

from cpor_batch.documents.addresses import MailError
from cpor_batch.documents.emails import build_draft, draft_name
from cpor_batch.domain.mail import MailState, Notification
from cpor_batch.files import write_atomically
from cpor_batch.ledger import open_outbox
from cpor_batch.pipeline.open_ledger import head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.send_plan import DRAFTS, Choice, Plan, build_plan
from cpor_batch.pipeline.sent import MessageResult, Sent
from cpor_batch.pipeline.workspace import Workspace


def send_drafts(
    workspace: Workspace, folder: Path, *, choice: Choice, progress: Progress, is_dry_run: bool = False
) -> Sent:
    """Write one draft per notification into `folder`, named after its letter; OutputError where it cannot be.

    What was drafted before is left alone unless the choice names it: nobody knows here whether somebody has
    sent it since.
    """
    record = RunRecord(workspace=workspace, command="send")
    url = workspace.settings.ledger_url
    with (
        open_ledger_of(workspace) as ledger,
        open_outbox(url, record.as_run) as outbox,
        record.kept(ledger),
    ):
        refuse_the_past(ledger, workspace.today)
        plan = build_plan(workspace, ledger, outbox.read(), choice, channel=DRAFTS)
        if is_dry_run or not plan.todo:
            return plan.as_sent(is_dry_run=is_dry_run)
        results: list[MessageResult] = []
        try:
            with record.timed("drafts"):
                _write_drafts(plan, folder, workspace, results, progress=progress)
        finally:
            written = [result for result in results if result.path is not None]
            record.outputs.extend(result.path for result in written if result.path is not None)
            outbox.draft(
                (result.notification.fingerprint, result.notification.reference) for result in written
            )
        sent = Sent(channel=DRAFTS, results=(*results, *plan.left), waiting=plan.waiting, run=record.run)
        record.counts.update(sent.counts)
        record.write(sent.exit_code, ledger_head=head_of(ledger))
    return sent


def _write_drafts(
    plan: Plan, folder: Path, workspace: Workspace, results: list[MessageResult], *, progress: Progress
) -> None:
    progress.begin("Writing drafts", len(plan.todo))
    for notification in plan.todo:
        results.append(_write_draft(notification, folder, workspace))
        progress.advance()


def _write_draft(notification: Notification, folder: Path, workspace: Workspace) -> MessageResult:
    try:
        content = build_draft(notification, out=workspace.out, assets=workspace.assets)
    except MailError as error:
        return MessageResult(
            notification=notification,
            state=MailState.FAILED,
            is_of_this_run=True,
            has_failed=True,
            text=str(error),
        )
    path = folder / draft_name(notification)
    write_atomically(path, content)
    return MessageResult(notification=notification, state=MailState.DRAFTED, is_of_this_run=True, path=path)
