"""One conflict on the sheet Decisions: its title, its claims side by side, the cells to fill in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cpor_batch.domain.arbitration import Favour, age_in_months, find_favoured
from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.conflict import Conflict, ConflictSide
from cpor_batch.domain.decision import build_fingerprint, conflict_id, find_choices, ordinal
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports.safe_text import cell_text
from cpor_batch.reports.sheets import row_height
from cpor_batch.reports.styles import FILLS, INKS, MUTED, RULE, Styles, write_cell
from cpor_batch.reports.tables import Kind, Tone, Value
from cpor_batch.reports.words import capitalized, name_kind, plain, status_pill

# `Any` throughout: xlsxwriter brings no types.

INPUT: Final = "#FFF8D6"
_TITLE_FILL: Final = "#DCE6EE"
_LABEL_WIDTH: Final = 22
# Lines of a claim that are named; a claim may have hundreds.
_NAMED_LINES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where things stand on the sheet: labels in column 0, then so many sides abreast, then the rest."""

    sides: int
    side_width: int

    @property
    def decision(self) -> int:
        """Index of the column with the drop-downs."""
        return self.sides + 1

    @property
    def reason(self) -> int:
        """Index of the column for the reasons."""
        return self.sides + 2

    @property
    def conflict(self) -> int:
        """Index of the hidden column that names the conflict."""
        return self.sides + 3

    @property
    def state(self) -> int:
        """Index of the hidden column with the state of the claims."""
        return self.sides + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One conflict and what its block shows."""

    number: int
    conflict: Conflict
    states: Mapping[ClaimReference, ClaimState]
    as_of: date
    choices: Mapping[tuple[str, ...], str]
    """Decisions -> the range of the list behind the drop-down."""


def write_block(sheet: Any, row: int, block: Block, *, columns: Columns, styles: Styles) -> int:
    """Write one block from `row` on and return the row below it."""
    first = row
    _write_title(sheet, row, block, columns, styles)
    favour = find_favoured(block.conflict)
    sides = list(enumerate(block.conflict.claims))
    for start in range(0, len(sides), columns.sides):
        abreast = sides[start : start + columns.sides]
        row = _write_sides(sheet, row + 1, abreast, block, columns=columns, styles=styles)
    row += 1
    _write_favour(sheet, row, favour, columns, styles)
    _write_input(sheet, first, row, block, columns, styles)
    return row + 1


def _write_title(sheet: Any, row: int, block: Block, columns: Columns, styles: Styles) -> None:
    conflict = block.conflict
    item = f"{conflict.product} {conflict.subscription_id or ''}".strip()
    customer = conflict.claims[0].customer_name
    text = f"{name_kind(conflict)}: {item} at {customer} (tenant {conflict.tenant_id})"
    style = styles.get(bold=True, font_size=11, bg_color=_TITLE_FILL, text_wrap=True, top=2, top_color=MUTED)
    sheet.set_row(row, row_height([text], [columns.sides * columns.side_width]) + 4)
    sheet.write_string(row, 0, f"Conflict {block.number}", style)
    sheet.merge_range(row, 1, row, columns.sides, "", style)
    sheet.write_string(row, 1, cell_text(text), style)


def _write_sides(
    sheet: Any,
    row: int,
    abreast: Sequence[tuple[int, ConflictSide]],
    block: Block,
    *,
    columns: Columns,
    styles: Styles,
) -> int:
    """Write up to a sheet's width of sides, one fact a row, and return the last row."""
    head = styles.get(bold=True, bottom=1, bottom_color=MUTED)
    sheet.write_blank(row, 0, None, head)
    for place in range(columns.sides):
        text = capitalized(ordinal(abreast[place][0] + 1)) if place < len(abreast) else None
        write_cell(sheet, row, place + 1, text, head)
    facts = [list(_facts(side, block)) for _, side in abreast]
    label_style = styles.get(font_color=MUTED, bottom=1, bottom_color=RULE)
    for fact in zip(*facts, strict=True):
        row += 1
        values = [value for _, _, value in fact]
        widths = [_LABEL_WIDTH, *(columns.side_width for _ in values)]
        sheet.set_row(row, row_height([fact[0][0], *map(plain, values)], widths))
        sheet.write_string(row, 0, fact[0][0], label_style)
        for place, (_, kind, value) in enumerate(fact, start=1):
            write_cell(sheet, row, place, value, _side_style(styles, kind, value))
    return row


