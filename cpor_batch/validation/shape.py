"""The shape of typed rows, judged by the pandera schema of the rulebook: lengths, patterns, blanks."""

from collections import defaultdict
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
_NO_TEXT: Final = frozenset({ColumnKind.DATE, ColumnKind.YES_NO, ColumnKind.ACTIVITY})


def find_misshapen(
    columns: Mapping[str, TypedColumn], *, sheet: SheetSchema, edition: Edition
) -> Iterator[Finding]:
    """Yield the cells that are too long, malformed, or blank where every row needs a value.

    Claim-wide cells may be blank in the rows after the first; `claimwide.find_missing` judges those.
    """
    from pandera.errors import SchemaErrors

    from cpor_batch.rulebook.pandera_schema import build_schema

    schema = build_schema(sheet, edition)
    for frame in _frames(columns, sheet):
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as errors:
            yield from _findings(errors.failure_cases, columns, sheet)


def _frames(columns: Mapping[str, TypedColumn], sheet: SheetSchema) -> Iterator["pd.DataFrame"]:
    """Yield the distinct texts of the columns, each as often as the others of its frame need.

    The index is the code of the value; the row after the last one is missing, if a row of the sheet is blank
    there. Columns with about as many values share a frame, and so the padding stays short.
    """
    import pandas as pd

    frames: dict[int, dict[str, list[str | None]]] = defaultdict(dict)
    for rule in sheet.columns:
        column = columns[rule.key]
        texts: list[str | None] = [_text_of(value, rule) for value in column.values]  # noqa: PD011  (no Series)
        # Blank in a claim-wide column means "as above", which is no missing value.
        if _is_needed_in_rows(rule) and (column.codes == BLANK_CODE).any():
            texts.append(None)
        if texts:
            frames[len(texts).bit_length() // 2][rule.key] = texts
    for group in frames.values():
        height = max(map(len, group.values()))
        padded = {key: texts + texts[:1] * (height - len(texts)) for key, texts in group.items()}
        yield pd.DataFrame({key: pd.array(texts, dtype="str") for key, texts in padded.items()})


def _is_needed_in_rows(rule: ColumnRule) -> bool:
    return rule.scope is not Scope.CLAIM


def _text_of(value: Typed, rule: ColumnRule) -> str:
    if isinstance(value, Product | SolutionArea):
        return value.name
    return "" if rule.kind in _NO_TEXT else _written(value)


def _written(value: Typed | None) -> str:
    """Return the text of a value; the lines of an address stand one below the other."""
    return "\n".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _findings(
    failures: "pd.DataFrame", columns: Mapping[str, TypedColumn], sheet: SheetSchema
) -> Iterator[Finding]:
    from cpor_batch.rulebook.pandera_schema import code_of_failure

    failed: dict[tuple[str, IssueCode], set[int]] = defaultdict(set)
    for key, check, index in zip(failures["column"], failures["check"], failures["index"], strict=True):
        code, at = code_of_failure(str(check)), int(index)
        if code is IssueCode.CELL_REQUIRED and _is_needed_in_rows(sheet.column(key)):
            failed[key, code].add(BLANK_CODE)
        elif at < len(columns[key].values):
            failed[key, code].add(at)
    for (key, code), values in failed.items():
        column, rule = columns[key], sheet.column(key)
        path = f"required_columns.{key}" if code is IssueCode.CELL_REQUIRED else ""
        for position in np.flatnonzero(np.isin(column.codes, list(values))).tolist():
            yield Finding(position, key, _fault(code, rule, column[position]), path)


def _fault(code: IssueCode, rule: ColumnRule, value: Typed | None) -> Fault:
    match code:
        case IssueCode.CELL_REQUIRED:
            return Fault(code, f"{rule.header} is missing.", "Fill it in; it must stand in every row.")
        case IssueCode.TEXT_TOO_LONG:
            text = _written(value)
            length = len(text)
            message = f"The text {shown(text)} has {length} characters; {rule.max_length} is the most."
            return Fault(code, message, "Shorten the text.")
        case _:
            return Fault(
                code, f"{shown(value)} is not what {rule.header} must look like.", "Correct the cell."
            )
