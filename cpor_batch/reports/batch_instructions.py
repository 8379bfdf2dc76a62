"""The sheet of the blank batch workbook that says how to fill it in."""

from typing import Any, Final

from cpor_batch.reports.batch_job import HEAD_FILLS, Job, header
from cpor_batch.reports.sheets import row_height, set_up_page
from cpor_batch.reports.styles import MUTED
from cpor_batch.rulebook.sheet import ColumnRule, Scope

# `Any` throughout: xlsxwriter brings no types.

_WIDTHS: Final = (34, 20, 78, 34)


def write_instructions(sheet: Any, job: Job, tool_version: str) -> None:
    """Write title, steps, colours and the list of columns to an empty sheet."""
    texts, styles = job.words.texts, job.styles
    wrapped = styles.get(text_wrap=True)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, texts["title"], styles.get(bold=True, font_size=20, valign="vcenter"))
    sheet.write_string(
        1, 0, f"{job.rulebook.edition.title} ({job.rulebook.edition.name})", styles.get(font_color=MUTED)
    )
    _write_merged(sheet, 2, texts["subtitle"], styles.get(text_wrap=True, font_size=11))
    row = 4
    for number, step in enumerate(job.words.steps, start=1):
        label = job.rulebook.edition.settings.identifier_label
        _write_merged(sheet, row, f"{number}.  {step.replace('{label}', label)}", wrapped)
        row += 1
    row = _write_colours(sheet, row + 1, job)
    sheet.write_string(row, 0, texts["columns_title"], styles.get(bold=True, font_size=12))
    for index, key in enumerate(("column", "required", "help", "scope")):
        sheet.write_string(row + 1, index, texts[key], styles.head())
    for offset, rule in enumerate(job.columns, start=row + 2):
        cells = (
            header(job, rule),
            _when(job, rule),
            rule.help[job.language],
            job.words.scopes[rule.scope.value],
        )
        sheet.set_row(offset, row_height(cells, _WIDTHS))
        for index, text in enumerate(cells):
            sheet.write_string(
                offset, index, text, styles.get(text_wrap=True, bottom=1, bottom_color="#D5DBE1")
            )
    set_up_page(sheet, title=texts["title"], tool_version=tool_version)


def _write_merged(sheet: Any, row: int, text: str, style: Any) -> None:
    sheet.merge_range(row, 0, row, 3, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, row_height([text], [sum(_WIDTHS)]) + 2)


def _write_colours(sheet: Any, row: int, job: Job) -> int:
    sheet.write_string(row, 0, job.words.texts["colours_title"], job.styles.get(bold=True, font_size=12))
    for scope in Scope:
        row += 1
        style = job.styles.get(bg_color=HEAD_FILLS[scope], text_wrap=True)
        sheet.write_string(row, 0, job.words.scopes[scope.value], style)
    return row + 2


def _when(job: Job, rule: ColumnRule) -> str:
    if job.is_required(rule):
        return job.words.texts["always"]
    return job.words.texts["some_cases" if rule.key in _sometimes(job) else "optional"]


def _sometimes(job: Job) -> frozenset[str]:
    edition = job.rulebook.edition
    by_activity = frozenset(key for activity in edition.activities for key in activity.requires)
    technical = {"technical_contact_name", "technical_contact_title", "technical_contact_email"}
    return by_activity | {"subscription_id"} | (technical if edition.technical_contact_families else set())
