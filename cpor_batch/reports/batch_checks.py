"""What Excel shows and checks in the cells of the blank batch workbook: it warns, the judgement decides."""

from datetime import date
from typing import Any, Final

from cpor_batch.reports.batch_job import Job, header
from cpor_batch.rulebook.sheet import ColumnKind, ColumnRule

# `Any`: the options of xlsxwriter, which brings no types.

_TITLE_LIMIT, _MESSAGE_LIMIT = 32, 255

_LISTS: Final = {
    ColumnKind.AREA: "=list_areas",
    ColumnKind.COUNTRY: "=list_countries",
    ColumnKind.LANGUAGE: "=list_languages",
    ColumnKind.YES_NO: "=list_yes_no",
}
_BY_AREA: Final = {ColumnKind.ACTIVITY: "activities", ColumnKind.PRODUCT: "products"}
# {cell} is the first cell of the column; Excel shifts it for the others.
_FORMULAS: Final = {
    ColumnKind.GUID: (
        "guid",
        '=LEN(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(TRIM({cell}),"-",""),"{{",""),"}}",""))=32',
    ),
    ColumnKind.DIGITS: ("digits", "=ISNUMBER(VALUE({cell}))"),
    ColumnKind.EMAIL: (
        "email",
        '=AND(ISNUMBER(FIND(".",{cell},FIND("@",{cell})+2)),ISERROR(FIND(" ",TRIM({cell}))))',
    ),
}


def validation(job: Job, rule: ColumnRule) -> dict[str, Any]:
    """Return what Excel shows and checks in the cells of a column: it warns, the judgement decides."""
    first = f"{job.letter(rule.key)}2"
    options: dict[str, Any] = {
        "input_title": header(job, rule)[:_TITLE_LIMIT],
        "input_message": rule.help[job.language][:_MESSAGE_LIMIT],
        "error_type": "warning",
        "ignore_blank": True,
    }
    kind, check = _check(job, rule, first)
    title, text = job.words.messages[kind]
    return {
        **options,
        **check,
        "error_title": title[:_TITLE_LIMIT],
        "error_message": text[:_MESSAGE_LIMIT],
    }


def _check(job: Job, rule: ColumnRule, cell: str) -> tuple[str, dict[str, Any]]:
    """Return the kind of message that fits the column, and the options of the check."""
    if rule.kind in _LISTS:
        return "pick", {"validate": "list", "source": _LISTS[rule.kind]}
    if rule.kind in _BY_AREA:
        return "pick", {"validate": "list", "source": _by_area(job, _BY_AREA[rule.kind])}
    if rule.kind in _FORMULAS:
        kind, formula = _FORMULAS[rule.kind]
        return kind, {"validate": "custom", "value": formula.format(cell=cell)}
    if rule.kind is ColumnKind.DATE:
        days = {"minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31)}
        return "date", {"validate": "date", "criteria": "between", **days}
    return "length", {"validate": "length", "criteria": "<=", "value": rule.max_length}


def _by_area(job: Job, what: str) -> str:
    """Return the formula of a list that follows the row's solution area: all of them while it is blank.

    IF over named ranges works in Excel and LibreOffice alike, and nothing in it is volatile.
    """
    area = f"${job.letter('solution_area')}2"
    formula = f"list_{what}"
    for number in range(len(job.rulebook.edition.solution_areas), 0, -1):
        formula = f"IF({area}=list_area_{number},list_{what}_{number},{formula})"
    return f"={formula}"
