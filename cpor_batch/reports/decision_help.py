"""The sheet that says how conflicts are decided and what each decision does."""

from typing import Any, Final

from cpor_batch.domain.arbitration import RULE
from cpor_batch.reports.sheets import row_height, set_up_page
from cpor_batch.reports.styles import RULE as LINE
from cpor_batch.reports.styles import Styles

# `Any` throughout: xlsxwriter brings no types.

_WIDTHS: Final = (30, 96)
_STEPS: Final = (
    "Compare the claims of a conflict on the sheet Decisions: who, since when, with which PoE.",
    "Talk to the other partner. Nothing here decides for you, and Microsoft has the last word.",
    "Choose a decision from the list in the yellow cell and say why beside it. A blank cell stays open.",
    "Save the workbook and run: cpor-batch resolve FILE.xlsx. With --dry-run it only says what would happen.",
    "A conflict of which a claim has changed meanwhile is reported and skipped; then write a new workbook.",
)
_KEEP: Final = (
    "That side stands: it is held no longer once its other conflicts are decided too. The other sides give "
    "way: held claims are withdrawn, and so are claims that are still being edited. A claim that Microsoft "
    "has, or that belongs to a partner who is not one of yours, is never withdrawn this way: the decision is "
    "reported and the conflict stays open. Needs a reason."
)
_CONTEST: Final = (
    "All sides stand. Submit the claim with a newer PoE and Microsoft arbitrates; its review may take longer."
)
_WITHDRAW: Final = (
    "The held claims of this conflict are withdrawn; a claim that holds the workload or subscription already "
    "keeps it. Needs a reason."
)
_NO_CONFLICT: Final = (
    "All sides stand, because they are about different things or have agreed: another subscription, or two "
    "locations of one organisation that divide the work."
)
_DECISIONS: Final = (
    ("Keep first, Keep second, ...", _KEEP),
    ("Contest with newer PoE", _CONTEST),
    ("Withdraw", _WITHDRAW),
    ("Not a conflict", _NO_CONFLICT),
)
_WHOLE: Final = (
    "A claim is withdrawn with all its lines. To give up one line only, take it out of its batch and ingest "
    "that batch again; the conflict is gone then."
)
_HOLDERS: Final = (
    "Where all sides hold the key already, by what Microsoft said, no claim is held for it. Keep one side to "
    "withdraw the other; what Microsoft has is taken back in Partner Center, then recorded as withdrawn."
)
_NOTES: Final = (
    _WHOLE,
    _HOLDERS,
    "A claim that is held for several conflicts is released when all of them are decided.",
    "Once decided, the same claims do not collide over the same thing again when their files come again.",
    RULE,
)


def write_help(sheet: Any, styles: Styles, *, tool_version: str) -> None:
    """Write the steps, the decisions and the notes to an empty sheet."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, "How to decide conflicts", styles.get(bold=True, font_size=15))
    row = 2
    for number, step in enumerate(_STEPS, start=1):
        _write_wide(sheet, row, f"{number}.  {step}", styles)
        row += 1
    row += 1
    sheet.write_string(row, 0, "Decision", styles.head())
    sheet.write_string(row, 1, "What it does", styles.head())
    for name, text in _DECISIONS:
        row += 1
        sheet.set_row(row, row_height([name, text], _WIDTHS))
        sheet.write_string(row, 0, name, styles.get(bold=True, text_wrap=True, bottom=1, bottom_color=LINE))
        sheet.write_string(row, 1, text, styles.get(text_wrap=True, bottom=1, bottom_color=LINE))
    row += 2
    for note in _NOTES:
        _write_wide(sheet, row, note, styles)
        row += 1
    set_up_page(sheet, title="How to decide conflicts", tool_version=tool_version)


def _write_wide(sheet: Any, row: int, text: str, styles: Styles) -> None:
    style = styles.get(text_wrap=True)
    sheet.merge_range(row, 0, row, 1, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, row_height([text], [sum(_WIDTHS)]) + 2)
