"""Copy sheets as one self-contained page that keeps the progress and exports what was submitted."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cpor_batch.assets import Assets
from cpor_batch.domain.edition import EntryAction
from cpor_batch.reports.entry import CopySheet, EntryReport, FilledField, PoeFile
from cpor_batch.reports.entry_text import entry_summary
from cpor_batch.reports.safe_text import printable
from cpor_batch.reports.self_contained import fill_page, read_part

_ACTION_WORDS: Final = {
    EntryAction.CHOOSE: "Choose",
    EntryAction.TYPE: "Paste",
    EntryAction.ATTACH: "Attach",
}


def render_entry_page(
    report: EntryReport,
    assets: Assets,
    *,
    folder: Path,
    store: str,
    today: date | None = None,
    made_at: datetime | None = None,
    tool_version: str = "",
) -> str:
    """Return the page; it belongs into `folder`, from which files are linked.

    `store` names the ledger in the browser's storage, so that two ledgers keep their progress apart. `today`
    is the day that counts as today in the page; None is the browser's own.
    """
    context = {
        "summary": entry_summary(report),
        "as_of": report.as_of.isoformat(),
        "today": today.isoformat() if today else "",
        "store": store,
        "ready": report.ready,
        "total": len(report.sheets),
        "held": report.held,
        "sheets": tuple(_sheet(sheet, folder) for sheet in report.sheets),
        "made_at": f"{made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if made_at else "",
        "tool_version": tool_version,
    }
    style = read_part(assets, "page.css") + read_part(assets, "entry.css")
    return fill_page(
        assets, "entry.html.j2", style=style, script=read_part(assets, "entry.js"), context=context
    )


def _sheet(sheet: CopySheet, folder: Path) -> dict[str, Any]:  # Any: what the template may name
    claim, settings = sheet.claim, sheet.edition.settings
    return {
        "reference": sheet.state.reference,
        "fingerprint": sheet.fingerprint,
        "name": shown(claim.claim_name),
        "partner": shown(claim.partner_name),
        "customer": shown(claim.customer_name),
        "identifier": f"{settings.identifier_label} {printable(claim.mpn_id)}",
        "programmes": tuple(dict.fromkeys(name for line in claim.lines for name in line.programmes)),
        "is_ready": sheet.is_ready,
        "gaps": tuple((gap.blocks, shown(gap.text)) for gap in sheet.gaps),
        "role": settings.entry_role,
        # An edition of the user's own might name an address of any kind; only one of the web becomes a link.
        "address": settings.entry_address if settings.entry_address.startswith("https://") else "",
        "menu_path": tuple(printable(step) for step in sheet.menu_path),
        "steps": tuple(
            {
                "key": filled.step.key,
                "title": filled.step.title,
                "fields": tuple(_field(field, sheet.poe, folder) for field in filled.fields),
                "note": filled.step.note or "",
                "button": filled.step.button or "",
            }
            for filled in sheet.steps
        ),
    }


def _field(
    field: FilledField, poe: PoeFile, folder: Path
) -> dict[str, Any]:  # Any: what the template may name
    is_file = field.action is EntryAction.ATTACH
    return {
        "label": field.label,
        "action": _ACTION_WORDS[field.action],
        "is_file": is_file,
        "file": _file(poe, folder) if is_file else None,
        "values": tuple((shown(value.text), shown(value.note), _css(value.text)) for value in field.values),
    }


def _css(text: str) -> str:
    # IDs and addresses are easier to compare in letters of one width, names easier to read in the page's own.
    return "" if " " not in text and any(letter in "@.0123456789" for letter in text) else "words"


def _file(poe: PoeFile, folder: Path) -> dict[str, str]:
    return {
        "kind": str(poe.kind),
        "name": shown(poe.name),
        "href": relative_link(poe.path, folder) if poe.path else "",
        "path": str(poe.path) if poe.path else "",
    }


def shown(text: str) -> str:
    """Return the text with its line breaks, and with whatever hides or steers made visible."""
    return "\n".join(printable(line) for line in text.splitlines())


def relative_link(path: Path, folder: Path) -> str:
    """Return the link to `path` from a page in `folder`: relative, or a file: address on another drive."""
    try:
        relative = Path(os.path.relpath(path.resolve(), folder.resolve()))
    except ValueError:
        return path.resolve().as_uri()
    # A colon is escaped too: "javascript:" in a file's name must not become a scheme.
    return quote(relative.as_posix(), safe="/")
