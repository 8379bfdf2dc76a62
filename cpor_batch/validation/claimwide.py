"""Cells that hold for the whole claim: blank after its first row means "as above", another value differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from cpor_batch.domain.edition import Activity, Edition, Product
from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.sheet import Scope, SheetSchema
from cpor_batch.validation.batch import Batch
from cpor_batch.validation.eligibility import find_outside_area
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.grouping import GROUPING_KEYS, Grouping
from cpor_batch.validation.judged import BLANK_CODE, Codes, Mask, Positions, TypedColumn
from cpor_batch.validation.reading import Fault, Typed, shown

TECHNICAL_CONTACT: Final = ("technical_contact_name", "technical_contact_title", "technical_contact_email")
# The codes of columns that have one of their own when they are missing; the others are `cell-required`.
_CODES: Final[Mapping[str, IssueCode]] = {
    **dict.fromkeys(TECHNICAL_CONTACT, IssueCode.TECHNICAL_CONTACT_REQUIRED),
    "solution_seller_name": IssueCode.SOLUTION_SELLER_REQUIRED,
    "isv_solution_name": IssueCode.ISV_SOLUTION_REQUIRED,
}
_MANY: Final = 20
"""With more claims than that nobody looks which of them a row agrees with."""


@dataclass(frozen=True, slots=True)
class ClaimColumn:
    """One claim-wide column, a value per claim."""

    codes: Codes
    """Of each claim: an index into `values`, or BLANK_CODE."""
    values: tuple[Typed, ...]
    sources: Positions
    """Of each claim: the row that has the value, else the claim's first row."""

    def __getitem__(self, claim: int) -> Typed | None:
        code = self.codes[claim]
        return self.values[code] if code >= 0 else None

    def listed(self) -> list[Typed | None]:
        """Return the value of every claim, in their order."""
        values = (*self.values, None)
        return [values[code] for code in self.codes.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims as columns."""

    batch: Batch
    grouping: Grouping
    columns: Mapping[str, ClaimColumn]
    """The claim-wide columns."""
    firsts: Positions
    """Of each claim: its first row."""
    keys: Mapping[str, Codes]
    """Of each claim, by column: its grouping cell, as a code of the batch's column."""

    def __len__(self) -> int:
        return len(self.grouping.groups)

    def grouped(self, key: str) -> list[Typed | None]:
        """Return a grouping cell of every claim, in their order; None where it cannot be read."""
        values = (*self.batch.columns[key].values, None, None)
        return [values[code] for code in self.keys[key].tolist()]

    def rows(self, claim: int) -> list[int]:
        """Return the positions of a claim's rows."""
        return self.grouping.groups[claim].rows

    def line_rows(self, claim: int) -> list[int]:
        """Return the positions of the rows that are lines of the claim as it was built, in their order."""
        products = self.batch.columns["product"].codes
        return [row for row in self.own_rows(claim) if products[row] >= 0]

    def own_rows(self, claim: int) -> list[int]:
        """Return the positions of those of its rows whose grouping cells can all be read."""
        group, is_readable = self.grouping.groups[claim], self.grouping.is_readable
        return [row for row in group.rows if is_readable[row]] if group.is_spoilt else group.rows


def gather_claims(batch: Batch, grouping: Grouping, sheet: SheetSchema) -> tuple[Claims, list[Finding]]:
    """Return the claims with the value of each claim-wide column, and the cells that differ from it."""
    firsts = np.asarray([group.first for group in grouping.groups], dtype=np.intp)
    columns, findings = {}, []
    for rule in sheet.columns:
        if rule.scope is Scope.CLAIM:
            columns[rule.key], differing = _gather(batch.columns[rule.key], grouping, firsts)
            found = columns[rule.key]
            findings += [
                _differs(batch, grouping, rule.key, found, position, int(grouping.claim_of[position]))
                for position in differing
            ]
            findings += _differ_from_all(batch, grouping, rule.key, found)
    keys = {key: _grouped(batch.columns[key], grouping) for key in GROUPING_KEYS}
    return Claims(batch=batch, grouping=grouping, columns=columns, firsts=firsts, keys=keys), findings


def _grouped(column: TypedColumn, grouping: Grouping) -> Codes:
    codes = column.codes[[group.key for group in grouping.groups]]
    for number, group in enumerate(grouping.groups):
        if not group.is_readable:
            codes[number] = column.codes[group.rows].max()
    return codes


def _gather(column: TypedColumn, grouping: Grouping, firsts: Positions) -> tuple[ClaimColumn, list[int]]:
    claim_of = grouping.claim_of
    filled = np.flatnonzero((column.codes >= 0) & (claim_of >= 0))
    sources = firsts.copy()
    # The last assignment wins, so the rows come last to first.
    sources[claim_of[filled[::-1]]] = filled[::-1]
    codes = np.maximum(column.codes[sources], BLANK_CODE) if len(sources) else np.empty(0, dtype=np.int32)
    differing = filled[column.codes[filled] != codes[claim_of[filled]]] if len(filled) else filled
    return ClaimColumn(codes, column.values, sources), differing.tolist()


def _differ_from_all(batch: Batch, grouping: Grouping, key: str, column: ClaimColumn) -> Iterator[Finding]:
    """Yield the cells of rows of unclear claim that differ from every claim that they may belong to."""
    codes = batch.columns[key].codes
    for position, claims in grouping.guesses:
        code = codes[position]
        if (
            code >= 0
            and len(claims) <= _MANY
            and all(column.codes[claim] not in (code, BLANK_CODE) for claim in claims)
        ):
            yield _differs(batch, grouping, key, column, position, claims[0])


def _differs(
    batch: Batch, grouping: Grouping, key: str, column: ClaimColumn, position: int, claim: int
) -> Finding:
    where = batch.row_from(int(column.sources[claim]), seen_from=position)
    found, first = batch.columns[key][position], column[claim]
    name = grouping.groups[claim].name
    message = f"{in_words(found)} differs from {in_words(first)} in {where} of the claim {shown(name)}."
    hint = "Leave the cell blank, or write the same in all rows of the claim; two claims need two names."
    return Finding(position, key, Fault(IssueCode.CLAIM_HEADER_DIFFERS, message, hint))


def in_words(value: Typed | None) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, bool):
        return '"Yes"' if value else '"No"'
    if isinstance(value, tuple):
        return shown("; ".join(map(str, value)))
    return "nothing" if value is None else shown(value)


