"""The ledger itself: opening it, reading it, and one transaction per run that writes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.event import Event
from cpor_batch.domain.known import Known, Wanted
from cpor_batch.domain.standing import ClaimState, Standing, fold_events
from cpor_batch.ledger.engine import (
    explained,
    masked,
    open_engine,
    open_to_read,
    parse_url,
    require_file,
    sqlite_path,
)
from cpor_batch.ledger.head import last_known_on, read_head, read_sound_head, refuse_the_past
from cpor_batch.ledger.history import read_events
from cpor_batch.ledger.known import read_known
from cpor_batch.ledger.lock import locked
from cpor_batch.ledger.naming import find_named
from cpor_batch.ledger.paperwork import read_documents
from cpor_batch.ledger.run import BatchIdentity, RecordedRun, Run
from cpor_batch.ledger.runs import has_run, read_runs
from cpor_batch.ledger.schema import create_schema, read_revision, require_current
from cpor_batch.ledger.sharing import find_sharing
from cpor_batch.ledger.states import read_stored
from cpor_batch.ledger.writing import Writing, has_recorded

DEFAULT_LOCK_TIMEOUT = 10.0


def create_ledger(url: str, *, lock_timeout: float = DEFAULT_LOCK_TIMEOUT) -> bool:
    """Make an empty ledger and return True, or False where there is one already."""
    place = parse_url(url)
    path = sqlite_path(place)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(place, lock_timeout=lock_timeout)
    try:
        with explained(place), locked(engine, timeout=lock_timeout, command="init") as connection:
            if read_revision(connection) is not None:
                return False
            create_schema(connection)
            connection.commit()
            return True
    finally:
        engine.dispose()


def require_ledger(url: str) -> None:
    """Raise ConfigurationError where the ledger's file is gone, LedgerDamagedError if it is no database."""
    require_file(parse_url(url))


def open_ledger(url: str, *, lock_timeout: float = DEFAULT_LOCK_TIMEOUT, must_exist: bool = True) -> "Ledger":
    """Return the ledger, to be closed or used as a context manager.

    Raises ConfigurationError where there is none (or makes one, unless `must_exist`), LedgerDamagedError
    where it is damaged or newer than we are. `lock_timeout` is how many seconds a run waits for another.
    """
    place = parse_url(url)
    path = sqlite_path(place)
    if must_exist or path is None or path.is_file():
        require_file(place)
    else:
        create_ledger(url, lock_timeout=lock_timeout)
    with explained(place):
        engine = open_to_read(place, lock_timeout=lock_timeout)
    try:
        with explained(place), engine.connect() as connection:
            revision = read_revision(connection)
        if revision is None and not must_exist:
            create_ledger(url, lock_timeout=lock_timeout)
        else:
            require_current(revision, where=masked(place))
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, lock_timeout=lock_timeout)


