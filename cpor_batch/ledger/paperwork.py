"""The outbox of documents: what is owed, and what was made of it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from cpor_batch import clock
from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.ledger import bulk
from cpor_batch.ledger.codec import instant_text
from cpor_batch.ledger.run import Run
from cpor_batch.ledger.tables import claims, documents

_KEY: Final = ("reference", "kind")


def owe_documents(connection: Connection, records: Iterable[DocumentRecord], *, run: Run) -> bool:
    """Write documents as due; whether there were any.

    The document's own date is fixed when it is first made, so that of a known one stays.
    """
    wanted = {(record.reference, record.kind.value): record for record in records}
    if not wanted:
        return False
    with bulk.staged(connection, _KEY, wanted) as stage:
        same = and_(*(documents.c[name] == stage.c[name] for name in _KEY))
        query = select(documents.c.reference, documents.c.kind, documents.c.dated_on).join(stage, same)
        dates = {(row.reference, row.kind): row.dated_on for row in connection.execute(query).all()}
    dated = (
        replace(record, dated_on=date.fromisoformat(dates[key])) if key in dates else record
        for key, record in wanted.items()
    )
    return write_documents(connection, dated, run=run)


def write_documents(connection: Connection, records: Iterable[DocumentRecord], *, run: Run) -> bool:
    """Write documents, due or made, in place of what is known of them; whether there were any.

    Those of a claim that is unknown are left out: its recording was reverted while they were made.
    """
    at = instant_text(clock.now())
    rows = {(record.reference, record.kind.value): _row(record, run, at) for record in records}
    if not rows:
        return False
    with bulk.staged(connection, _KEY, rows) as stage:
        known = select(stage.c.reference).where(*(documents.c[name] == stage.c[name] for name in _KEY))
        connection.execute(delete(documents).where(known.exists()))
        query = select(claims.c.reference).join(stage, stage.c.reference == claims.c.reference)
        standing = frozenset(connection.scalars(query).all())
    bulk.insert_rows(connection, documents, (row for row in rows.values() if row[0] in standing))
    return True


def _row(record: DocumentRecord, run: Run, at: str) -> bulk.Row:
    return (
        record.reference,
        record.kind.value,
        record.path,
        record.fingerprint,
        record.dated_on.isoformat(),
        record.sha256,
        run.workspace,
        run.id,
        at,
    )


def read_documents(
    connection: Connection,
    references: Iterable[str] | None = None,
    *,
    kind: DocumentKind | None = None,
    is_due: bool | None = None,
    workspace: str | None = None,
) -> Iterator[DocumentRecord]:
    """Yield the documents of these claims, or of all, by reference and kind."""
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(documents.c.kind == kind.value)
    if is_due is not None:
        sha256 = documents.c.sha256
        conditions.append(sha256.is_(None) if is_due else sha256.is_not(None))
    if workspace is not None:
        conditions.append(documents.c.workspace == workspace)
    query = select(documents).where(*conditions)
    if references is None:
        rows = connection.execute(query).all()
    else:
        with bulk.staged(connection, ("reference",), ((item,) for item in references)) as stage:
            rows = connection.execute(query.join(stage, stage.c.reference == documents.c.reference)).all()
    # Sorted here: told to sort, SQLite walks all documents in that order for the sake of a few.
    for row in sorted(rows, key=attrgetter("reference", "kind")):
        yield DocumentRecord(
            kind=DocumentKind(row.kind),
            reference=ClaimReference(row.reference),
            path=row.path,
            fingerprint=row.fingerprint,
            dated_on=date.fromisoformat(row.dated_on),
            sha256=row.sha256,
        )
