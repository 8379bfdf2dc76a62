"""Which documents are to be made: those owed that were never made, or whose data changed since."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cpor_batch.documents import document_path, fingerprint_of
from cpor_batch.domain.document import OWED_KINDS, DocumentKind, DocumentOrder, DocumentRecord
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.standing import ClaimState
from cpor_batch.pipeline.workspace import Workspace

Registered = Mapping[tuple[DocumentKind, ClaimReference], DocumentRecord]


def find_due(
    states: Iterable[ClaimState],
    registered: Registered,
    workspace: Workspace,
    *,
    template_fingerprint: str,
    kinds: Collection[DocumentKind] = OWED_KINDS,
    is_all: bool = False,
) -> Iterator[tuple[DocumentOrder, DocumentRecord]]:
    """Yield each document to be made with the record that the ledger gets of it, `sha256` still None.

    A document keeps the date of its first making. One whose file is gone is due again. With
    `is_all` everything is made, due or not.
    """
    for state in states:
        for order in workspace.find_owed(state, is_all=is_all):
            if order.kind not in kinds:
                continue
            before = registered.get((order.kind, order.reference))
            dated = replace(order, dated_on=before.dated_on) if before else order
            record = DocumentRecord(
                kind=order.kind,
                reference=order.reference,
                path=document_path(order.kind, order.reference, order.claim),
                fingerprint=fingerprint_of(dated, template_fingerprint=template_fingerprint),
                dated_on=dated.dated_on,
            )
            if is_all or before is None or not _is_made(before, record, workspace.out):
                yield dated, record


def _is_made(before: DocumentRecord, now: DocumentRecord, out: Path) -> bool:
    return (
        before.sha256 is not None and before.fingerprint == now.fingerprint and (out / before.path).is_file()
    )
