"""What happened, to one claim or to all."""

from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.domain.ids import ClaimReference, parse_claim_reference
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import find_claim, open_ledger_of, show_head
from cpor_batch.pipeline.render import Rendered, render
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.history import HistoryReport, build_history


def history(workspace: Workspace, claim: str | None, *, form: str, output: Path | None) -> Rendered:
    """Return the history in the form asked for; UsageError where `claim` names no claim, or several."""
    with open_ledger_of(workspace) as ledger:
        report = read_history(ledger, workspace, claim)
        head = show_head(ledger)
    return render(
        report.as_report(
            zone=workspace.zone,
            made_at=clock.now(),
            tool_version=__version__,
            ledger_head=head,
        ),
        workspace,
        form=form,
        output=output,
        as_json=report.as_json,
    )


def read_history(ledger: Ledger, workspace: Workspace, claim: str | None = None) -> HistoryReport:
    """Return the events known on the workspace's day, of one claim or of all."""
    reference = _find_reference(ledger, claim) if claim is not None else None
    events = tuple(ledger.read_events(reference, known_until=workspace.today))
    return build_history(events, claim=reference, as_of=workspace.settings.as_of)


def _find_reference(ledger: Ledger, text: str) -> ClaimReference:
    """Return the claim's reference; one whose recording was reverted is known by it alone."""
    reference = parse_claim_reference(text)
    if reference is not None and next(iter(ledger.read_events(reference)), None) is not None:
        return reference
    return find_claim(ledger, text).reference