def find_missing(claims: Claims, edition: Edition, sheet: SheetSchema) -> Iterator[Finding]:
    """Yield the claim-wide cells that a claim needs and whose first row leaves them blank.

    Where an earlier row may belong to the claim, blank cells may mean "as above", and nothing is said.
    """
    begins = np.asarray([not group.may_continue for group in claims.grouping.groups], dtype=np.bool_)
    for rule in sheet.columns:
        if rule.scope is not Scope.CLAIM:
            continue
        needed, why, path = _needed(rule.key, claims, edition, is_always=rule.is_required)
        blank = claims.batch.columns[rule.key].codes[claims.firsts] == BLANK_CODE
        code = _CODES.get(rule.key, IssueCode.CELL_REQUIRED)
        for claim in np.flatnonzero(needed & blank & begins).tolist():
            message = f"{rule.header} is missing{why}."
            yield Finding(
                int(claims.firsts[claim]),
                rule.key,
                Fault(code, message, _remedy(claims, rule.key, claim)),
                path,
            )


def _remedy(claims: Claims, key: str, claim: int) -> str:
    source = int(claims.columns[key].sources[claim])
    first = int(claims.firsts[claim])
    if source == first:
        return "Fill it in; the claim's other rows may leave it blank."
    return f"Move it from {claims.batch.row_from(source, seen_from=first)} to the claim's first row."


def _needed(key: str, claims: Claims, edition: Edition, *, is_always: bool) -> tuple[Mask, str, str]:
    if is_always or key in edition.required:
        return np.ones(len(claims), dtype=np.bool_), "", f"required_columns.{key}"
    if key in TECHNICAL_CONTACT:
        families = " and ".join(sorted(edition.technical_contact_families))
        return _with_family(claims, edition), f"; {families} needs a technical contact", "technical_contact"
    return (
        _with_activity(key, claims),
        "; the activity of this claim needs it",
        "statements.revenue-association",
    )


def _with_family(claims: Claims, edition: Edition) -> Mask:
    column = claims.batch.columns["product"]
    families = edition.technical_contact_families
    table = [isinstance(value, Product) and value.family in families for value in column.values]
    is_of_family = np.asarray([*table, False, False])[column.codes]
    # A product outside its area is the wrong one; that the claim lacks a contact would be no news.
    concerned = is_of_family & ~find_outside_area(claims.batch.columns) & (claims.grouping.claim_of >= 0)
    needed = np.zeros(len(claims), dtype=np.bool_)
    needed[claims.grouping.claim_of[concerned]] = True
    return needed


def _with_activity(key: str, claims: Claims) -> Mask:
    column = claims.batch.columns["activity"]
    table = [isinstance(value, Activity) and key in value.requires for value in column.values]
    return np.asarray([*table, False, False])[claims.keys["activity"]]
