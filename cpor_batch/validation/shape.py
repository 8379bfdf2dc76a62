"""The shape of typed rows, judged by the pandera schema of the rulebook: lengths, patterns, blanks."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from cpor_batch.domain.edition import Edition, Product, SolutionArea
from cpor_batch.domain.issue import IssueCode
from cpor_batch.rulebook.sheet import ColumnKind, ColumnRule, Scope, SheetSchema
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import BLANK_CODE, TypedColumn
from cpor_batch.validation.reading import Fault, Typed, shown

if TYPE_CHECKING:
    import pandas as pd

# Values of these kinds are no texts; the schema asks of them no more than that they are there.
_NO_TEXT: Final = frozenset({ColumnKind.DATE, ColumnKind.YES_NO, ColumnKind.ADDRESS, ColumnKind.ACTIVITY})


def find_misshapen(
    columns: Mapping[str, TypedColumn], *, sheet: SheetSchema, edition: Edition
) -> Iterator[Finding]:
    """Yield the cells that are too long, malformed, or blank where every row needs a value.

    Claim-wide cells may be blank in the rows after the first; `claimwide.find_missing` judges those.
    """
    from pandera.errors import SchemaErrors

    from cpor_batch.rulebook.pandera_schema import build_schema

    try:
        build_schema(sheet, edition).validate(_frame(columns, sheet), lazy=True)
    except SchemaErrors as errors:
        yield from _findings(errors.failure_cases, columns, sheet)


def _frame(columns: Mapping[str, TypedColumn], sheet: SheetSchema) -> "pd.DataFrame":
    """Return the columns as pandas has them: texts, with a missing value for what is blank or unreadable."""
    import pandas as pd

    texts = {}
    for rule in sheet.columns:
        column = columns[rule.key]
        distinct = column.values  # noqa: PD011  (a column of ours, no Series)
        if distinct or _is_needed_in_rows(rule):
            own = pd.array([_text_of(value, rule) for value in distinct], dtype="str")
            # Blank in a claim-wide column means "as above", which is no missing value.
            fill = None if _is_needed_in_rows(rule) else ""
            codes = np.maximum(column.codes, BLANK_CODE)
            texts[rule.key] = own.take(codes, allow_fill=True, fill_value=fill)
    return pd.DataFrame(texts)


def _is_needed_in_rows(rule: ColumnRule) -> bool:
    return rule.scope is not Scope.CLAIM


def _text_of(value: Typed, rule: ColumnRule) -> str:
    if isinstance(value, Product | SolutionArea):
        return value.name
    return "" if rule.kind in _NO_TEXT else str(value)


def _findings(
    failures: "pd.DataFrame", columns: Mapping[str, TypedColumn], sheet: SheetSchema
) -> Iterator[Finding]:
    from cpor_batch.rulebook.pandera_schema import code_of_failure

    seen: set[tuple[str, int, IssueCode]] = set()
    cells = zip(failures["column"], failures["check"], failures["index"], strict=True)
    for key, check, index in cells:
        code, position = code_of_failure(str(check)), int(index)
        column, rule = columns[key], sheet.column(key)
        is_blank = column.codes[position] == BLANK_CODE
        if code is IssueCode.CELL_REQUIRED and not (is_blank and _is_needed_in_rows(rule)):
            continue
        if (key, position, code) not in seen:
            seen.add((key, position, code))
            path = f"required_columns.{key}" if code is IssueCode.CELL_REQUIRED else ""
            yield Finding(position, key, _fault(code, rule, column[position]), path)


def _fault(code: IssueCode, rule: ColumnRule, value: Typed | None) -> Fault:
    match code:
        case IssueCode.CELL_REQUIRED:
            return Fault(code, f"{rule.header} is missing.", "Fill it in; it must stand in every row.")
        case IssueCode.TEXT_TOO_LONG:
            length = len(str(value))
            message = f"The text {shown(value)} has {length} characters; {rule.max_length} is the most."
            return Fault(code, message, "Shorten the text.")
        case _:
            return Fault(
                code, f"{shown(value)} is not what {rule.header} must look like.", "Correct the cell."
            )
