"""Claims to be submitted, as copy sheets in the order of Partner Center's wizard."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.documents import document_path
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.standing import ClaimState
from cpor_batch.files import write_atomically
from cpor_batch.pipeline.bundle import Folders, find_attachment, read_folders
from cpor_batch.pipeline.open_ledger import open_ledger_of
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.entry import EntryReport, PoeFile, PoeKind, build_entry

_TECHNICAL_CONTACT = frozenset(
    {"technical_contact_name", "technical_contact_title", "technical_contact_email"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The copy sheets, and the pages that were written."""

    report: EntryReport
    pages: tuple[Path, ...]


def entry(workspace: Workspace, *, pages: Sequence[Path] = ()) -> Entry:
    """Return the copy sheets of all claims to be submitted; written to each of `pages` too."""
    folders = read_folders(workspace.out / "runs")
    with open_ledger_of(workspace) as ledger:
        report = build_entry(
            ledger.read_states(),
            edition_of=workspace.edition_of,
            required_of=lambda claim: required_of(claim, workspace),
            poe_of=lambda state: find_poe(state, folders, workspace),
            today=workspace.today,
        )
        store = hashlib.sha256(str(ledger.url).encode()).hexdigest()[:12]
    for page in pages:
        write_page(report, workspace, page, store=store)
    return Entry(report=report, pages=tuple(pages))


def write_page(report: EntryReport, workspace: Workspace, path: Path, *, store: str) -> None:
    """Write the copy sheets as a page; OutputError where it cannot be written."""
    from cpor_batch.reports.entry_page import render_entry_page

    text = render_entry_page(
        report,
        workspace.assets,
        folder=path.absolute().parent,
        store=store,
        today=workspace.settings.as_of,
        made_at=clock.now(),
        tool_version=__version__,
    )
    write_atomically(path, text.encode())


def required_of(claim: Claim, workspace: Workspace) -> frozenset[str]:
    """Return the columns that the claim must fill in: by its edition, its activity and its products."""
    edition: Edition = workspace.rulebook.editions.get(claim.edition, workspace.rulebook.edition)
    activity = edition.activity(claim.solution_area, claim.activity)
    products = (workspace.rulebook.catalogue.find(line.product) for line in claim.lines)
    families = {product.family for product in products if product is not None}
    technical = _TECHNICAL_CONTACT if families & edition.technical_contact_families else frozenset()
    return edition.required | technical | (activity.requires if activity else frozenset())


def find_poe(state: ClaimState, folders: Folders, workspace: Workspace) -> PoeFile:
    """Return the claim's PoE: the file that its workbook names, else the form that we made.

    `folders` are those in which the workbooks of earlier runs lay.
    """
    named = state.claim.poe_document
    if named is not None:
        sources = (line.source.file for line in state.claim.lines if line.source is not None)
        path = find_attachment(named, next(sources, ""), folders, workspace.folder)
        kind = PoeKind.LOST if path is None else PoeKind.DOCUMENT
        return PoeFile(kind=kind, name=path.name if path else named, path=path)
    if state.claim.poe_signed_on is not None:
        return PoeFile(kind=PoeKind.SIGNED)
    form = workspace.out / document_path(DocumentKind.POE, state.reference, state.claim)
    if form.is_file():
        return PoeFile(kind=PoeKind.FORM, name=form.name, path=form)
    return PoeFile(kind=PoeKind.NONE)
