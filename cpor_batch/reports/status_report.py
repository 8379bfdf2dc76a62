"""The status as a report: figures and charts on top, what is due first, then every claim."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

from cpor_batch.domain.lifecycle import CustomerStatus
from cpor_batch.reports.claim_card import claim_card
from cpor_batch.reports.needs import Need, NeedKind
from cpor_batch.reports.status import ClaimStatus, StatusReport
from cpor_batch.reports.status_timeline import status_timeline
from cpor_batch.reports.tables import (
    Bar,
    Card,
    Chart,
    ColumnSpec,
    Figure,
    Kind,
    Pill,
    Report,
    Stack,
    Table,
    Tone,
    Value,
)
from cpor_batch.reports.words import CUSTOMER_WORDS, WINDOW_WORDS, capitalized, count, status_pill

# Weeks of the chart of closing windows: this one and the seven after it.
_WEEKS: Final = 8

_NEED_TONES: Final = {
    NeedKind.OVERDUE: Tone.BAD,
    NeedKind.DUE_SOON: Tone.ATTENTION,
    NeedKind.HELD: Tone.ATTENTION,
    NeedKind.SHARED: Tone.ATTENTION,
    NeedKind.REASSOCIATION: Tone.ATTENTION,
    NeedKind.POE_TOO_OLD: Tone.ATTENTION,
    NeedKind.POE_STALE: Tone.ATTENTION,
    NeedKind.SUBSCRIPTION_ENDS: Tone.ATTENTION,
    NeedKind.NOT_SUBMITTED: Tone.QUIET,
    NeedKind.WAITING_FOR_MICROSOFT: Tone.WAITING,
    NeedKind.WAITING_FOR_CUSTOMER: Tone.WAITING,
}
_DUE_COLUMNS: Final = (
    ColumnSpec("need", "Why", Kind.STATUS, 24, is_filter=True),
    ColumnSpec("due_on", "Due", Kind.DATE, 12),
    ColumnSpec("days_left", "Days left", Kind.NUMBER, 10),
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("what", "What to do", Kind.TEXT, 64),
    ColumnSpec("customer", "Customer", Kind.TEXT, 28, in_text=False),
    ColumnSpec("partner", "Partner", Kind.TEXT, 24, is_filter=True, in_text=False),
    ColumnSpec("who_acts", "Who acts", Kind.TEXT, 16, in_text=False),
)
_CLAIM_COLUMNS: Final = (
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("customer", "Customer", Kind.TEXT, 28),
    ColumnSpec("partner", "Partner", Kind.TEXT, 24, is_filter=True),
    ColumnSpec("mpn_id", "MPN ID", Kind.ID, 12, in_text=False),
    ColumnSpec("solution_area", "Solution area", Kind.TEXT, 22, is_filter=True, in_text=False),
    ColumnSpec("activity", "Activity", Kind.TEXT, 20, in_text=False),
    ColumnSpec("products", "Products", Kind.TEXT, 36, in_text=False),
    ColumnSpec("status", "Status", Kind.STATUS, 22, is_filter=True),
    ColumnSpec("customer_status", "Customer status", Kind.STATUS, 16, is_filter=True, in_text=False),
    ColumnSpec("submitted_on", "Submitted", Kind.DATE, 12, in_text=False),
    ColumnSpec("official_on", "Official", Kind.DATE, 12, in_text=False),
    ColumnSpec("next_step", "Next step", Kind.TEXT, 56),
)
_WINDOW_COLUMNS: Final = (
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("kind", "Window", Kind.TEXT, 20, is_filter=True),
    ColumnSpec("state", "State", Kind.STATUS, 14, is_filter=True),
    ColumnSpec("opened_on", "Opened", Kind.DATE, 12),
    ColumnSpec("closes_on", "Last day", Kind.DATE, 12),
    ColumnSpec("days_left", "Days left", Kind.NUMBER, 10),
    ColumnSpec("basis", "Reckoned from", Kind.TEXT, 30, in_text=False),
    ColumnSpec("who_acts", "Who acts", Kind.TEXT, 18, in_text=False),
    ColumnSpec("consequence", "What happens then", Kind.TEXT, 48, in_text=False),
)


def report_status(
    status: StatusReport,
    *,
    made_at: datetime | None = None,
    tool_version: str = "",
    ledger_head: str = "",
) -> Report:
    """Return the status as a report for any renderer."""
    due = due_table(status)
    return Report(
        name="status",
        title="Status of claims",
        subtitle=_subtitle(status),
        lead=_lead(status),
        figures=_figures(status),
        charts=(_status_chart(status), _weeks_chart(status), _partner_chart(status), _product_chart(status)),
        stacks=_stacks(status),
        tables=(due, windows_table(status), claims_table(status)),
        cards=_cards(status),
        as_of=status.as_of,
        made_at=made_at,
        tool_version=tool_version,
        ledger_head=ledger_head,
    )


def _subtitle(status: StatusReport) -> str:
    editions = sorted({claim.edition.title for claim in status.claims})
    return ", ".join([f"As of {status.as_of.isoformat()}", *editions])


def _lead(status: StatusReport) -> str:
    if not status.claims:
        return "The ledger holds no claims yet."
    kinds = Counter(need.kind for claim in status.claims for need in claim.needs)
    overdue, ours = kinds[NeedKind.OVERDUE], kinds[NeedKind.DUE_SOON]
    soon = _closing_soon(status)
    first = f"{count(len(status.claims), 'claim')}. "
    if overdue:
        return first + f"{count(overdue, 'window')} overdue: begin with {'it' if overdue == 1 else 'them'}."
    if soon:
        verb = "closes" if soon == 1 else "close"
        yours = (
            f"{ours or 'none'} of them yours" if soon > 1 else "it is yours" if ours else "it is not yours"
        )
        windows = f"{count(soon, 'window')} {verb} within {status.due_within} days, {yours}"
        return f"{first}Nothing is overdue; {windows}."
    return first + f"Nothing is overdue and no window closes within {status.due_within} days."


def _closing_soon(status: StatusReport) -> int:
    """Return how many windows close within the days that count as soon, whoever has to act."""
    today = status.as_of
    windows = (window for claim in status.claims for window in claim.windows)
    return sum(window.is_open(today) and window.days_left(today) <= status.due_within for window in windows)


def _figures(status: StatusReport) -> tuple[Figure, ...]:
    kinds = Counter(kind for claim in status.claims for kind in {need.kind for need in claim.needs})
    official = sum(claim.customer_status is CustomerStatus.OFFICIAL for claim in status.claims)
    wanted = (
        ("Overdue", NeedKind.OVERDUE),
        (f"Yours within {status.due_within} days", NeedKind.DUE_SOON),
        ("Held for conflicts", NeedKind.HELD),
        ("Not submitted", NeedKind.NOT_SUBMITTED),
        ("With Microsoft", NeedKind.WAITING_FOR_MICROSOFT),
        ("Opt-out open", NeedKind.WAITING_FOR_CUSTOMER),
    )
    figures = [Figure(label="Claims", value=len(status.claims), anchor="Claims")]
    for label, kind in wanted:
        tone = _NEED_TONES[kind] if kinds[kind] else Tone.QUIET
        figures.append(Figure(label=label, value=kinds[kind], tone=tone, anchor="Due"))
    for kind in (NeedKind.SHARED, NeedKind.REASSOCIATION, NeedKind.POE_TOO_OLD, NeedKind.POE_STALE):
        if kinds[kind]:
            label = capitalized(kind.value)
            figures.append(Figure(label=label, value=kinds[kind], tone=_NEED_TONES[kind], anchor="Due"))
    figures.append(Figure(label="Official", value=official, tone=Tone.GOOD if official else Tone.QUIET))
    return tuple(figures)


def due_table(status: StatusReport) -> Table:
    """Return what is due, most urgent first: one row per claim and reason."""
    order = list(NeedKind)
    pairs = [(claim, need) for claim in status.claims for need in claim.needs]
    pairs.sort(key=lambda pair: (order.index(pair[1].kind), pair[1].due_on or date.max))
    return Table(
        name="Due",
        title="Due first",
        note="Overdue first, then what closes soon, then what only has to be awaited.",
        group_by="need",
        columns=_DUE_COLUMNS,
        rows=tuple(_due_row(claim, need, status.as_of) for claim, need in pairs),
        link_column="claim",
        links=tuple(claim.state.reference for claim, _need in pairs),
        row_tones=tuple(Tone.BAD if need.kind is NeedKind.OVERDUE else None for _claim, need in pairs),
        when_empty="Nothing is due and nothing is awaited.",
    )


def _due_row(claim: ClaimStatus, need: Need, today: date) -> tuple[Value, ...]:
    data = claim.state.claim
    return (
        Pill(capitalized(need.kind.value), _NEED_TONES[need.kind]),
        need.due_on,
        (need.due_on - today).days if need.due_on is not None else None,
        claim.state.reference,
        data.claim_name,
        need.what,
        data.customer_name,
        data.partner_name,
        capitalized(need.who_acts),
    )


def claims_table(status: StatusReport) -> Table:
    """Return one row per claim."""
    return Table(
        name="Claims",
        title="All claims",
        columns=_CLAIM_COLUMNS,
        rows=tuple(_claim_row(claim) for claim in status.claims),
        links=tuple(claim.state.reference for claim in status.claims),
        when_empty="The ledger holds no claims yet. Record some: cpor-batch ingest FILE.xlsx.",
        in_text=False,
    )


def _claim_row(claim: ClaimStatus) -> tuple[Value, ...]:
    data = claim.state.claim
    return (
        claim.state.reference,
        data.claim_name,
        data.customer_name,
        data.partner_name,
        data.mpn_id,
        data.solution_area,
        data.activity,
        ", ".join(dict.fromkeys(line.product for line in data.lines)),
        status_pill(claim.status, claim.edition),
        CUSTOMER_WORDS[claim.customer_status] if claim.customer_status is not None else None,
        data.submitted_on,
        claim.official_on,
        claim.next_step,
    )


def windows_table(status: StatusReport) -> Table:
    """Return the windows that are open or overdue, the one that closes first on top."""
    today = status.as_of
    pairs = [
        (claim, window)
        for claim in status.claims
        for window in claim.windows
        if window.is_open(today) or window.is_overdue(today)
    ]
    pairs.sort(key=lambda pair: pair[1].closes_on)
    rows: list[tuple[Value, ...]] = []
    for claim, window in pairs:
        is_late = window.is_overdue(today)
        basis = "assumed from the submission" if window.is_assumed else "the recorded day"
        if not window.is_calendar_known:
            basis += ", weekdays only (country unknown)"
        rows.append(
            (
                claim.state.reference,
                claim.state.claim.claim_name,
                WINDOW_WORDS[window.kind],
                Pill("Overdue", Tone.BAD) if is_late else Pill("Open", Tone.WAITING),
                window.opened_on,
                window.closes_on,
                window.days_left(today),
                basis,
                capitalized(window.who_acts),
                window.consequence,
            )
        )
    return Table(
        name="Windows",
        title="Open windows",
        note="The last day still counts. Days left are calendar days.",
        columns=_WINDOW_COLUMNS,
        rows=tuple(rows),
        links=tuple(claim.state.reference for claim, _window in pairs),
        when_empty="No window is open.",
        in_text=False,
    )


def _status_chart(status: StatusReport) -> Chart:
    pills = Counter(status_pill(claim.status, claim.edition) for claim in status.claims)
    bars = tuple(Bar(label=pill.text, value=number, tone=pill.tone) for pill, number in pills.most_common())
    return Chart(name="by_status", title="Claims by status", unit="claims", bars=bars)


def _stacks(status: StatusReport) -> tuple[Stack, ...]:
    editions = {claim.state.claim.edition: claim.edition for claim in status.claims}
    return (status_timeline(status.weeks, editions),) if status.weeks else ()


def _weeks_chart(status: StatusReport) -> Chart:
    monday = status.as_of - timedelta(days=status.as_of.weekday())
    closing = [
        (window.closes_on - monday).days // 7
        for claim in status.claims
        for window in claim.windows
        if window.is_open(status.as_of)
    ]
    overdue = sum(window.is_overdue(status.as_of) for claim in status.claims for window in claim.windows)
    per_week = Counter(closing)
    bars = [Bar(label="Overdue", value=overdue, tone=Tone.BAD)]
    for week in range(_WEEKS):
        day = monday + timedelta(weeks=week)
        tone = Tone.ATTENTION if week == 0 else Tone.WAITING
        bars.append(Bar(label=f"{day.day:02d} {day:%b}", value=per_week[week], tone=tone))
    title = "Windows that close, by week from Monday"
    return Chart(name="by_week", title=title, unit="windows", bars=tuple(bars), is_timeline=True)


def _partner_chart(status: StatusReport) -> Chart:
    names = Counter(claim.state.claim.partner_name for claim in status.claims)
    return Chart(name="by_partner", title="Claims by partner", unit="claims", bars=_top(names))


def _product_chart(status: StatusReport) -> Chart:
    lines = (line.product for claim in status.claims for line in claim.state.claim.lines)
    return Chart(name="by_product", title="Claim lines by product", unit="lines", bars=_top(Counter(lines)))


def _top(numbers: Counter[str], most: int = 8) -> tuple[Bar, ...]:
    bars = [Bar(label=name, value=number, tone=Tone.WAITING) for name, number in numbers.most_common(most)]
    rest = numbers.total() - sum(bar.value for bar in bars)
    if rest:
        bars.append(Bar(label="All others", value=rest))
    return tuple(bars)


def _cards(status: StatusReport) -> tuple[Card, ...]:
    return tuple(claim_card(claim, today=status.as_of) for claim in status.claims)
