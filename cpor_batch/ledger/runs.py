"""The runs that wrote, read back."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, select

from cpor_batch.ledger.run import BatchIdentity, RecordedRun, Run
from cpor_batch.ledger.tables import inputs, runs


def read_runs(connection: Connection) -> Iterator[RecordedRun]:
    """Yield the runs, oldest first, with the batches that each read."""
    batches: dict[str, list[BatchIdentity]] = defaultdict(list)
    for row in connection.execute(select(inputs).order_by(inputs.c.run, inputs.c.position)):
        batch = BatchIdentity(
            name=row.name,
            sha256=row.sha256,
            sheet=row.sheet or None,
            edition=row.edition,
            rulebook=row.rulebook,
            header_map=json.loads(row.header_map),
        )
        batches[row.run].append(batch)
    for row in connection.execute(select(runs).order_by(runs.c.recorded_at, runs.c.id)).all():
        run = Run(
            id=row.id,
            command=row.command,
            actor=row.actor,
            known_on=date.fromisoformat(row.known_on),
            workspace=row.workspace,
            inputs=tuple(batches[row.id]),
            started_at=datetime.fromisoformat(row.started_at),
        )
        yield RecordedRun(
            run=run,
            recorded_at=datetime.fromisoformat(row.recorded_at),
            first_event=row.first_event,
            last_event=row.last_event,
            head=(row.head_number, row.head_hash),
        )


def has_run(connection: Connection, run: str) -> bool:
    """Whether the run of this ID changed the ledger."""
    return connection.scalar(select(runs.c.id).where(runs.c.id == run)) is not None
