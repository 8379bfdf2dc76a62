"""What every claim is on a day, and what is due first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.domain.event import Event
from cpor_batch.domain.timeline import count_statuses, weekly_days
from cpor_batch.errors import ExitCode
from cpor_batch.files import write_atomically
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.open_ledger import open_ledger_of, show_head
from cpor_batch.pipeline.render import Rendered, render
from cpor_batch.pipeline.shared_keys import find_shared
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.status import StatusReport, build_status

_EVENTS_ON_A_CARD = 5


def status(
    workspace: Workspace,
    *,
    form: str,
    output: Path | None,
    due_within: int = 10,
    calendar: Path | None = None,
) -> Rendered:
    """Return the status report in the form asked for; exit code 1 where windows are overdue.

    The windows that are open are written to `calendar` too where one is named.
    """
    with open_ledger_of(workspace) as ledger:
        report = read_status(ledger, workspace, due_within=due_within, with_events=form in {"html", "xlsx"})
        head = show_head(ledger)
    if calendar is not None:
        from cpor_batch.reports.due_calendar import render_calendar

        write_atomically(calendar, render_calendar(report))
    return render(
        report.as_report(made_at=clock.now(), tool_version=__version__, ledger_head=head),
        workspace,
        form=form,
        output=output,
        as_json=report.as_json,
        exit_code=ExitCode.NEEDS_YOU if report.has_overdue else ExitCode.DONE,
    )


def read_status(
    ledger: Ledger, workspace: Workspace, *, due_within: int = 10, with_events: bool = False
) -> StatusReport:
    """Return the status of all claims as known on the workspace's day.

    `with_events` adds what only the events tell: the claims' last events, and how many stood where each week.
    """
    today = workspace.today
    last = ledger.last_known_on()
    is_past = last is not None and today < last
    found = ledger.read_states_as_of(today).claims.values() if is_past else ledger.read_states()
    states = tuple(found)
    stories = _stories(ledger.read_events(known_until=today)) if with_events else ()
    report = build_status(
        states,
        edition_of=workspace.edition_of,
        calendars=workspace.rulebook.calendars,
        today=today,
        due_within=due_within,
        documents=ledger.read_documents(),
        events=(event for story in stories for event in story[-_EVENTS_ON_A_CARD:]),
        shared=find_shared(states if is_past else ledger.read_sharing(), workspace),
    )
    weeks = count_statuses(stories, weekly_days(today)) if with_events else ()
    return replace(report, weeks=tuple(weeks))


def _stories(events: Iterable[Event]) -> Sequence[Sequence[Event]]:
    """Return the events claim by claim, each claim's in their order."""
    stories: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.claim is not None:
            stories[event.claim].append(event)
    return tuple(stories.values())
