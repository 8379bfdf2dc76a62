"""Send the summary of a reconciliation through the configured mail server."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cpor_batch import clock
from cpor_batch.documents.emails import Mail
from cpor_batch.documents.mail_server import Fate, MailServer, Reply
from cpor_batch.documents.summary_mail import build_summary_mail
from cpor_batch.domain.finding import Finding, Reconciliation
from cpor_batch.domain.mail import mask_address
from cpor_batch.errors import DocumentError
from cpor_batch.pipeline.send_smtp import require_smtp
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.reconciliation import KIND_WORDS, earned_by_currency, lead
from cpor_batch.settings import Smtp, read_smtp_password

_MOST: Final = 25
_WIDTH: Final = 90


def check_mail(workspace: Workspace, recipient: str) -> None:
    """Raise what would keep a summary from being sent, before anything else is done."""
    smtp = require_smtp(workspace.settings)
    read_smtp_password(smtp)
    _build(smtp, "x", "x", recipient=recipient, run="x")


def mail_summary(
    result: Reconciliation, workspace: Workspace, *, recipient: str, reports: Sequence[Path]
) -> Reply:
    """Send the summary and return the server's answer; DocumentError where it was not taken."""
    smtp = require_smtp(workspace.settings)
    subject = f"Ledger and Partner Center, {result.as_of}: {result.drift:,} to look at"
    text = "\n".join(_lines(result, reports))
    mail = _build(smtp, subject, text, recipient=recipient, run=result.run)
    with MailServer(smtp, password=read_smtp_password(smtp)) as server:
        reply = server.deliver(mail, begin=lambda: True)
    if reply.fate is not Fate.ACCEPTED:
        raise DocumentError(
            f"the summary to {mask_address(recipient)} was not taken: {reply.text}.",
            hint="The reconciliation itself is done; see its report.",
        )
    return reply


def _build(smtp: Smtp, subject: str, text: str, *, recipient: str, run: str) -> Mail:
    return build_summary_mail(subject, text, smtp=smtp, recipient=recipient, run=run, at=clock.now())


def _lines(result: Reconciliation, reports: Sequence[Path]) -> Iterator[str]:
    yield from textwrap.wrap(lead(result), _WIDTH)
    yield ""
    for kind, words in KIND_WORDS.items():
        if result.counts.get(kind, 0):
            yield f"{result.counts[kind]:>8,}  {words}"
    for currency, amount in earned_by_currency(result).items():
        yield f"{amount:>8}  {currency} earned by claims"
    changes = result.changes
    if changes.previous is not None and changes.is_told and not changes.is_none:
        yield from ("", f"Since {changes.previous.known_on}:")
        yield from _told([("New", finding) for finding in changes.new])
        yield from _told([("Changed", finding) for _, finding in changes.changed])
        yield from (
            f"- Gone: {kept.subject} ({kept.kind.replace('-', ' ')})" for kept in changes.gone[:_MOST]
        )
    elif changes.previous is None:
        yield ""
        yield from _told([(KIND_WORDS[finding.kind], finding) for finding in result.findings])
    yield from ("", "Reports:", *(f"  {path}" for path in reports))


def _told(findings: Sequence[tuple[str, Finding]]) -> Iterator[str]:
    for word, finding in findings[:_MOST]:
        line = f"- {word}: {finding.claim_name or finding.subject} ({finding.subject}). {finding.cause} "
        yield from textwrap.wrap(line + finding.next_step, _WIDTH, subsequent_indent="  ")
    if len(findings) > _MOST:
        yield f"- and {len(findings) - _MOST:,} more"
