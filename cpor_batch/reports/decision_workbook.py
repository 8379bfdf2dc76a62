"""The workbook in which conflicts are decided: one block per conflict, its claims side by side.

`resolve` reads it back by its header row: Decision, Reason and two hidden columns that name the conflict and
the state its claims were in. The sheet is not protected; nothing in it decides for anybody.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from cpor_batch.domain.conflict import Conflict
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.files import write_atomically
from cpor_batch.reports.decision_block import Block, Columns, write_block
from cpor_batch.reports.decision_help import write_help
from cpor_batch.reports.decision_lists import write_choices
from cpor_batch.reports.safe_text import cell_text
from cpor_batch.reports.sheets import set_up_page
from cpor_batch.reports.styles import MUTED, Styles
from cpor_batch.reports.words import count
from cpor_batch.reports.workbook import OPTIONS

# `Any` throughout: xlsxwriter brings no types.

SHEET: Final = "Decisions"
HEADER_ROW: Final = 3
# More sides than this go below the first ones, so that the decision stays in sight.
_SIDES_ABREAST: Final = 3
_LABEL_WIDTH, _SIDE_WIDTH, _DECISION_WIDTH, _REASON_WIDTH = 22, 36, 26, 40
_HIDDEN_WIDTH: Final = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSheet:
    """What the workbook is made of."""

    conflicts: Sequence[Conflict]
    states: Mapping[ClaimReference, ClaimState]
    """The claims of the conflicts as they stand."""
    held: int
    as_of: date
    made_at: datetime
    tool_version: str


def write_decision_workbook(made_of: DecisionSheet, path: Path) -> None:
    """Write the workbook to `path`; OutputError if it cannot be written."""
    write_atomically(path, decision_workbook_bytes(made_of))


def decision_workbook_bytes(made_of: DecisionSheet) -> bytes:
    """Return the workbook as bytes; the same conflicts give the same bytes."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    styles = Styles(book)
    book.set_properties(
        {
            "title": "Conflicts to decide",
            "author": f"cpor-batch {made_of.tool_version}".strip(),
            "created": made_of.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    sheet = book.add_worksheet(SHEET)
    instructions = book.add_worksheet("Instructions")
    lists = book.add_worksheet("Lists")
    choices = write_choices(lists, made_of.conflicts, styles)
    lists.hide()
    _write_decisions(sheet, made_of, choices, styles)
    write_help(instructions, styles, tool_version=made_of.tool_version)
    sheet.activate()
    book.close()
    return buffer.getvalue()


def _write_decisions(
    sheet: Any, made_of: DecisionSheet, choices: Mapping[tuple[str, ...], str], styles: Styles
) -> None:
    most = max((len(conflict.claims) for conflict in made_of.conflicts), default=2)
    columns = Columns(sides=max(2, min(most, _SIDES_ABREAST)), side_width=_SIDE_WIDTH)
    title = styles.get(bold=True, font_size=15, valign="vcenter")
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, "Conflicts to decide", title)
    sheet.write_string(1, 0, cell_text(_note(made_of)), styles.get(font_color=MUTED))
    _write_header(sheet, columns, styles)
    row = HEADER_ROW + 1
    starts = []
    for number, conflict in enumerate(made_of.conflicts, start=1):
        block = Block(
            number=number,
            conflict=conflict,
            states=made_of.states,
            as_of=made_of.as_of,
            choices=choices,
        )
        starts.append(row)
        row = write_block(sheet, row, block, columns=columns, styles=styles) + 1
    if not made_of.conflicts:
        sheet.write_string(row, 0, "Nothing is open.", styles.get(font_color=MUTED))
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    set_up_page(sheet, title="Conflicts to decide", tool_version=made_of.tool_version, header_row=HEADER_ROW)
    if most <= _SIDES_ABREAST:
        # Two blocks go on a page; where the program that prints disregards breaks, nothing is lost.
        sheet.set_h_pagebreaks(starts[2::2])
    sheet.print_area(0, 0, max(row, HEADER_ROW + 1), columns.reason)


def _note(made_of: DecisionSheet) -> str:
    return (
        f"{count(len(made_of.conflicts), 'conflict')}, {count(made_of.held, 'claim')} held, as of "
        f"{made_of.as_of.isoformat()}. Choose in the yellow cells, save, then run: cpor-batch resolve "
        "FILE.xlsx. The sheet Instructions says what each decision does."
    )


def _write_header(sheet: Any, columns: Columns, styles: Styles) -> None:
    head = styles.head()
    sheet.set_row(HEADER_ROW, 20)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, columns.sides, _SIDE_WIDTH)
    sheet.set_column(columns.decision, columns.decision, _DECISION_WIDTH)
    sheet.set_column(columns.reason, columns.reason, _REASON_WIDTH)
    sheet.set_column(columns.conflict, columns.state, _HIDDEN_WIDTH, None, {"hidden": True})
    sheet.write_string(HEADER_ROW, 0, "What is known", head)
    sheet.merge_range(HEADER_ROW, 1, HEADER_ROW, columns.sides, "The claims, side by side", head)
    for column, text in (
        (columns.decision, "Decision"),
        (columns.reason, "Reason"),
        (columns.conflict, "Conflict ID"),
        (columns.state, "State of the claims"),
    ):
        sheet.write_string(HEADER_ROW, column, text, head)
