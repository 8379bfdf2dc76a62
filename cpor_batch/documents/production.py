"""Documents are made and written, each for itself: one that fails leaves the others alone."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.documents.libraries import require_libraries
from cpor_batch.documents.making import Made, make_documents
from cpor_batch.documents.naming import document_path
from cpor_batch.documents.result import DocumentResult, Failure
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import OutputError
from cpor_batch.files import write_atomically
from cpor_batch.settings import Cluster


def write_documents(
    orders: Sequence[DocumentOrder],
    *,
    out: Path,
    assets: Assets,
    workers: int,
    cluster: Cluster | None = None,
    on_done: Callable[[DocumentResult], None] | None = None,
) -> tuple[DocumentResult, ...]:
    """Write the documents below `out` and return what became of each, in the order of `orders`.

    A file is written whole or not at all. `on_done` is called in this thread as documents get done, in the
    order in which they do. Raises MissingLibraryError before anything is made, and after that nothing but
    ClusterError for a `cluster` that cannot be used or is lost on the way.
    """
    if not orders:
        return ()
    require_libraries()
    results: dict[int, DocumentResult] = {}
    for number, made in make_documents(orders, assets=assets, workers=workers, cluster=cluster):
        result = _write(orders[number], made, out)
        results[number] = result
        if on_done is not None:
            on_done(result)
    return tuple(results[number] for number in range(len(orders)))


def _write(order: DocumentOrder, made: Made, out: Path) -> DocumentResult:
    path = document_path(order.kind, order.reference, order.claim)
    if isinstance(made, Failure):
        return DocumentResult(order=order, path=path, error=made.error, exit_code=made.exit_code)
    target = out / path
    try:
        _refuse_links_out_of(out, target.parent)
        write_atomically(target, made.pdf)
    except OutputError as exc:
        return DocumentResult(order=order, path=path, error=str(exc), exit_code=exc.exit_code)
    return DocumentResult(
        order=order,
        path=path,
        sha256=hashlib.sha256(made.pdf).hexdigest(),
        pages=made.pages,
        missing_characters=made.missing_characters,
    )


def _refuse_links_out_of(out: Path, folder: Path) -> None:
    if not folder.resolve().is_relative_to(out.resolve()):
        raise OutputError("this folder is a link to another place.", hint="Remove it.", where=str(folder))
