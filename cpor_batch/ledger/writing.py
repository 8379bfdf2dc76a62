"""One run's transaction: events are appended, their claims folded, documents owed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection, select, update

from cpor_batch import clock
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentRecord
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference, claim_reference_for
from cpor_batch.domain.known import Known, Wanted
from cpor_batch.ledger import bulk, tables
from cpor_batch.ledger.chain import chain_hash
from cpor_batch.ledger.codec import canonical, instant_text, plain_from_event
from cpor_batch.ledger.contacts import CardBox
from cpor_batch.ledger.folding import fold_into
from cpor_batch.ledger.known import Identity, read_known
from cpor_batch.ledger.paperwork import owe_documents, write_documents
from cpor_batch.ledger.projection import Stored, delete_states, write_states
from cpor_batch.ledger.purge import find_and_delete
from cpor_batch.ledger.run import Run
from cpor_batch.ledger.states import read_stored

# So many events are kept back before they are written; a run that appends one by one then stays quick.
_FLUSH_AT: Final = 20_000


@dataclass(slots=True)
class Writing:
    """What one run may do to the ledger. All of it is kept when the run ends, or nothing."""

    connection: Connection
    run: Run
    number: int
    """Of the ledger's last event, those of this run included."""
    hash: str
    is_rolled_back: bool = False
    first_event: int | None = None
    has_documents: bool = False
    _box: CardBox = field(default_factory=CardBox)
    _pending: list[Event] = field(default_factory=list)
    _rows: list[bulk.Row] = field(default_factory=list)
    _seen: dict[str, Stored] = field(default_factory=dict)
    """Claims as they stand in this transaction; nobody else writes meanwhile."""
    _free: set[str] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)

    def append(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Append events in their order and return them with their numbers and their time."""
        at = clock.now()
        appended = []
        for event in events:
            numbered = event.numbered(self.number + 1, at=at)
            bare, references = self._box.take_apart(numbered)
            body = canonical(plain_from_event(bare, references))
            self.number += 1
            self.hash = chain_hash(self.hash, body)
            self._rows.append(
                (
                    self.number,
                    event.claim,
                    event.kind.value,
                    event.known_on.isoformat(),
                    event.run,
                    body,
                    self.hash,
                )
            )
            self._pending.append(numbered)
            appended.append(numbered)
            if len(self._pending) >= _FLUSH_AT:
                self.flush()
        if appended and self.first_event is None:
            self.first_event = appended[0].number
        return tuple(appended)

    def flush(self) -> None:
        """Write what was appended; readers of this transaction need it, others see it after the commit."""
        if not self._pending:
            return
        cards = [(card.id, card.salt, card.body) for card in self._box.fresh]
        bulk.insert_rows(self.connection, tables.personal, cards)
        bulk.insert_rows(self.connection, tables.events, self._rows)
        self._box.fresh.clear()
        self._rows.clear()
        pending, self._pending = self._pending, []
        self._fold(pending)

    def _fold(self, events: Sequence[Event]) -> None:
        touched = {event.claim for event in events if event.claim is not None}
        stored = self._read_touched(touched)
        existing = frozenset(stored)
        for event in events:
            if event.claim is not None:
                folded = fold_into(stored.get(event.claim), event)
                if folded is not None:
                    stored[event.claim] = folded
                else:
                    stored.pop(event.claim, None)
        self._forget(existing - stored.keys())
        write_states(self.connection, tuple(stored.values()), existing=existing & stored.keys())
        self._taken.update(stored)
        self._seen.update(stored)

    def _forget(self, references: frozenset[str]) -> None:
        """Let claims go whose recording was reverted; their references may be given anew."""
        delete_states(self.connection, references)
        self._taken -= references
        for reference in references:
            del self._seen[reference]

    def _read_touched(self, references: set[ClaimReference]) -> dict[str, Stored]:
        unseen = references - self._seen.keys()
        if unseen:
            found = read_stored(self.connection, unseen, with_contacts=False)
            self._seen.update((item.state.reference, item) for item in found)
        return {reference: self._seen[reference] for reference in references if reference in self._seen}

    def read_known(self, wanted: Wanted, *, today: date) -> Known:
        """Return what the ledger knows, what this run appended included."""
        self.flush()
        self.expect(wanted.natural_identities)
        if self.number == 0:
            return Known.nothing()
        return read_known(self.connection, wanted, today=today, seen=self._seen)

    def expect(self, identities: Iterable[Identity]) -> None:
        """Find out at once which references of these identities are free, so that giving them is quick."""
        asked = {claim_reference_for(identity) for identity in identities} - self._free - self._taken
        if not asked:
            return
        if self.number == 0:
            self._free |= asked
            return
        with bulk.staged(self.connection, ("reference",), ((reference,) for reference in asked)) as stage:
            query = select(tables.claims.c.reference).join(
                stage, stage.c.reference == tables.claims.c.reference
            )
            taken = set(self.connection.scalars(query).all())
        self._taken |= taken
        self._free |= asked - taken

    def new_reference(self, claim: Claim | Identity) -> ClaimReference:
        """Return a reference that no claim of the ledger or of this run has."""
        identity = claim.natural_identity if isinstance(claim, Claim) else claim
        attempt = 0
        while True:
            reference = claim_reference_for(identity, attempt=attempt)
            if self._is_free(reference):
                self._free.discard(reference)
                self._taken.add(reference)
                return reference
            attempt += 1

    def _is_free(self, reference: str) -> bool:
        if reference in self._taken:
            return False
        if reference in self._free:
            return True
        query = select(tables.claims.c.reference).where(tables.claims.c.reference == reference)
        return self.connection.scalar(query) is None

    def owe(self, documents: Iterable[DocumentRecord]) -> None:
        """Put documents into the outbox: they are due until `register` says that they were made.

        One that was made before keeps its own date.
        """
        self.flush()
        self.has_documents |= owe_documents(self.connection, documents, run=self.run)

    def register(self, *documents: DocumentRecord) -> None:
        """Keep the SHA-256 and the date of documents that were made."""
        self.flush()
        self.has_documents |= write_documents(self.connection, documents, run=self.run)

    def purge_contact(self, person: str, *, reason: str) -> tuple[ClaimReference, ...]:
        """Delete for good what the ledger holds of the person with this e-mail address or name.

        Returns the claims concerned, in order of reference; each gets an event that says so. The chain
        still verifies. Backups, documents and mails that were made before are not reached.
        """
        self.flush()
        claims = find_and_delete(self.connection, person)
        self.append(
            Event(
                kind=EventKind.CONTACT_PURGED,
                claim=ClaimReference(reference),
                known_on=self.run.known_on,
                occurred_on=self.run.known_on,
                actor=self.run.actor,
                run=self.run.id,
                after={"cards": list(cards)},
                reason=reason,
            )
            for reference, cards in sorted(claims.items())
        )
        self._seen.clear()
        self._box = CardBox(fresh=self._box.fresh)
        return tuple(ClaimReference(reference) for reference in sorted(claims))

    def rollback(self) -> None:
        """Keep nothing of this run when it ends (--dry-run)."""
        self.is_rolled_back = True

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the last event, those of this run included."""
        return self.number, self.hash

    def finish(self) -> None:
        """Write what is left and the run itself, if it changed anything or read a new batch."""
        self.flush()
        fresh = [batch for batch in self.run.inputs if not has_recorded(self.connection, batch.digest)]
        if self.first_event is None and not self.has_documents and not fresh:
            return
        at = instant_text(clock.now())
        run = self.run
        if self._go_on(at):
            return
        row = (
            run.id,
            run.command,
            run.actor,
            run.workspace,
            run.known_on.isoformat(),
            at if run.started_at is None else instant_text(run.started_at),
            at,
            self.first_event,
            None if self.first_event is None else self.number,
            self.number,
            self.hash,
        )
        bulk.insert_rows(self.connection, tables.runs, [row])
        bulk.insert_rows(self.connection, tables.inputs, _input_rows(run))

    def _go_on(self, at: str) -> bool:
        """Whether the run wrote before, in a transaction of its own; it then ends with this one."""
        columns = tables.runs.c
        query = select(columns.first_event, columns.last_event).where(columns.id == self.run.id)
        before = self.connection.execute(query).first()
        if before is None:
            return False
        has_events = self.first_event is not None
        self.connection.execute(
            update(tables.runs)
            .where(columns.id == self.run.id)
            .values(
                recorded_at=at,
                first_event=self.first_event if before.first_event is None else before.first_event,
                last_event=self.number if has_events else before.last_event,
                head_number=self.number,
                head_hash=self.hash,
            )
        )
        return True


def has_recorded(connection: Connection, digest: str) -> bool:
    """Whether a batch of this identity was recorded before."""
    query = select(tables.inputs.c.run).where(tables.inputs.c.identity == digest).limit(1)
    return connection.scalar(query) is not None


def _input_rows(run: Run) -> list[bulk.Row]:
    return [
        (
            run.id,
            position,
            batch.digest,
            batch.name,
            batch.sha256,
            batch.sheet or "",
            batch.edition,
            batch.rulebook,
            canonical(dict(batch.header_map)),
        )
        for position, batch in enumerate(run.inputs)
    ]
