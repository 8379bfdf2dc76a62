"""The tables of a verdict: what was corrected, what is worth a look, the problems by kind, the files."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cpor_batch.domain.conflict import Conflict, ConflictKind, ConflictSide
from cpor_batch.domain.issue import Issue, IssueCode, Severity
from cpor_batch.domain.verdict import Verdict
from cpor_batch.reports.safe_text import visible_spaces
from cpor_batch.reports.tables import ColumnSpec, Comparison, Kind, Pill, Table, Tone, Value
from cpor_batch.reports.words import name_kind, status_label

_WORDS: Final = {
    "id": "ID",
    "guid": "GUID",
    "poe": "PoE",
    "mpn": "MPN",
    "csp": "CSP",
    "isv": "ISV",
    "xml": "XML",
}
_SEVERITIES: Final = {
    Severity.ERROR: Pill("Refused", Tone.BAD),
    Severity.CONFLICT: Pill("Held", Tone.ATTENTION),
    Severity.WARNING: Pill("Only a warning", Tone.WAITING),
}
_PLACE_COLUMNS: Final = (
    ColumnSpec("file", "File", Kind.TEXT, 26, is_filter=True),
    ColumnSpec("sheet", "Sheet", Kind.TEXT, 12),
    ColumnSpec("row", "Row", Kind.NUMBER, 8),
    ColumnSpec("cell", "Cell", Kind.TEXT, 8),
)
_SIDE_LABELS: Final = (
    "Claim name",
    "Partner",
    "Organisation",
    "MPN ID",
    "Activity",
    "Status",
    "Reference",
    "Since",
    "PoE signed",
    "File",
    "Row",
)
_NEXT_STEPS: Final = {
    ConflictKind.OWN_DUPLICATE: "Take the later claim out: the same partner has or asks for this already.",
    ConflictKind.SAME_ORGANISATION: "Agree inside the organisation which location claims; keep one of them.",
    ConflictKind.CONTESTED_IN_BATCH: "Decide which partner claims; the other claim is taken out.",
    ConflictKind.HELD_BY_OTHER_PARTNER: "Clear it up with customer and holder; only one partner can have it.",
    ConflictKind.POSSIBLE_OVERLAP: "Find out the subscription ID and fill it in on the line without one.",
    ConflictKind.LOOKALIKE_CUSTOMER: "Check that these are two different customers. Nothing is held.",
}


def code_in_words(code: IssueCode) -> str:
    """Return the code as a heading: "Tenant ID not a GUID"."""
    words = [_WORDS.get(word, word) for word in code.value.split("-")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def kinds_table(verdict: Verdict, to_fix: Table) -> Table:
    """Return the problems by kind, the most frequent first, each linked to the first row that has it."""
    numbers = Counter(issue.code for issue in verdict.issues)
    ordered = sorted(numbers, key=lambda code: (_rank(code), -numbers[code]))
    first: dict[IssueCode, Issue] = {}
    for issue in verdict.issues:
        first.setdefault(issue.code, issue)
    return Table(
        name="Problems",
        title="Problems by kind",
        columns=(
            ColumnSpec("problem", "Problem", Kind.TEXT, 34),
            ColumnSpec("number", "How many", Kind.NUMBER, 10),
            ColumnSpec("effect", "Effect", Kind.STATUS, 16),
            ColumnSpec("first", "First found in", Kind.TEXT, 34),
            ColumnSpec("code", "Code", Kind.TEXT, 28),
        ),
        rows=tuple(
            (code_in_words(code), numbers[code], _effect(code), first[code].where, code.value)
            for code in ordered
        ),
        links=tuple(_target(code, to_fix) for code in ordered),
        when_empty="No problems.",
    )


def _rank(code: IssueCode) -> int:
    # A good row of a refused claim is no problem of its own: it comes after those that are.
    if code.severity is Severity.WARNING:
        return 2
    return 1 if code is IssueCode.CLAIM_INCOMPLETE else 0


def _effect(code: IssueCode) -> Pill:
    return Pill("File refused", Tone.BAD) if code.is_of_file else _SEVERITIES[code.severity]


def _target(code: IssueCode, to_fix: Table) -> str:
    """Return where the first problem of this kind stands in the report: "Claims/12", or a table's name."""
    if code.is_of_file:
        return "Files"
    if code is IssueCode.VALUE_CORRECTED:
        return "Corrected"
    if code.severity is Severity.WARNING:
        return "Worth a look"
    problems = next(index for index, column in enumerate(to_fix.columns) if column.key == "ours:problems")
    for number, row in enumerate(to_fix.rows):
        if f"[{code.value}]" in str(row[problems]):
            return f"{to_fix.name}/{number}"
    return to_fix.name


