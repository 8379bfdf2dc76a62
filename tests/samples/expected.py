"""What is to be found in a sample workbook.

Reckoned from what was planted in it and from the contract alone, never from what the program says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cpor_batch.domain.issue import IssueCode, Severity
from tests.samples.claims import BUSINESS, TODAY, Mode, PlantedConflict, Row, SampleClaim, Side
from tests.samples.work import SPELLINGS
from tests.samples.workbooks import SampleWorkbook

# `Any`: what json.dumps takes.
Json = dict[str, Any]

_CANONICAL: Final = {spelt: name for name, spelt in SPELLINGS.items()}


def expected_json(
    sample: SampleWorkbook, *, before: Sequence[str], others: Mapping[str, SampleWorkbook]
) -> Json:
    """Return the findings of `check` on the workbook alone, and of `ingest` after the workbooks before it."""
    return {
        "as_of": TODAY.isoformat(),
        "after": [],
        **_findings(sample, "alone", others),
        "ingest": {"after": list(before), **_findings(sample, "ingest", others)},
    }


def _findings(sample: SampleWorkbook, mode: Mode, others: Mapping[str, SampleWorkbook]) -> Json:
    issues = [*_header_issues(sample), *_row_issues(sample, mode)]
    issues.sort(key=_place)
    conflicts = [_conflict(planted, sample, others) for planted in sample.conflicts if mode in planted.modes]
    return {"counts": _counts(sample, mode), "issues": issues, "conflicts": conflicts}


def _place(issue: Json) -> tuple[int, int, str, str]:
    cell = issue["cell"] or ""
    return (issue["row"], len(cell), cell, issue["code"])


def _issue(code: IssueCode, cell: str | None, row: int, column: str | None) -> Json:
    return {"code": str(code), "cell": cell, "row": row, "column": column, "severity": str(code.severity)}


def _header_issues(sample: SampleWorkbook) -> list[Json]:
    row = sample.look.header_row
    unknown = [key for key in sample.look.columns if key.startswith("x:")]
    return [_issue(IssueCode.COLUMN_UNKNOWN, f"{sample.letter(key)}{row}", row, None) for key in unknown]


def _row_issues(sample: SampleWorkbook, mode: Mode) -> list[Json]:
    numbers = sample.row_numbers()
    issues = []
    for claim in sample.claims:
        for row in claim.rows:
            found = [(finding.code, finding.column) for finding in row.findings if mode in finding.modes]
            if row is _first_good_row(claim, mode):
                found.append((IssueCode.CLAIM_INCOMPLETE, "claim_name"))
            number = numbers[id(row)]
            issues += [
                _issue(code, f"{sample.letter(key)}{number}" if key else None, number, key or None)
                for code, key in found
            ]
    return issues


def _first_good_row(claim: SampleClaim, mode: Mode) -> Row | None:
    good = [row for row in claim.rows if not row.has_error(mode)]
    return good[0] if good and len(good) < len(claim.rows) else None


def _counts(sample: SampleWorkbook, mode: Mode) -> Json:
    held = {
        id(side.claim)
        for planted in sample.conflicts
        if mode in planted.modes and planted.severity == Severity.CONFLICT
        for side in planted.sides
        if side.file is None
    }
    rows: Counter[str] = Counter()
    for claim in sample.claims:
        is_refused = any(row.has_error(mode) for row in claim.rows)
        outcome = "refused" if is_refused else "held" if id(claim) in held else "accepted"
        rows[outcome] += len(claim.rows)
    return {
        "files": 1,
        "rows": rows.total(),
        "claims": len(sample.claims),
        "accepted": rows["accepted"],
        "refused": rows["refused"],
        "held": rows["held"],
    }


def _conflict(planted: PlantedConflict, sample: SampleWorkbook, others: Mapping[str, SampleWorkbook]) -> Json:
    asking = next(side for side in planted.sides if side.file is None)
    cells = asking.claim.rows[asking.row].cells
    product = _product(asking)
    # A line without an ID may stand for the subscription of a line with one; another product's never.
    ids = [
        side.claim.rows[side.row].cells["subscription_id"]
        for side in planted.sides
        if _product(side) == product
    ]
    return {
        "kind": planted.kind,
        "severity": planted.severity,
        "level": "subscription" if cells["solution_area"] == BUSINESS else "workload",
        "tenant_id": cells["tenant_id"],
        "product": product,
        "subscription_id": next((value for value in ids if value), None),
        "claims": [_side(side, sample if side.file is None else others[side.file]) for side in planted.sides],
    }


def _product(side: Side) -> str:
    product = str(side.claim.rows[side.row].cells["product"])
    return _CANONICAL.get(product, product)


def _side(side: Side, sample: SampleWorkbook) -> Json:
    row = side.claim.rows[side.row]
    return {
        "mpn_id": str(row.cells["mpn_id"]),
        "claim_name": side.claim.name,
        "file": sample.file,
        "row": sample.row_numbers()[id(row)],
        "status": side.status or ("submitted" if side.claim.is_submitted else "editing"),
    }
