"""The sheet as a pandera schema over typed columns.

Imported by validation only, because pandera takes most of a second to load. The names of the checks are the
codes of the issues that a failure becomes.
"""

import re
from typing import Any, Final

import pandera.pandas as pa

from cpor_batch.domain.edition import Edition
from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.sheet import ColumnKind, ColumnRule, SheetSchema

_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGITS: Final = re.compile(r"[0-9]+")
_GUID_CODES: Final = {
    "tenant_id": IssueCode.TENANT_ID_NOT_A_GUID,
    "subscription_id": IssueCode.SUBSCRIPTION_ID_NOT_A_GUID,
}
# Cells of these kinds are values once they are typed, not texts with a length.
_NO_TEXT: Final = frozenset({ColumnKind.DATE, ColumnKind.YES_NO})


def build_schema(sheet: SheetSchema, edition: Edition) -> pa.DataFrameSchema:
    """Return the schema of typed rows, to be validated lazily.

    Texts are pandas' str, blank cells missing values, the index the position of the row. A column that is
    absent is not judged, because a blank header is an issue of the file. A failed check bears the code of
    its issue; a missing value where one is required fails as `not_nullable`.
    """
    return pa.DataFrameSchema(
        {rule.key: _column(rule, edition) for rule in sheet.columns},
        strict=False,
        coerce=False,
        unique_column_names=True,
    )


def _column(rule: ColumnRule, edition: Edition) -> pa.Column:
    return pa.Column(
        dtype=None,
        checks=_checks(rule),
        nullable=not (rule.is_required or rule.key in edition.required),
        required=False,
        title=rule.header,
    )


def _checks(rule: ColumnRule) -> list[pa.Check]:
    if rule.kind in _NO_TEXT:
        return []
    too_long = str(IssueCode.TEXT_TOO_LONG)
    checks = [pa.Check.str_length(max_value=rule.max_length, name=too_long, error=too_long)]
    if rule.key in _GUID_CODES:
        checks.append(_matches(_GUID, _GUID_CODES[rule.key]))
    if rule.kind is ColumnKind.DIGITS:
        checks.append(_matches(_DIGITS, IssueCode.MPN_ID_NOT_NUMERIC))
    return checks


def _matches(pattern: re.Pattern[str], code: IssueCode) -> pa.Check:
    def is_match(texts: Any) -> Any:  # a Series in, a Series of booleans out; pandas is not imported here
        # `$` would let a line break at the end pass.
        return texts.str.fullmatch(pattern.pattern)

    return pa.Check(is_match, name=str(code), error=str(code))


def code_of_failure(check: str) -> IssueCode:
    """Return the code of the issue that a failure of this check becomes; ValueError for another check."""
    return IssueCode.CELL_REQUIRED if check == "not_nullable" else IssueCode(check)
