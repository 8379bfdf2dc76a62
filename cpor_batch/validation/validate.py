"""The two calls of judgement: each sheet on its own, then all of them with what the ledger knows."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import count

from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.evidence import Evidence, Unreadable
from cpor_batch.domain.issue import Issue, Severity
from cpor_batch.domain.known import House, Known
from cpor_batch.domain.rows import Rows
from cpor_batch.domain.standing import is_line_lapsed
from cpor_batch.domain.verdict import JudgedClaim, Outcome, RowPlace
from cpor_batch.memory import collector_paused
from cpor_batch.rulebook import Rulebook
from cpor_batch.validation.assembly import build_claims, find_known
from cpor_batch.validation.batch import Batch, join_rows, rule_text
from cpor_batch.validation.claimwide import Claims, find_missing, gather_claims
from cpor_batch.validation.crossing import Crossing, find_crossings
from cpor_batch.validation.eligibility import Lines, find_line_faults, resolve_activities, with_column
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.grouping import Group, Grouping, group_rows
from cpor_batch.validation.judged import BLANK_CODE, JudgedRows, TypedColumn, blank_column
from cpor_batch.validation.namesakes import find_namesakes, translate
from cpor_batch.validation.places import Sheet
from cpor_batch.validation.readers import Readers, read_column
from cpor_batch.validation.recorded import (
    Compared,
    compare,
    find_late_changes,
    find_shared_identities,
    find_taken_identities,
)
from cpor_batch.validation.shape import find_misshapen
from cpor_batch.validation.single import Single, find_single_faults


def get_ready(rulebook: Rulebook) -> None:
    """Load what judging needs, while something else is waited for: pandera takes a second for it."""
    nothing = {rule.key: blank_column(1) for rule in rulebook.sheet.columns}
    list(find_misshapen(nothing, sheet=rulebook.sheet, edition=rulebook.edition))


@collector_paused()
def judge_rows(
    rows: Rows, *, rulebook: Rulebook, house: House, locale: str | None = None, today: date
) -> JudgedRows:
    """Return the rows with typed cells, and every issue that a row has by itself.

    `locale` ("sv_SE") decides how a text such as 03/04/2026 is read; without it such a date is refused.
    """
    sheet = _sheet_of(rows, rulebook)
    columns, issues = _read_columns(rows, sheet, Readers.of(rulebook, locale=locale), rulebook)
    lines = Lines(columns=columns, edition=rulebook.edition, sheet=rulebook.sheet, house=house, today=today)
    activities, findings = resolve_activities(lines)
    lines = with_column(lines, "activity", activities)
    findings += find_misshapen(columns, sheet=rulebook.sheet, edition=rulebook.edition)
    findings += find_line_faults(lines)
    issues += (
        sheet.issue(one.position, one.key, one.fault, rule=rule_text(rulebook, rulebook.edition, one))
        for one in findings
    )
    return JudgedRows(
        places=sheet,
        columns=lines.columns,
        issues=tuple(issues),
        edition=rulebook.edition,
        namesakes=find_namesakes(rulebook.edition, tuple(rulebook.editions.values())),
    )


def _sheet_of(rows: Rows, rulebook: Rulebook) -> Sheet:
    return Sheet(
        file=rows.file,
        sheet=rows.sheet,
        numbers=rows.numbers,
        letters={key: column.letter for key, column in rows.columns.items()},
        headers={rule.key: rule.header for rule in rulebook.sheet.columns},
    )


def _read_columns(
    rows: Rows, sheet: Sheet, readers: Readers, rulebook: Rulebook
) -> tuple[dict[str, TypedColumn], list[Issue]]:
    columns: dict[str, TypedColumn] = {}
    issues: list[Issue] = []
    for rule in rulebook.sheet.columns:
        raw = rows.columns.get(rule.key)
        if raw is None:
            columns[rule.key] = blank_column(len(rows))
            continue
        columns[rule.key], found = read_column(raw, rule, reader=readers.reader_of(rule), sheet=sheet)
        issues += found
    return columns, issues


@collector_paused()
def judge_claims(
    judged: Sequence[JudgedRows],
    *,
    known: Known,
    rulebook: Rulebook,
    house: House,
    today: date,
    find_file: Callable[[str, str], bool],
    find_evidence: Callable[[str, str], Evidence | Unreadable | None] = lambda _file, _path: None,
) -> tuple[tuple[JudgedClaim, ...], tuple[Issue, ...]]:
    """Return the claims of all sheets in the order of their rows, and every issue of the run's rows.

    The issues of `judge_rows` are among them; they stand in the order of files, rows and columns. A claim
    comes back refused or accepted; conflicts may hold it, and `domain.verdict.settle` has the last word.
    `find_file` says whether a PoE document exists: (workbook's name, path as its cell has it) -> bool,
    and `find_evidence` what it shows: its date is judged where the cell of the date is blank.
    """
    if not judged:
        return (), ()
    batch = join_rows(judged)
    grouping = group_rows(batch)
    claims, findings = gather_claims(batch, grouping, rulebook.sheet)
    findings += find_missing(claims, rulebook.edition, rulebook.sheet)
    compared = _compare_all(claims, known, rulebook, house, today)
    states = [one.state for one in compared]
    single = Single(
        claims=claims,
        states=states,
        known=known,
        rulebook=rulebook,
        house=house,
        today=today,
        has_file=find_file,
        find_evidence=find_evidence,
    )
    findings += find_single_faults(single)
    findings += find_crossings(_crossing(claims, compared, known, rulebook, today))
    findings += find_late_changes(
        claims, compared, rulebook.editions, has_error=_error_finder(judged, batch, findings)
    )
    findings += find_shared_identities(claims, compared)
    findings += find_taken_identities(claims, compared, known, rulebook.editions)
    issues = _in_order(judged, batch, findings, rulebook)
    return _settle(batch, grouping, compared, issues), issues


def _error_finder(
    judged: Sequence[JudgedRows], batch: Batch, findings: Sequence[Finding]
) -> Callable[[int, str], bool]:
    """Return what tells of a row's cell whether an error was found in it so far."""

    @cache
    def cells() -> frozenset[tuple[int, str]]:
        found = {(one.position, one.key) for one in findings if one.fault.code.severity is Severity.ERROR}
        for rows, start in zip(judged, batch.starts, strict=True):
            wrong = [issue for issue in rows.issues if issue.severity is Severity.ERROR]
            positions = dict(zip(rows.places.numbers, count(start), strict=False)) if wrong else {}
            found |= {(positions[issue.row], issue.column or "") for issue in wrong if issue.row in positions}
        return frozenset(found)

    return lambda position, key: (position, key) in cells()


def _compare_all(
    claims: Claims, known: Known, rulebook: Rulebook, house: House, today: date
) -> list[Compared]:
    built = build_claims(claims, edition=rulebook.edition.name, house=house)
    namesakes = find_namesakes(rulebook.edition, tuple(rulebook.editions.values()))
    compared = []
    for number, one in enumerate(built):
        state = None if one is None else find_known(one, known, namesakes)
        edition = rulebook.editions.get(state.claim.edition) if state is not None else None
        claim, edition = one, edition or rulebook.edition
        if claim is not None and edition is not rulebook.edition:
            claim = translate(claim, rulebook.edition, edition)
        blank = _blank_columns(claims, number) if state is not None else ()
        compared.append(compare(claim, state, blank=blank, edition=edition, today=today))
    return compared


def _blank_columns(claims: Claims, number: int) -> list[str]:
    return [key for key, column in claims.columns.items() if column.codes[number] == BLANK_CODE]


def _crossing(
    claims: Claims, compared: Sequence[Compared], known: Known, rulebook: Rulebook, today: date
) -> Crossing:
    def is_lapsed(line: ClaimLine) -> bool:
        return is_line_lapsed(line, today=today)

    return Crossing(
        claims=claims,
        built=[one.claim for one in compared],
        states=[one.state for one in compared],
        known=known,
        edition=rulebook.edition,
        editions=rulebook.editions,
        is_lapsed=is_lapsed,
    )


def _in_order(
    judged: Sequence[JudgedRows], batch: Batch, findings: Iterable[Finding], rulebook: Rulebook
) -> tuple[Issue, ...]:
    """Return all issues by file, row and column; one code stands once in a cell."""
    files = {(sheet.file, sheet.sheet): number for number, sheet in enumerate(batch.sheets)}
    columns = {rule.key: number for number, rule in enumerate(rulebook.sheet.columns)}
    issues = [issue for rows in judged for issue in rows.issues]
    issues += (batch.issue(one, rule=rule_text(rulebook, rulebook.edition, one)) for one in findings)
    unique = {
        (issue.file, issue.sheet, issue.row, issue.column, issue.code): issue for issue in reversed(issues)
    }

    def order(issue: Issue) -> tuple[int, int, int]:
        return (files[issue.file, issue.sheet], issue.row or 0, columns[issue.column or "claim_name"])

    return tuple(sorted(unique.values(), key=order))


def _settle(
    batch: Batch, grouping: Grouping, compared: Sequence[Compared], issues: Iterable[Issue]
) -> tuple[JudgedClaim, ...]:
    bad = {
        RowPlace(issue.file, issue.sheet or "", issue.row or 0)
        for issue in issues
        if issue.severity is Severity.ERROR
    }
    judged = []
    for group, one in zip(grouping.groups, compared, strict=True):
        judged.append((group.listed[0], _judged_claim(batch, group, one, bad)))
    return tuple(claim for _first, claim in sorted(judged, key=lambda pair: pair[0]))


def _judged_claim(batch: Batch, group: Group, one: Compared, bad: set[RowPlace]) -> JudgedClaim:
    places = tuple(batch.place(position) for position in group.listed)
    is_refused = group.is_spoilt or not group.is_readable or (bool(bad) and not bad.isdisjoint(places))
    return JudgedClaim(
        name=group.name,
        mpn_id=str(batch.columns["mpn_id"][group.key] or ""),
        rows=places,
        claim=one.claim,
        outcome=Outcome.REFUSED if is_refused else Outcome.ACCEPTED,
        known=one.state,
        is_unchanged=one.is_unchanged,
        is_submission=one.is_submission,
    )
