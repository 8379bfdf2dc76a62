"""Make the letters and PoE that are due, and register what was made."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from cpor_batch.documents import (
    DocumentResult,
    merge_documents,
    require_libraries,
    template_fingerprint,
    write_documents,
)
from cpor_batch.domain.document import OWED_KINDS, DocumentKind, DocumentRecord
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.documents_made import DocumentsMade, Due
from cpor_batch.pipeline.due import Registered, find_due
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace


def documents(
    workspace: Workspace,
    ledger: Ledger,
    record: RunRecord,
    *,
    progress: Progress,
    kinds: Collection[DocumentKind] = OWED_KINDS,
    is_all: bool = False,
    is_dry_run: bool = False,
    merge_into: Path | None = None,
) -> DocumentsMade:
    """Make what is due below out/ and return what became of each document.

    Raises MissingLibraryError before anything is made where Pango is missing; everything stays due then.
    """
    registered = read_registered(ledger)
    due = tuple(
        find_due(
            ledger.read_states(),
            registered,
            workspace,
            template_fingerprint=template_fingerprint(workspace.assets),
            kinds=kinds,
            is_all=is_all,
        )
    )
    record.counts.update(_count(due, [], registered, kinds))
    if is_dry_run:
        return DocumentsMade(owed=due, is_dry_run=True)
    results = _make(due, workspace, ledger, record, progress=progress, registered=registered, kinds=kinds)
    made = DocumentsMade(results=tuple(results), owed=due)
    if merge_into is None:
        return made
    printed = _merge(ledger, workspace, kinds, merge_into, is_all=is_all)
    if printed:
        record.outputs.append(merge_into)
    return replace(made, print_file=merge_into, printed=printed)


def _make(
    due: Sequence[Due],
    workspace: Workspace,
    ledger: Ledger,
    record: RunRecord,
    *,
    progress: Progress,
    registered: Registered,
    kinds: Collection[DocumentKind],
) -> list[DocumentResult]:
    """Make the documents and register them, also those made before somebody interrupts."""
    results: list[DocumentResult] = []
    if not due:
        return results
    require_libraries()
    progress.begin("Making documents", len(due))
    record.has_begun = True

    def keep(result: DocumentResult) -> None:
        results.append(result)
        progress.advance()

    try:
        write_documents(
            [order for order, _ in due],
            out=workspace.out,
            assets=workspace.assets,
            workers=workspace.settings.workers,
            cluster=workspace.settings.cluster,
            on_done=keep,
        )
    finally:
        # Also when interrupted: what is made is made, and the next run does the rest.
        record.counts.update(_count(due, results, registered, kinds))
        _register(due, results, registered, ledger, record)
    return results


def _count(
    due: Sequence[Due],
    results: Sequence[DocumentResult],
    registered: Registered,
    kinds: Collection[DocumentKind],
) -> dict[str, int]:
    """Return the figures so far; unchanged are those that were made before and stay as they are."""
    made = Counter(result.order.kind for result in results if result.error is None)
    before = {key for key, record in registered.items() if record.sha256 and record.kind in kinds}
    return {
        "documents_due": len(due),
        "documents_made": made.total(),
        "documents_failed": len(results) - made.total(),
        "documents_unchanged": len(before - {(order.kind, order.reference) for order, _ in due}),
        "letters_made": made[DocumentKind.LETTER],
        "poe_made": made[DocumentKind.POE],
    }


def _register(
    due: Sequence[Due],
    results: Sequence[DocumentResult],
    registered: Registered,
    ledger: Ledger,
    record: RunRecord,
) -> None:
    """Register what was made, with an event each, and take away files that another name has replaced."""
    hashes = {(result.order.kind, result.order.reference): result.sha256 for result in results}
    made_now = tuple(
        replace(owed, sha256=sha256)
        for order, owed in due
        if (sha256 := hashes.get((order.kind, order.reference))) is not None
    )
    register_made(made_now, registered, ledger, record)


def register_made(
    made_now: Sequence[DocumentRecord], registered: Registered, ledger: Ledger, record: RunRecord
) -> None:
    """Register these documents as `_register` does; `registered` is what the ledger knew before."""
    if not made_now:
        return
    out = record.workspace.out
    with ledger.write(record.as_run) as writing:
        writing.append(_issued(made, record) for made in made_now)
        for made in made_now:
            writing.register(made)
            before = registered.get((made.kind, made.reference))
            if before is not None and before.path != made.path:
                (out / before.path).unlink(missing_ok=True)
            record.outputs.append(out / made.path)


def _issued(made: DocumentRecord, record: RunRecord) -> Event:
    return Event(
        kind=EventKind.DOCUMENT_ISSUED,
        claim=made.reference,
        known_on=record.workspace.today,
        occurred_on=record.workspace.today,
        actor=record.workspace.actor,
        run=record.run,
        after={"document": str(made.kind), "path": made.path, "sha256": made.sha256},
    )


def _merge(
    ledger: Ledger, workspace: Workspace, kinds: Collection[DocumentKind], target: Path, *, is_all: bool
) -> int:
    """Put what is owed today of these kinds, made now or before, in one file to print; return how many.

    With `is_all` also what is not owed any more. Without any document no file is written.
    """
    registered = read_registered(ledger)
    orders = (order for state in ledger.read_states() for order in workspace.find_owed(state, is_all=is_all))
    records = (registered.get((order.kind, order.reference)) for order in orders if order.kind in kinds)
    paths = sorted(workspace.out / one.path for one in records if one is not None and one.sha256)
    there = [path for path in paths if path.is_file()]
    if there:
        merge_documents(there, target)
    return len(there)


def read_registered(ledger: Ledger) -> Registered:
    """Return every document that the ledger knows, by kind and claim."""
    return {(made.kind, made.reference): made for made in ledger.read_documents()}
