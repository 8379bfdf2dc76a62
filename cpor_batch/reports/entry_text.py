"""Copy sheets as text for a terminal."""

import textwrap
from collections.abc import Iterator
from typing import Final

from cpor_batch.domain.edition import EntryAction
from cpor_batch.reports.entry import CopySheet, EntryReport, FilledField, PoeFile, PoeKind
from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.words import count

_WIDTH: Final = 100
_LABEL: Final = 38


def render_entry_text(report: EntryReport) -> str:
    """Return the copy sheets, one after the other."""
    return "\n".join(_lines(report))


def entry_summary(report: EntryReport) -> str:
    """Return in one sentence how many claims there are, how many are ready and how many are held."""
    if not report.sheets:
        text = "No claim is to be submitted."
    elif report.ready == len(report.sheets):
        text = f"{count(len(report.sheets), 'claim')} to submit, all ready."
    else:
        text = f"{count(len(report.sheets), 'claim')} to submit, {report.ready:,} ready."
    if report.held:
        more = "1 more is" if report.held == 1 else f"{report.held:,} more are"
        text += f" {more} held for conflicts, which have to be decided first."
    return text


def _lines(report: EntryReport) -> Iterator[str]:
    yield entry_summary(report)
    for sheet in report.sheets:
        yield ""
        yield from _sheet_lines(sheet)


def _sheet_lines(sheet: CopySheet) -> Iterator[str]:
    claim, settings = sheet.claim, sheet.edition.settings
    state = "ready" if sheet.is_ready else "not ready"
    yield printable(f"{sheet.state.reference}  {claim.claim_name}  [{state}]")
    yield printable(f"  {claim.partner_name} for {claim.customer_name}")
    yield printable(f"  {settings.entry_role}, {settings.entry_address} {' > '.join(sheet.menu_path)}")
    for number, filled in enumerate(sheet.steps, start=1):
        yield f"  {number}. {printable(filled.step.title)}"
        for field in filled.fields:
            yield from _field_lines(field, sheet.poe)
        if filled.step.button:
            yield f"     press   {printable(filled.step.button)}"
    for gap in sheet.gaps:
        mark = "  ! " if gap.blocks else "  - "
        yield from textwrap.wrap(printable(gap.text), _WIDTH, initial_indent=mark, subsequent_indent="    ")


_POE_WORDS: Final = {
    PoeKind.SIGNED: "(signed; no file is named)",
    PoeKind.FORM: "(to be signed: {path})",
    PoeKind.LOST: "({name} is not found)",
}


def _field_lines(field: FilledField, poe: PoeFile) -> Iterator[str]:
    head = f"     {field.action:<7} {printable(field.label):<{_LABEL}} "
    if field.action is EntryAction.ATTACH:
        words = _POE_WORDS.get(poe.kind, "{path}" if poe.path else "(missing)")
        yield head + printable(words.format(name=poe.name, path=poe.path))
        return
    if not field.values:
        yield f"{head}(missing)"
    for index, value in enumerate(field.values):
        note = f"  ({printable(value.note)})" if value.note and value.note != value.text else ""
        lead = head if index == 0 else " " * len(head)
        yield f"{lead}{printable(value.text)}{note}"