def _side_style(styles: Styles, kind: Kind, value: Value) -> Any:
    # Numbers stand on the left as the texts around them do: nobody adds them up.
    return (
        styles.get(align="left", bottom=1, bottom_color=RULE)
        if kind is Kind.NUMBER
        else styles.cell(kind, value)
    )


def _facts(side: ConflictSide, block: Block) -> Iterator[tuple[str, Kind, Value]]:
    state = block.states.get(side.reference) if side.reference is not None else None
    signed = side.poe_signed_on
    place = f"{side.file}, row {side.row}" if side.file and side.row is not None else "the ledger only"
    yield "Partner", Kind.TEXT, side.partner_name
    yield "Organisation", Kind.TEXT, side.partner_organisation
    yield "MPN ID", Kind.ID, side.mpn_id
    yield "Claim", Kind.ID, side.reference or "not recorded yet"
    yield "Claim name", Kind.TEXT, side.claim_name
    yield "Activity", Kind.TEXT, side.activity
    yield "Status", Kind.STATUS, status_pill(side.status)
    yield "Since", Kind.DATE, side.since
    yield "Product or workload", Kind.TEXT, side.product
    if any(one.subscription_id for one in block.conflict.claims):
        yield "Subscription ID", Kind.ID, side.subscription_id or "none given"
    yield "PoE signed on", Kind.DATE, signed or "no PoE date"
    yield "PoE age in months", Kind.NUMBER, age_in_months(signed, block.as_of) if signed else None
    yield "From file, row", Kind.TEXT, place
    yield "Lines of the claim", Kind.TEXT, _name_lines(state.claim.lines) if state is not None else ""


def _name_lines(lines: Sequence[ClaimLine]) -> str:
    names = list(dict.fromkeys(line.product for line in lines))
    more = f" and {len(names) - _NAMED_LINES} more" if len(names) > _NAMED_LINES else ""
    return f"{len(lines)}: {', '.join(names[:_NAMED_LINES])}{more}"


def _write_favour(sheet: Any, row: int, favour: Favour, columns: Columns, styles: Styles) -> None:
    style = styles.get(italic=True, text_wrap=True, bottom=1, bottom_color=MUTED)
    text = favour.reason
    if favour.side is not None:
        text = f"the {ordinal(favour.side + 1)} side: {favour.reason}"
    sheet.write_string(
        row, 0, "Rules would favour", styles.get(font_color=MUTED, bottom=1, bottom_color=MUTED)
    )
    sheet.merge_range(row, 1, row, columns.sides, "", style)
    sheet.write_string(row, 1, cell_text(text), style)


def _write_input(sheet: Any, first: int, last: int, block: Block, columns: Columns, styles: Styles) -> None:
    """Write the cells to fill in, as high as the block, and the hidden ones that name the conflict."""
    border = {"border": 1, "border_color": MUTED}
    decision = styles.get(
        bold=True, bg_color=INPUT, text_wrap=True, align="center", valign="vcenter", num_format="@", **border
    )
    reason = styles.get(bg_color=INPUT, text_wrap=True, num_format="@", **border)
    sheet.merge_range(first, columns.decision, last, columns.decision, "", decision)
    sheet.merge_range(first, columns.reason, last, columns.reason, "", reason)
    choices = tuple(choice.words for choice in find_choices(block.conflict))
    sheet.data_validation(
        first,
        columns.decision,
        first,
        columns.decision,
        {
            "validate": "list",
            "source": f"={block.choices[choices]}",
            "input_title": "Decision",
            "input_message": "Leave it blank to decide later. Instructions says what each decision does.",
            "error_title": "No such decision",
            "error_message": "Choose one of the list, or leave the cell blank.",
        },
    )
    sheet.data_validation(
        first,
        columns.reason,
        first,
        columns.reason,
        {
            "validate": "length",
            "criteria": "<=",
            "value": 1000,
            "input_title": "Reason",
            "input_message": "Needed for Keep and Withdraw. It goes into the history of the claims.",
            "error_title": "Too long",
            "error_message": "Up to 1,000 characters, please.",
        },
    )
    quiet = styles.get(font_color=INKS[Tone.QUIET], bg_color=FILLS[Tone.QUIET], num_format="@")
    sheet.write_string(first, columns.conflict, conflict_id(block.conflict), quiet)
    sheet.write_string(
        first, columns.state, cell_text(build_fingerprint(block.conflict, block.states)), quiet
    )
