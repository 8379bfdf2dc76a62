"""The command `documents`: make what is due, or a preview of one claim's documents."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from cpor_batch import __version__, clock
from cpor_batch.documents import template_fingerprint, write_documents
from cpor_batch.domain.document import DocumentKind
from cpor_batch.errors import DocumentError, UsageError
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.bundle import Bundled, bundle, find_bundled
from cpor_batch.pipeline.documents import documents, read_registered, register_made
from cpor_batch.pipeline.documents_made import DocumentsMade
from cpor_batch.pipeline.due import find_due
from cpor_batch.pipeline.open_ledger import find_claim, head_of, open_ledger_of, refuse_the_past
from cpor_batch.pipeline.progress import Progress
from cpor_batch.pipeline.render import Rendered, render
from cpor_batch.pipeline.run_record import RunRecord
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reports.documents import report_documents


def make_documents(
    workspace: Workspace,
    *,
    progress: Progress,
    kinds: Collection[str],
    is_all: bool = False,
    is_dry_run: bool = False,
    merge_into: Path | None = None,
    with_bundles: bool = False,
) -> DocumentsMade:
    """Make what is due, register it and leave run.json; MissingLibraryError where Pango is missing.

    `with_bundles` also puts each claim's own PoE document behind a cover page.
    """
    record = RunRecord(workspace=workspace, command="documents")
    with open_ledger_of(workspace) as ledger, record.kept(ledger):
        refuse_the_past(ledger, workspace.today)
        with record.timed("documents"):
            made = documents(
                workspace,
                ledger,
                record,
                progress=progress,
                kinds=tuple(DocumentKind(kind) for kind in kinds),
                is_all=is_all,
                is_dry_run=is_dry_run,
                merge_into=merge_into,
            )
        if with_bundles and not is_dry_run:
            with record.timed("bundles"):
                made = replace(
                    made, bundles=_bundle(workspace, ledger, record, progress=progress, is_all=is_all)
                )
        if made.results or made.bundles or made.printed:
            record.write(made.exit_code, ledger_head=head_of(ledger))
    return made


def _bundle(
    workspace: Workspace, ledger: Ledger, record: RunRecord, *, progress: Progress, is_all: bool
) -> tuple[Bundled, ...]:
    """Make and register the bundles; those that were made before an interruption are registered too."""
    registered = read_registered(ledger)
    states = find_bundled(ledger, workspace)
    done: list[Bundled] = []
    record.has_begun = record.has_begun or bool(states)
    try:
        done.extend(bundle(states, workspace, registered, progress=progress, is_all=is_all))
    finally:
        made_now = tuple(one.made for one in done if one.made is not None)
        register_made(made_now, registered, ledger, record)
        counts = Counter(one.state for one in done)
        record.counts.update(
            bundles_made=counts["made"],
            bundles_unchanged=counts["unchanged"],
            bundles_failed=counts["failed"],
        )
    return tuple(done)


def tell_documents(made: DocumentsMade, workspace: Workspace, *, form: str, output: Path | None) -> Rendered:
    """Return what became of each document in the form asked for."""
    report = report_documents(
        tuple(made.lines),
        lead=made.closing_line,
        as_of=workspace.today,
        made_at=clock.now(),
        tool_version=__version__,
    )
    return render(
        report,
        workspace,
        form=form,
        output=output,
        as_json=lambda: made.document,
        exit_code=made.exit_code,
        is_dry_run=made.is_dry_run,
    )


def preview_documents(workspace: Workspace, claim: str, *, kinds: Collection[str]) -> tuple[Path, ...]:
    """Make one claim's documents into out/preview/ and return their paths; nothing is recorded.

    UsageError where the claim owes none of them today.
    """
    with open_ledger_of(workspace) as ledger:
        state = find_claim(ledger, claim)
    due = find_due(
        [state],
        {},
        workspace,
        template_fingerprint=template_fingerprint(workspace.assets),
        kinds=tuple(DocumentKind(kind) for kind in kinds),
        is_all=True,
    )
    orders = [order for order, _ in due]
    if not orders:
        raise UsageError(
            f"{state.reference} owes no such document today.", hint="See its status with cpor-batch status."
        )
    folder = workspace.out / "preview"
    results = write_documents(orders, out=folder, assets=workspace.assets, workers=1)
    for result in results:
        if result.error is not None:
            raise DocumentError(result.error)
    return tuple(folder / result.path for result in results)