def corrected_table(verdict: Verdict) -> Table:
    """Return every cell that was read otherwise than it is written, before and after."""
    found = [issue for issue in verdict.issues if issue.after is not None]
    return Table(
        name="Corrected",
        title="Corrected",
        note="Read otherwise than written. Your file was not changed; nothing needs to be done.",
        columns=(
            *_PLACE_COLUMNS,
            ColumnSpec("column", "Column", Kind.TEXT, 24, is_filter=True),
            ColumnSpec("before", "As written", Kind.TEXT, 44),
            ColumnSpec("after", "As read", Kind.TEXT, 44),
        ),
        rows=tuple(
            (*_place(issue), _column(issue), visible_spaces(issue.before or ""), issue.after)
            for issue in found
        ),
        when_empty="Nothing had to be corrected.",
    )


def warnings_table(verdict: Verdict) -> Table:
    """Return all other warnings: rows that are accepted, but worth a look."""
    found = [
        issue
        for issue in verdict.issues
        if issue.severity is Severity.WARNING and issue.code is not IssueCode.VALUE_CORRECTED
    ]
    return Table(
        name="Worth a look",
        title="Worth a look",
        note="Warnings only: none of these rows is refused because of them.",
        columns=(
            *_PLACE_COLUMNS,
            ColumnSpec("problem", "What", Kind.TEXT, 28, is_filter=True),
            ColumnSpec("message", "In words", Kind.TEXT, 60),
            ColumnSpec("hint", "What you may do", Kind.TEXT, 52),
        ),
        rows=tuple((*_place(issue), code_in_words(issue.code), issue.message, issue.hint) for issue in found),
        when_empty="No warnings.",
    )


def files_table(verdict: Verdict) -> Table:
    """Return the input files, and why one was refused as a whole."""
    rows: list[tuple[Value, ...]] = []
    for file in verdict.files:
        own = [issue for issue in verdict.issues if issue.file == file.name and issue.code.is_of_file]
        reason = "\n".join(f"{issue.message} {issue.hint} [{issue.code}]" for issue in own)
        pill = Pill("Refused", Tone.BAD) if file.is_refused else Pill("Read", Tone.GOOD)
        rows.append((file.name, file.sheet, file.rows, pill, reason, file.sha256))
    return Table(
        name="Files",
        title="Files",
        columns=(
            ColumnSpec("file", "File", Kind.TEXT, 32),
            ColumnSpec("sheet", "Sheet", Kind.TEXT, 14),
            ColumnSpec("rows", "Rows", Kind.NUMBER, 8),
            ColumnSpec("state", "State", Kind.STATUS, 12),
            ColumnSpec("reason", "Why", Kind.TEXT, 60),
            ColumnSpec("sha256", "SHA-256", Kind.ID, 68),
        ),
        rows=tuple(rows),
        row_tones=tuple(Tone.BAD if file.is_refused else None for file in verdict.files),
    )


def _place(issue: Issue) -> tuple[Value, ...]:
    return (issue.file, issue.sheet, issue.row, issue.cell)


def _column(issue: Issue) -> str:
    return (issue.column or "").replace("_", " ")


def conflict_comparisons(conflicts: Sequence[Conflict]) -> tuple[Comparison, ...]:
    """Return the conflicts side by side, in their order."""
    return tuple(_comparison(conflict) for conflict in conflicts)


def _comparison(conflict: Conflict) -> Comparison:
    customers = {(side.customer_name, side.tenant_id) for side in conflict.claims}
    item = (("Product", conflict.product), ("Subscription ID", conflict.subscription_id or ""))
    shared = (("Customer", conflict.claims[0].customer_name), ("Tenant ID", str(conflict.tenant_id)))
    # Look-alike customers differ in just this, so there it stands on each side.
    is_same = len(customers) == 1
    return Comparison(
        title=name_kind(conflict),
        pill=_SEVERITIES[conflict.severity],
        facts=(*shared, *item) if is_same else item,
        labels=_SIDE_LABELS if is_same else ("Customer", "Tenant ID", *_SIDE_LABELS),
        sides=tuple(_side(side, is_same_customer=is_same) for side in conflict.claims),
        rule=conflict.rule,
        next_step=_NEXT_STEPS[conflict.kind],
    )


def _side(side: ConflictSide, *, is_same_customer: bool) -> tuple[Value, ...]:
    customer: tuple[Value, ...] = () if is_same_customer else (side.customer_name, side.tenant_id)
    return (
        *customer,
        side.claim_name,
        side.partner_name,
        side.partner_organisation,
        side.mpn_id,
        side.activity,
        status_label(side.status, None),
        side.reference,
        side.since,
        side.poe_signed_on,
        side.file or "In the ledger",
        side.row,
    )