class Ledger:
    """Every claim, every event, and who holds what. Reading inside `write` sees what the run appended."""

    def __init__(self, engine: Engine, *, lock_timeout: float = DEFAULT_LOCK_TIMEOUT) -> None:
        """Keep the engine; `open_ledger` is the way to get a ledger."""
        self._engine = engine
        self._lock_timeout = lock_timeout
        self._writing: Writing | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @property
    def url(self) -> URL:
        """Where the ledger is; its text hides the password."""
        return self._engine.url

    @contextmanager
    def write(self, run: Run) -> Iterator[Writing]:
        """Yield what a run may do, in one transaction: kept at the end, or nothing of it on any exception.

        Take it before `read_known`: from here on no other run can write. Raises LedgerBusyError where
        another one holds the ledger too long, UsageError where the run's day lies before the last event's.
        """
        ours = locked(self._engine, timeout=self._lock_timeout, command=run.command)
        with explained(self.url), ours as connection:
            number, digest = read_sound_head(connection, where=masked(self.url))
            refuse_the_past(run, last_known_on(connection))
            writing = Writing(connection, run, number, digest)
            self._writing = writing
            try:
                yield writing
                writing.finish()
                if writing.is_rolled_back:
                    connection.rollback()
                else:
                    connection.commit()
            finally:
                self._writing = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self.url):
            if self._writing is not None:
                self._writing.flush()
                yield self._writing.connection
            else:
                with self._engine.connect() as connection:
                    yield connection

    def read_known(self, wanted: Wanted, *, today: date) -> Known:
        """Return what the ledger knows of the wanted claims, keys, tenants, domains and subscriptions."""
        if self._writing is not None:
            return self._writing.read_known(wanted, today=today)
        with self._reading() as connection:
            return read_known(connection, wanted, today=today)

    def read_states(
        self, references: Iterable[str] | None = None, *, is_waiting: bool = False
    ) -> Iterator[ClaimState]:
        """Yield these claims, or all (that wait for a decision), as they stand now, in order of recording."""
        with self._reading() as connection:
            for stored in read_stored(connection, references, is_waiting=is_waiting):
                yield stored.state

    def read_sharing(self) -> Iterator[ClaimState]:
        """Yield the claims on keys that several have, in order of recording; not all of them hold it."""
        with self._reading() as connection:
            references = find_sharing(connection)
            for stored in read_stored(connection, references) if references else ():
                yield stored.state

    def find_claim(self, text: str) -> ClaimState | tuple[ClaimState, ...]:
        """Return the claim of this reference, Partner Center claim ID or unique name.

        A tuple where no claim fits (empty) or a name fits several (the candidates).
        """
        return self.find_claims((text,))[text]

    def find_claims(self, texts: Iterable[str]) -> dict[str, ClaimState | tuple[ClaimState, ...]]:
        """Return for each text what `find_claim` says of it, all of them in a few questions."""
        with self._reading() as connection:
            named = find_named(connection, texts)
            wanted = {reference for references in named.values() for reference in references}
            stored = read_stored(connection, wanted) if wanted else ()
            states: dict[str, ClaimState] = {item.state.reference: item.state for item in stored}
        found = {text: tuple(states[reference] for reference in named[text]) for text in named}
        return {text: several[0] if len(several) == 1 else several for text, several in found.items()}

    def read_events(
        self, claim: str | None = None, *, known_until: date | None = None, run: str | None = None
    ) -> Iterator[Event]:
        """Yield the events, of one claim or run and known by a day if given, as they were written."""
        with self._reading() as connection:
            yield from read_events(connection, claim=claim, run=run, known_until=known_until)

    def require_sound(self, claim: str) -> None:
        """Raise LedgerDamagedError, which names it, where an event of the claim is not what was written."""
        for _ in self.read_events(claim):
            pass

    def read_stories(self, run: str) -> Iterator[tuple[Event, ...]]:
        """Yield for each claim that the run touched all its events, in their order, by reference."""
        with self._reading() as connection:
            events = read_events(connection, touched_by=run, by_claim=True)
            for _, story in groupby(events, key=lambda event: event.claim):
                yield tuple(story)

    def read_states_as_of(self, day: date) -> Standing:
        """Return what every claim was by what was known on `day`."""
        return fold_events(self.read_events(known_until=day))

    def last_known_on(self) -> date | None:
        """Return the latest day on which an event was known, or None for an empty ledger."""
        with self._reading() as connection:
            return last_known_on(connection)

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last event; 0 and zeros for an empty ledger."""
        with self._reading() as connection:
            return read_head(connection)

    def read_documents(
        self,
        references: Iterable[str] | None = None,
        *,
        kind: DocumentKind | None = None,
        is_due: bool | None = None,
        workspace: str | None = None,
    ) -> Iterator[DocumentRecord]:
        """Yield documents, due and made, by reference and kind."""
        with self._reading() as connection:
            yield from read_documents(connection, references, kind=kind, is_due=is_due, workspace=workspace)

    def has_recorded(self, batch: BatchIdentity) -> bool:
        """Whether a run recorded exactly this batch before."""
        with self._reading() as connection:
            return has_recorded(connection, batch.digest)

    def has_run(self, run: str) -> bool:
        """Whether the run of this ID changed the ledger."""
        with self._reading() as connection:
            return has_run(connection, run)

    def runs(self) -> Iterator[RecordedRun]:
        """Yield the runs that wrote, oldest first, with the batches that they read."""
        with self._reading() as connection:
            yield from read_runs(connection)
