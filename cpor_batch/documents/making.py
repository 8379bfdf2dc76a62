"""Documents are made: here when they are few, else in several processes. Nothing is written yet."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.result import Failure, Printed
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import CporError, ExitCode
from cpor_batch.workers import open_workers

FEW: Final = 8
"""Fewer documents are made in this process: to start another one takes as long as eight letters."""
SHIFT: Final = 2000
"""Documents after which the workers are replaced, so that what a library leaks is given back."""
IN_HAND: Final = 3
"""Documents given out per worker: none idles, and finished ones do not pile up in memory."""

Made = Printed | Failure


def make_documents(
    orders: Sequence[DocumentOrder], *, assets: Assets, workers: int
) -> Iterator[tuple[int, Made]]:
    """Give each document as it gets done, with the place of its order in `orders`."""
    if len(orders) < FEW or workers < 2:  # noqa: PLR2004  # one worker beside an idle parent gains nothing
        for number, order in enumerate(orders):
            yield number, make_document(order, assets)
        return
    for start in range(0, len(orders), SHIFT):
        shift = dict(enumerate(orders[start : start + SHIFT], start))
        lost = {}
        for number, made in _make_beside(shift, assets, min(workers, 1 + len(shift) // FEW)):
            if made is None:
                lost[number] = orders[number]
            else:
                yield number, made
        yield from _make_alone(lost, assets)


def make_document(order: DocumentOrder, assets: Assets) -> Made:
    """Return the document, or why it cannot be made. Runs in workers: what goes in and out can be pickled."""
    from cpor_batch.documents.printing import open_printer

    try:
        return open_printer(assets).print_order(order)
    except CporError as exc:
        return Failure(error=str(exc), exit_code=exc.exit_code)
    except Exception as exc:  # noqa: BLE001  # a document that fails must not take the others with it
        error = f"{order.reference}: {type(exc).__name__}: {exc}"
        return Failure(error=error, exit_code=ExitCode.SOME_FAILED)


def _make_alone(orders: dict[int, DocumentOrder], assets: Assets) -> Iterator[tuple[int, Made]]:
    # A worker that died took everything under way with it. Made one by one, only the guilty one dies again.
    waiting = dict(orders)
    while waiting:
        with open_workers(1) as executor:
            for number, order in tuple(waiting.items()):
                del waiting[number]
                try:
                    yield number, executor.submit(make_document, order, assets).result()
                except BrokenProcessPool:
                    yield number, _died(order)
                    break


def _died(order: DocumentOrder) -> Failure:
    error = f"{order.reference}: the process that made it died. Simplify its template."
    return Failure(error=error, exit_code=ExitCode.SOME_FAILED)


def _make_beside(
    orders: dict[int, DocumentOrder], assets: Assets, workers: int
) -> Iterator[tuple[int, Made | None]]:
    """Give what was made, or None where the process died that should have made it."""
    waiting = list(reversed(orders))
    under_way: dict[Future[Made], int] = {}
    with open_workers(workers) as executor:
        while waiting or under_way:
            while waiting and len(under_way) < IN_HAND * workers:
                number = waiting.pop()
                future = _submit(executor, orders[number], assets)
                if future is None:
                    yield number, None
                else:
                    under_way[future] = number
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                number = under_way.pop(future)
                yield number, None if isinstance(future.exception(), BrokenProcessPool) else future.result()


def _submit(executor: Executor, order: DocumentOrder, assets: Assets) -> Future[Made] | None:
    try:
        return executor.submit(make_document, order, assets)
    except BrokenProcessPool:
        return None
