"""The reconciliation as a report: what changed first, then what differs by kind, then what is matched."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.finding import DRIFT_KINDS, Changes, Finding, FindingKind, Reconciliation, Remembered
from cpor_batch.reports.tables import (
    Bar,
    Chart,
    ColumnSpec,
    Figure,
    Kind,
    Pill,
    Report,
    Table,
    Tone,
    Value,
)
from cpor_batch.reports.words import capitalized, count

KIND_WORDS: Final[Mapping[FindingKind, str]] = {
    FindingKind.LOST: "Lost to another partner",
    FindingKind.STATUS: "Status differs",
    FindingKind.PARTNER: "Partner differs",
    FindingKind.PRODUCTS: "Products differ",
    FindingKind.ONLY_IN_LEDGER: "Only in the ledger",
    FindingKind.ONLY_IN_PARTNER_CENTER: "Only in Partner Center",
    FindingKind.AMBIGUOUS: "Cannot be told apart",
    FindingKind.NEEDS_NEW_CLAIM: "Needs a new claim",
    FindingKind.EARNS_NOTHING: "Earns nothing",
    FindingKind.EARNINGS_WITHOUT_CLAIM: "Earnings without a claim",
    FindingKind.MATCHED: "Matched",
}
_BAD: Final = frozenset({FindingKind.LOST, FindingKind.PARTNER})
_CHANGE_PILLS: Final = {
    "new": Pill("New", Tone.ATTENTION),
    "changed": Pill("Changed", Tone.WAITING),
    "gone": Pill("Gone", Tone.GOOD),
}
_CHANGE_COLUMNS: Final = (
    ColumnSpec("change", "Since the last run", Kind.STATUS, 18, is_filter=True),
    ColumnSpec("kind", "Kind", Kind.STATUS, 24, is_filter=True),
    ColumnSpec("subject", "Claim", Kind.ID, 18),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("before", "Before", Kind.TEXT, 30, in_text=False),
    ColumnSpec("now", "Now", Kind.TEXT, 30, in_text=False),
    ColumnSpec("cause", "Why", Kind.TEXT, 60),
    ColumnSpec("next_step", "What to do", Kind.TEXT, 50),
)
_DRIFT_COLUMNS: Final = (
    ColumnSpec("kind", "Kind", Kind.STATUS, 24, is_filter=True),
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("cause", "Why", Kind.TEXT, 60),
    ColumnSpec("next_step", "What to do", Kind.TEXT, 50),
    ColumnSpec("customer", "Customer", Kind.TEXT, 26, is_filter=True, in_text=False),
    ColumnSpec("partner", "Partner", Kind.TEXT, 24, is_filter=True, in_text=False),
    ColumnSpec("claim_id", "Partner Center claim ID", Kind.ID, 18),
    ColumnSpec("mpn_id", "MPN ID", Kind.ID, 12, in_text=False),
    ColumnSpec("products", "Products", Kind.TEXT, 36, in_text=False),
    ColumnSpec("ledger_status", "In the ledger", Kind.TEXT, 16, in_text=False),
    ColumnSpec("reported_status", "In Partner Center", Kind.TEXT, 18, in_text=False),
    ColumnSpec("source", "From", Kind.TEXT, 26, in_text=False),
)
_MATCHED_COLUMNS: Final = (
    ColumnSpec("claim", "Claim", Kind.ID, 14),
    ColumnSpec("claim_id", "Partner Center claim ID", Kind.ID, 18),
    ColumnSpec("claim_name", "Claim name", Kind.TEXT, 30),
    ColumnSpec("customer", "Customer", Kind.TEXT, 26, is_filter=True),
    ColumnSpec("partner", "Partner", Kind.TEXT, 24, is_filter=True),
    ColumnSpec("products", "Products", Kind.TEXT, 36),
    ColumnSpec("status", "Status", Kind.TEXT, 18, is_filter=True),
)
_EARNING_COLUMNS: Final = (
    ColumnSpec("currency", "Currency", Kind.TEXT, 10),
    ColumnSpec("programme", "Programme", Kind.TEXT, 36),
    ColumnSpec("amount", "Earned", Kind.MONEY, 16),
    ColumnSpec("claims", "Claims", Kind.NUMBER, 10),
    ColumnSpec("rows", "Rows", Kind.NUMBER, 10),
)
_PAYMENT_COLUMNS: Final = (
    ColumnSpec("currency", "Currency", Kind.TEXT, 10),
    ColumnSpec("status", "Payment status", Kind.TEXT, 24),
    ColumnSpec("amount", "Paid", Kind.MONEY, 16),
    ColumnSpec("payments", "Payments", Kind.NUMBER, 10),
)
_FILE_COLUMNS: Final = (
    ColumnSpec("file", "File", Kind.TEXT, 40),
    ColumnSpec("kind", "What it is", Kind.TEXT, 20),
    ColumnSpec("rows", "Rows", Kind.NUMBER, 10),
    ColumnSpec("sha256", "SHA-256", Kind.ID, 66, in_text=False),
)
_REFUSED_COLUMNS: Final = (
    ColumnSpec("file", "File", Kind.TEXT, 30),
    ColumnSpec("row", "Row", Kind.NUMBER, 8),
    ColumnSpec("message", "What is wrong", Kind.TEXT, 80),
)


def report_reconciliation(
    result: Reconciliation,
    *,
    made_at: datetime | None = None,
    tool_version: str = "",
    ledger_head: str = "",
) -> Report:
    """Return the reconciliation as a report for any renderer."""
    tables = [changes_table(result.changes), drift_table(result)]
    if result.has_earnings:
        tables += [_earnings_table(result), _payments_table(result)]
    if result.refused:
        tables.append(_refused_table(result))
    tables += [_matched_table(result), _files_table(result)]
    return Report(
        name="reconciliation",
        title="Ledger and Partner Center",
        subtitle=f"As of {result.as_of.isoformat()}, from {count(len(result.files), 'file')}",
        lead=lead(result),
        figures=_figures(result),
        charts=_charts(result),
        tables=tuple(tables),
        as_of=result.as_of,
        made_at=made_at,
        tool_version=tool_version,
        ledger_head=ledger_head,
    )


def lead(result: Reconciliation) -> str:
    """Return the whole result in a few sentences."""
    matched = result.counts.get(FindingKind.MATCHED, 0)
    first = f"{count(result.claims, 'claim')} of Partner Center, {count(matched, 'claim')} matched. "
    first += f"{count(result.drift, 'finding')} to look at. " if result.drift else "Nothing differs. "
    sentences = [first + _since(result.changes), *result.notes]
    if result.news:
        knows = "a matched claim" if result.news == 1 else f"{result.news:,} matched claims"
        sentences.append(f"Of {knows} the export knows more than the ledger: import it.")
    if result.refused_rows:
        sentences.append(f"{count(result.refused_rows, 'row')} cannot be read.")
    return " ".join(sentences)


def _since(changes: Changes) -> str:
    previous = changes.previous
    if previous is None:
        return "This is the first reconciliation."
    if not changes.is_told:
        return f"What changed since {previous.known_on} cannot be told: there are too many findings."
    if changes.is_none:
        return f"Nothing changed since {previous.known_on}."
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (len(changes.new), "new"),
            (len(changes.changed), "changed"),
            (len(changes.gone), "gone"),
        )
        if number
    ]
    return f"Since {previous.known_on}: {', '.join(parts)}."


def _figures(result: Reconciliation) -> tuple[Figure, ...]:
    changes = result.changes
    figures = [
        Figure(
            label="New since the last run",
            value=len(changes.new) if changes.previous and changes.is_told else "-",
            tone=Tone.ATTENTION if changes.new else Tone.QUIET,
            anchor="Changes",
        ),
        Figure(
            label="Gone since the last run",
            value=len(changes.gone) if changes.previous and changes.is_told else "-",
            tone=Tone.GOOD if changes.gone else Tone.QUIET,
            anchor="Changes",
        ),
    ]
    for kind in DRIFT_KINDS:
        number = result.counts.get(kind, 0)
        if number:
            figures.append(Figure(label=KIND_WORDS[kind], value=number, tone=_tone(kind), anchor="Drift"))
    figures.append(
        Figure(
            label="Matched",
            value=result.counts.get(FindingKind.MATCHED, 0),
            tone=Tone.GOOD,
            anchor="Matched",
        )
    )
    figures += [
        Figure(label=f"Earned, {currency}", value=amount, anchor="Earnings")
        for currency, amount in earned_by_currency(result).items()
    ]
    return tuple(figures)


def earned_by_currency(result: Reconciliation) -> dict[str, str]:
    """Return currency -> amount, over all programmes, where a currency is stated; never added across."""
    sums: dict[str, Any] = {}  # Any: Decimals, which `+` keeps exact
    for total in result.earnings:
        if total.amount is None:
            continue
        sums[total.currency] = sums.get(total.currency, 0) + total.amount
    return {currency: f"{amount:,}" for currency, amount in sums.items()}


def _charts(result: Reconciliation) -> tuple[Chart, ...]:
    bars = tuple(
        Bar(label=KIND_WORDS[kind], value=number, tone=_tone(kind))
        for kind in FindingKind
        if (number := result.counts.get(kind, 0))
    )
    return (Chart(name="by_kind", title="Claims by finding", unit="claims", bars=bars),)


def _tone(kind: FindingKind) -> Tone:
    if kind is FindingKind.MATCHED:
        return Tone.GOOD
    return Tone.BAD if kind in _BAD else Tone.ATTENTION


def _kind_pill(kind: FindingKind) -> Pill:
    return Pill(KIND_WORDS[kind], _tone(kind))


def changes_table(changes: Changes) -> Table:
    """Return what is new, changed and gone."""
    rows: list[tuple[Value, ...]] = [_change_row("new", finding, before=None) for finding in changes.new]
    rows += [_change_row("changed", finding, before=kept) for kept, finding in changes.changed]
    rows += [_gone_row(kept) for kept in changes.gone]
    return Table(
        name="Changes",
        title="What changed since the last reconciliation",
        note=_since(changes) if rows else "",
        group_by="change",
        columns=_CHANGE_COLUMNS,
        rows=tuple(rows),
        link_column="subject",
        when_empty=_since(changes),
    )


def _change_row(change: str, finding: Finding, *, before: Remembered | None) -> tuple[Value, ...]:
    return (
        _CHANGE_PILLS[change],
        _kind_pill(finding.kind),
        finding.subject,
        finding.claim_name,
        before.detail if before else None,
        finding.detail,
        finding.cause,
        finding.next_step,
    )


def _gone_row(kept: Remembered) -> tuple[Value, ...]:
    known = {str(kind): _kind_pill(kind) for kind in DRIFT_KINDS}
    pill = known.get(kept.kind, Pill(capitalized(kept.kind)))
    words, advice = "This was told the last time and is so no longer.", "No step is left for it."
    return (_CHANGE_PILLS["gone"], pill, kept.subject, None, kept.detail, None, words, advice)


def drift_table(result: Reconciliation) -> Table:
    """Return everything that differs, the most pressing kind first."""
    return Table(
        name="Drift",
        title="What differs",
        note=_cut_note(len(result.findings), result.drift, result.whole_list),
        group_by="kind",
        columns=_DRIFT_COLUMNS,
        rows=tuple(
            (
                _kind_pill(finding.kind),
                finding.reference,
                finding.claim_name,
                finding.cause,
                finding.next_step,
                finding.customer_name,
                finding.partner_name,
                finding.claim_id,
                finding.mpn_id,
                finding.products,
                finding.ledger_status,
                finding.reported_status,
                f"{finding.file}, row {finding.row}" if finding.file else None,
            )
            for finding in result.findings
        ),
        when_empty="Nothing differs.",
    )


def _cut_note(listed: int, number: int, whole_list: Path | None) -> str:
    """Return what to say of a list that has no room for all; an empty text where it has."""
    if listed >= number:
        return ""
    where = f" All of them: {whole_list}." if whole_list is not None else ""
    return f"{listed:,} of {number:,} are listed.{where}"


def _matched_table(result: Reconciliation) -> Table:
    return Table(
        name="Matched",
        title="Claims that agree",
        note=_cut_note(len(result.matched), result.counts.get(FindingKind.MATCHED, 0), result.whole_list),
        columns=_MATCHED_COLUMNS,
        rows=tuple(
            (
                finding.reference,
                finding.claim_id,
                finding.claim_name,
                finding.customer_name,
                finding.partner_name,
                finding.products,
                finding.ledger_status,
            )
            for finding in result.matched
        ),
        when_empty="No claim agrees.",
        in_text=False,
    )


def _earnings_table(result: Reconciliation) -> Table:
    return Table(
        name="Earnings",
        title="Earned by claims, by currency",
        note="Amounts of different currencies are never added.",
        columns=_EARNING_COLUMNS,
        rows=tuple(
            (total.currency, total.programme, total.amount, total.claims, total.rows)
            for total in result.earnings
        ),
        when_empty="The files hold no earnings of claims.",
    )


def _payments_table(result: Reconciliation) -> Table:
    return Table(
        name="Payments",
        title="Payments of all incentives, by currency",
        note="A payment covers all incentives of a program, not claims alone.",
        columns=_PAYMENT_COLUMNS,
        rows=tuple((total.currency, total.status, total.amount, total.payments) for total in result.payments),
        when_empty="No payments file was given.",
        in_text=bool(result.payments),
    )


def _refused_table(result: Reconciliation) -> Table:
    return Table(
        name="Unread",
        title="Rows that cannot be read",
        note=_cut_note(len(result.refused), result.refused_rows, None),
        columns=_REFUSED_COLUMNS,
        rows=tuple((row.file, row.row, row.message) for row in result.refused),
    )


def _files_table(result: Reconciliation) -> Table:
    return Table(
        name="Files",
        title="Files that were read",
        columns=_FILE_COLUMNS,
        rows=tuple((file.name, file.kind, file.rows, file.sha256) for file in result.files),
        in_text=False,
    )
