"""Documents are made: here when they are few, else in several processes or on a cluster.

Nothing is written yet.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import replace
from typing import Final

from cpor_batch.assets import Assets
from cpor_batch.documents.branding import read_logo
from cpor_batch.documents.likeness import describe_printing
from cpor_batch.documents.luggage import Luggage, pack, unpack
from cpor_batch.documents.result import Failure, Printed
from cpor_batch.domain.document import DocumentOrder
from cpor_batch.errors import CporError, ExitCode
from cpor_batch.settings import Cluster
from cpor_batch.workers import Workers, open_workers

FEW: Final = 8
"""Fewer documents are made in this process: to start another one takes as long as eight letters."""
SHIFT: Final = 2000
"""Documents after which the workers are replaced, so that what a library leaks is given back."""
IN_HAND: Final = 3
"""Documents given out per worker: none idles, and finished ones do not pile up in memory."""

Made = Printed | Failure
Kit = Assets | Luggage
"""Where the files lie that documents are made from, or those files themselves."""


def make_documents(
    orders: Sequence[DocumentOrder], *, assets: Assets, workers: int, cluster: Cluster | None = None
) -> Iterator[tuple[int, Made]]:
    """Give each document as it gets done, with the place of its order in `orders`."""
    numbered = dict(enumerate(orders))
    if len(orders) < FEW or (cluster is None and workers < 2):  # noqa: PLR2004  # one beside an idle parent gains nothing
        yield from _make_here(numbered, assets)
    elif cluster is not None:
        yield from _make_afar(numbered, assets, cluster)
    else:
        yield from _make_beside(numbered, assets, workers)


def make_document(order: DocumentOrder, kit: Kit) -> Made:
    """Return the document, or why it cannot be made. Runs in workers: what goes in and out can be pickled."""
    from cpor_batch.documents.printing import open_printer

    if isinstance(kit, Luggage):
        return _make_unpacked(order, kit)
    try:
        return open_printer(kit).print_order(order)
    except CporError as exc:
        return Failure(error=str(exc), exit_code=exc.exit_code)
    except Exception as exc:  # noqa: BLE001  # a document that fails must not take the others with it
        error = f"{order.reference}: {type(exc).__name__}: {exc}"
        return Failure(error=error, exit_code=ExitCode.SOME_FAILED)


# A worker of a cluster may run several threads; what sets a page serves one at a time.
_ONE_AT_A_TIME: Final = threading.Lock()


def _make_unpacked(order: DocumentOrder, luggage: Luggage) -> Made:
    with _ONE_AT_A_TIME:
        unpacked = unpack(luggage)
        made = make_document(unpacked.localise(order), unpacked.assets)
    return replace(made, error=unpacked.restore_names(made.error)) if isinstance(made, Failure) else made


def _make_here(orders: Mapping[int, DocumentOrder], assets: Assets) -> Iterator[tuple[int, Made]]:
    for number, order in orders.items():
        yield number, make_document(order, assets)


def _make_beside(
    orders: Mapping[int, DocumentOrder], assets: Assets, workers: int
) -> Iterator[tuple[int, Made]]:
    """Give what processes of this machine make, a shift after the other."""
    numbers = tuple(orders)
    for start in range(0, len(numbers), SHIFT):
        shift = {number: orders[number] for number in numbers[start : start + SHIFT]}
        lost = []
        with open_workers(min(workers, 1 + len(shift) // FEW)) as executor:
            for number, made in _give_out(shift, assets, executor):
                if made is None:
                    lost.append(number)
                else:
                    yield number, made
        yield from _make_alone({number: shift[number] for number in lost}, assets)


def _make_afar(
    orders: Mapping[int, DocumentOrder], assets: Assets, cluster: Cluster
) -> Iterator[tuple[int, Made]]:
    """Give what the workers of a cluster make; its workers are replaced by whoever runs it."""
    faulty = _find_faulty_logos(orders.values())
    # They fail here, in words that name our own paths.
    yield from _make_here({n: order for n, order in orders.items() if order.partner.logo in faulty}, assets)
    travelling = {n: order for n, order in orders.items() if order.partner.logo not in faulty}
    with open_workers(1, cluster=cluster, describe=describe_printing) as executor:
        kit = executor.share(pack(travelling.values(), assets))
        lost = []
        for number, made in _give_out(travelling, kit, executor):
            if made is None:
                lost.append(number)
            else:
                yield number, made
        for number in lost:
            order = travelling[number]
            try:
                yield number, executor.submit(make_document, order, kit).result()
            except BrokenExecutor:
                yield number, _died(order)


def _find_faulty_logos(orders: Iterable[DocumentOrder]) -> set[str]:
    """Return the paths of the logos that cannot be used."""
    faulty = set()
    for logo in {order.partner.logo for order in orders if order.partner.logo is not None}:
        try:
            read_logo(logo)
        except CporError:
            faulty.add(logo)
    return faulty


def _make_alone(orders: Mapping[int, DocumentOrder], assets: Assets) -> Iterator[tuple[int, Made]]:
    # A worker that died took everything under way with it. Made one by one, only the guilty one dies again.
    waiting = dict(orders)
    while waiting:
        with open_workers(1) as executor:
            for number, order in tuple(waiting.items()):
                del waiting[number]
                try:
                    yield number, executor.submit(make_document, order, assets).result()
                except BrokenExecutor:
                    yield number, _died(order)
                    break


def _died(order: DocumentOrder) -> Failure:
    error = f"{order.reference}: the process that made it died. Simplify its template."
    return Failure(error=error, exit_code=ExitCode.SOME_FAILED)


def _give_out(
    orders: Mapping[int, DocumentOrder], kit: Kit, executor: Workers
) -> Iterator[tuple[int, Made | None]]:
    """Give what was made, or None where the process died that should have made it."""
    waiting = list(reversed(tuple(orders)))
    under_way: dict[Future[Made], int] = {}
    while waiting or under_way:
        while waiting and len(under_way) < IN_HAND * executor.count:
            number = waiting.pop()
            future = _submit(executor, orders[number], kit)
            if future is None:
                yield number, None
            else:
                under_way[future] = number
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            number = under_way.pop(future)
            yield number, None if isinstance(future.exception(), BrokenExecutor) else future.result()


def _submit(executor: Workers, order: DocumentOrder, kit: Kit) -> Future[Made] | None:
    try:
        return executor.submit(make_document, order, kit)
    except BrokenExecutor:
        return None
