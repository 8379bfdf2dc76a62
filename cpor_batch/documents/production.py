"""Documents are made and written: by several processes when there are many, each document for itself."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.libraries import require_libraries
from cpor_batch.documents.naming import document_path
from cpor_batch.documents.result import DocumentResult
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import CporError, ExitCode, OutputError
from cpor_batch.files import write_atomically
from cpor_batch.workers import open_workers

FEW: Final = 8
"""Fewer documents are made in this process: starting another one takes as long as eight letters."""
SHIFT: Final = 2000
"""Documents after which the workers are replaced, so that what a library leaks is given back."""

Made = tuple[bytes, int, str]
"""PDF, number of pages, characters that no font has."""
Failure = tuple[str, ExitCode]
Done = Callable[[DocumentResult], None]


def write_documents(
    orders: Sequence[DocumentOrder],
    *,
    out: Path,
    assets: Assets,
    workers: int,
    on_done: Done | None = None,
) -> tuple[DocumentResult, ...]:
    """Make the documents below `out` and return what became of each, in the order of the orders.

    One that fails leaves the others alone, and a file is written whole or not at all. Raises
    MissingLibraryError before anything is made. `on_done` is called in this thread as documents get done.
    """
    if not orders:
        return ()
    require_libraries()
    results: dict[int, DocumentResult] = {}
    for number, made in _make(orders, assets, workers):
        result = _keep(orders[number], made, out)
        results[number] = result
        if on_done is not None:
            on_done(result)
    return tuple(results[number] for number in range(len(orders)))


def _make(
    orders: Sequence[DocumentOrder], assets: Assets, workers: int
) -> Iterator[tuple[int, Made | Failure]]:
    if len(orders) < FEW or workers < 2:  # noqa: PLR2004  # one worker beside an idle parent gains nothing
        for number, order in enumerate(orders):
            yield number, print_order(order, assets)
        return
    for start in range(0, len(orders), SHIFT):
        numbers = range(start, min(start + SHIFT, len(orders)))
        lost = []
        for number, made in _make_beside(orders, numbers, assets, workers):
            if made is None:
                lost.append(number)
            else:
                yield number, made
        # A worker died and took all that was under way with it. Alone, only the guilty one dies again.
        for number in lost:
            for _, made in _make_beside(orders, [number], assets, 1):
                yield (
                    number,
                    made or ("the process that made it died. Simplify the template.", ExitCode.SOME_FAILED),
                )


def _make_beside(
    orders: Sequence[DocumentOrder], numbers: Sequence[int], assets: Assets, workers: int
) -> Iterator[tuple[int, Made | Failure | None]]:
    """Give each number with what was made, or with None where its process died."""
    waiting = list(reversed(numbers))
    under_way: dict[Future[Made | Failure], int] = {}
    with open_workers(workers) as executor:
        while waiting or under_way:
            # A few in hand for each worker: none of them idles, and finished documents do not pile up.
            while waiting and len(under_way) < 3 * workers:
                number = waiting.pop()
                try:
                    under_way[executor.submit(print_order, orders[number], assets)] = number
                except BrokenProcessPool:
                    yield number, None
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                number = under_way.pop(future)
                try:
                    made: Made | Failure | None = future.result()
                except BrokenProcessPool:
                    made = None
                yield number, made


def print_order(order: DocumentOrder, assets: Assets) -> Made | Failure:
    """Return the document, or why it cannot be made. Runs in a worker: what it returns can be pickled."""
    from cpor_batch.documents.printing import open_printer

    try:
        made = open_printer(assets).print_order(order)
    except CporError as exc:
        return str(exc), exc.exit_code
    except Exception as exc:  # noqa: BLE001  # a document that fails must not take the others with it
        return f"{order.reference}: {type(exc).__name__}: {exc}", ExitCode.SOME_FAILED
    return made.pdf, made.pages, made.missing_characters


def _keep(order: DocumentOrder, made: Made | Failure, out: Path) -> DocumentResult:
    path = document_path(order.kind, order.reference, order.claim)
    if isinstance(made[0], str):
        return _failed(
            order, path, made[0], made[1] if isinstance(made[1], ExitCode) else ExitCode.SOME_FAILED
        )
    pdf = made[0]
    try:
        write_document(out, path, pdf)
    except OutputError as exc:
        return _failed(order, path, str(exc), exc.exit_code)
    except OSError as exc:
        return _failed(order, path, f"{path}: it cannot be written: {exc.strerror}.", ExitCode.OUTPUT)
    return DocumentResult(
        order=order,
        path=path,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pages=int(made[1]),
        missing_characters=made[-1],
    )


def _failed(order: DocumentOrder, path: str, error: str, exit_code: ExitCode) -> DocumentResult:
    return DocumentResult(order=order, path=path, error=error, exit_code=exit_code)


def write_document(out: Path, path: str, content: bytes) -> None:
    """Write the file below `out`; raises OutputError where a link would lead it elsewhere."""
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(out.resolve()):
        raise OutputError(
            "this folder is a link to another place.", hint="Remove it.", where=str(target.parent)
        )
    if target.is_symlink():
        raise OutputError("this is a link and not a file.", hint="Remove it.", where=str(target))
    write_atomically(target, content)
