"""Prove that the ledger is what was written: chain, contact data, projection, runs, triggers, documents.

The limit: whoever owns the database and every report that was printed from it can write both anew.
`anchors` are heads that were kept elsewhere, such as in the runs' own files.
"""

import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import DBAPIError

from cpor_batch.domain.event import EventKind
from cpor_batch.errors import LedgerDamagedError
from cpor_batch.files import sha256_of
from cpor_batch.ledger import bulk
from cpor_batch.ledger.chain import GENESIS, chain_hash, seal
from cpor_batch.ledger.codec import JsonObject, event_from_plain
from cpor_batch.ledger.contacts import card_ids, parse_reference
from cpor_batch.ledger.engine import explain, explained, masked, open_to_read, parse_url, require_file
from cpor_batch.ledger.folding import fold_pages
from cpor_batch.ledger.projection import claim_row, standing_rows
from cpor_batch.ledger.schema import read_revision, require_current
from cpor_batch.ledger.states import damaged_event
from cpor_batch.ledger.tables import claims, documents, events, personal, runs, standing

_PAGE: Final = 500
_MOST_PROBLEMS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it was written."""

    text: str
    event: int | None = None
    """Number of the event that it is about."""
    claim: str | None = None
    document: str | None = None
    """Path of the document, relative to the out folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a verification found."""

    events: int
    claims: int
    documents: int
    """Documents whose bytes were compared."""
    head: tuple[int, str]
    problems: tuple[Problem, ...]
    missing_documents: tuple[str, ...] = ()
    """Documents that were made and are gone: no damage, they can be made again."""

    @property
    def is_sound(self) -> bool:
        """Whether everything is as it was written."""
        return not self.problems


def verify_ledger(
    url: str, *, out: Path | None = None, anchors: Iterable[tuple[int, str]] = ()
) -> VerifyReport:
    """Return what is wrong with the ledger, the first bad event first.

    `out` is the folder whose documents are compared with the ledger, `anchors` are (number, hash) of heads
    kept elsewhere. Raises LedgerDamagedError only where the database cannot be opened at all.
    """
    place = parse_url(url)
    require_file(place)
    with explained(place):
        engine = open_to_read(place, lock_timeout=0)
    try:
        with explained(place), engine.connect() as connection:
            require_current(read_revision(connection), where=masked(place))
            return _verify(connection, out, tuple(anchors))
    finally:
        engine.dispose()


def require_sound_chain(connection: Connection, *, where: str) -> None:
    """Raise LedgerDamagedError, which names it, where an event is not what was written; walks all events."""
    with closing(_ChainWalk(anchors={}).find_problems(connection)) as problems:
        first = next(problems, None)
    if first is not None:
        raise damaged_event(first.text, where=where)


def _verify(connection: Connection, out: Path | None, anchors: tuple[tuple[int, str], ...]) -> VerifyReport:
    walk = _ChainWalk(anchors=dict(anchors))
    problems: list[Problem] = []
    try:
        problems.extend(_capped(walk.find_problems(connection)))
        # What the events do not say cannot be compared with what is made from them.
        if not problems:
            problems.extend(_capped(_projection_problems(connection)))
        problems.extend(_run_problems(connection))
        problems.extend(_trigger_problems(connection))
        compared, missing, changed = _compare_documents(connection, out)
        count = connection.scalar(select(func.count()).select_from(claims)) or 0
    except DBAPIError as exc:
        if not isinstance(explain(exc, connection.engine.url), LedgerDamagedError):
            raise
        unreadable = _find_unreadable(connection, after=walk.number)
        return VerifyReport(
            events=walk.number,
            claims=0,
            documents=0,
            head=(walk.number, walk.hash),
            problems=(*problems, unreadable),
        )
    return VerifyReport(
        events=walk.number,
        claims=count,
        documents=compared,
        head=(walk.number, walk.hash),
        problems=(*problems, *changed),
        missing_documents=missing,
    )


def _find_unreadable(connection: Connection, *, after: int) -> Problem:
    """Return what the database cannot read: the first event that fails when each is asked for alone."""
    number = after
    try:
        last = connection.scalar(select(func.max(events.c.number))) or after
        for number in range(after + 1, last + 1):
            connection.execute(select(events).where(events.c.number == number)).first()
    except DBAPIError:
        return Problem(text=f"event {number} cannot be read: the file is damaged there.", event=number)
    return Problem(text="the file is damaged, though every event can be read.")


def _capped(problems: Iterator[Problem]) -> Iterator[Problem]:
    for count, problem in enumerate(problems):
        if count >= _MOST_PROBLEMS:
            return
        yield problem


@dataclass(slots=True)
class _ChainWalk:
    """A walk along all events."""

    anchors: dict[int, str]
    number: int = 0
    hash: str = GENESIS
    _missing_cards: dict[int, int] = field(default_factory=dict)
    """Card -> the first event that names it."""
    _purged: set[int] = field(default_factory=set)

    def find_problems(self, connection: Connection) -> Generator[Problem]:
        query = select(events).order_by(events.c.number)
        with connection.execute(query, execution_options={"yield_per": _PAGE}) as result:
            for page in result.partitions():
                plains = [_parse(row.body) for row in page]
                cards = _read_seals(connection, [card for plain in plains for card in _card_ids(plain)])
                for row, plain in zip(page, plains, strict=True):
                    yield from self._judge(row, plain, cards)
        for number in sorted(self.anchors.keys()):
            yield Problem(
                text=f"event {number} is gone: a head of the ledger that was kept elsewhere names it.",
                event=number,
            )
        for card, number in sorted(self._missing_cards.items()):
            if card not in self._purged:
                yield Problem(text=f"contact data of event {number} is gone without a purge.", event=number)

    def _judge(self, row: Row[Any], plain: JsonObject, cards: dict[int, str]) -> Iterator[Problem]:
        # Any: a row of `events`.
        number = row.number
        if number != self.number + 1:
            missing = f"event {self.number + 1} is missing."
            yield Problem(text=missing, event=self.number + 1)
        is_as_written = chain_hash(self.hash, row.body) == row.hash
        self.number, self.hash = number, row.hash
        if not is_as_written:
            yield Problem(text=f"event {number} is not what was written.", event=number)
            # Whatever else it says, nothing follows from it.
            return
        if not _is_readable(plain) or not _columns_agree(row, plain):
            yield Problem(text=f"event {number} is listed under other data than it holds.", event=number)
        elif self.anchors.pop(number, row.hash) != row.hash:
            yield Problem(
                text=f"event {number} is not the one that a kept head of the ledger names.", event=number
            )
        if plain.get("kind") == EventKind.CONTACT_PURGED.value:
            self._purged.update(plain.get("after", {}).get("cards", ()))
        yield from self._judge_cards(number, plain, cards)

    def _judge_cards(self, number: int, plain: JsonObject, cards: dict[int, str]) -> Iterator[Problem]:
        for roles in plain.get("contacts", {}).values():
            for reference in roles.values():
                card, digest = parse_reference(reference)
                found = cards.get(card)
                if found is None:
                    self._missing_cards.setdefault(card, number)
                elif found != digest:
                    yield Problem(
                        text=f"contact data of event {number} is not what was written.", event=number
                    )


def _parse(body: str) -> JsonObject:
    try:
        plain = json.loads(body)
    except ValueError:
        return {}
    return plain if isinstance(plain, dict) else {}


def _card_ids(plain: JsonObject) -> list[int]:
    try:
        return card_ids(plain)
    except (ValueError, AttributeError):
        return []


def _is_readable(plain: JsonObject) -> bool:
    try:
        event_from_plain(plain, {})
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _columns_agree(row: Row[Any], plain: JsonObject) -> bool:  # Any: a row of `events`
    return all(
        plain.get(name) == getattr(row, name) for name in ("number", "claim", "kind", "known_on", "run")
    )


def _read_seals(connection: Connection, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _PAGE):
        query = select(personal).where(personal.c.id.in_(wanted[start : start + _PAGE]))
        found.update((row.id, seal(row.salt, row.body)) for row in connection.execute(query))
    return found


def _projection_problems(connection: Connection) -> Iterator[Problem]:
    seen = 0
    for page in fold_pages(connection):
        seen += len(page.stored)
        references: list[str] = [*(item.state.reference for item in page.stored), *page.absent]
        kept_claims, kept_lines = _read_projection(connection, references)
        for reference in page.absent:
            if reference in kept_claims:
                text = f"claim {reference} stands although its recording was reverted."
                yield Problem(text=text, claim=reference)
        for item in page.stored:
            reference = item.state.reference
            if kept_claims.get(reference) != claim_row(item):
                yield Problem(text=f"claim {reference} stands other than its events say.", claim=reference)
            elif kept_lines.get(reference, []) != list(standing_rows(item.state)):
                yield Problem(
                    text=f"lines of claim {reference} stand other than its events say.", claim=reference
                )
    if (connection.scalar(select(func.count()).select_from(claims)) or 0) != seen:
        orphans = select(claims.c.reference).where(claims.c.reference.not_in(_FOLDED)).limit(_MOST_PROBLEMS)
        for reference in connection.scalars(orphans):
            yield Problem(text=f"claim {reference} stands without any event.", claim=reference)


_FOLDED: Final = select(events.c.claim).where(events.c.claim.is_not(None))


def _read_projection(
    connection: Connection, references: list[str]
) -> tuple[dict[str, bulk.Row], dict[str, list[bulk.Row]]]:
    with bulk.staged(connection, ("reference",), ((reference,) for reference in references)) as stage:
        heads = connection.execute(select(claims).join(stage, stage.c.reference == claims.c.reference)).all()
        query = select(standing).join(stage, stage.c.reference == standing.c.reference)
        lines = connection.execute(query).all()
    grouped: dict[str, list[bulk.Row]] = {}
    # Sorted here: told to sort, SQLite walks the whole ledger in that order for every page.
    for line in sorted(lines, key=attrgetter("position")):
        grouped.setdefault(line.reference, []).append(tuple(line))
    return {head.reference: tuple(head) for head in heads}, grouped


def _run_problems(connection: Connection) -> Iterator[Problem]:
    same = (events.c.number == runs.c.head_number) & (events.c.hash == runs.c.head_hash)
    query = (
        select(runs.c.id, runs.c.head_number)
        .outerjoin(events, same)
        .where(runs.c.head_number > 0, events.c.number.is_(None))
        .order_by(runs.c.head_number)
        .limit(_MOST_PROBLEMS)
    )
    for row in connection.execute(query):
        yield Problem(
            text=f"run {row.id} ended with event {row.head_number}, which is gone or another one.",
            event=row.head_number,
        )


_TRIGGERS: Final = {
    "sqlite": (
        frozenset(
            {
                "events_refuse_update",
                "events_refuse_delete",
                "events_refuse_replace",
                "personal_refuse_update",
            }
        ),
        text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    ),
    "postgresql": (
        frozenset(
            {
                "events_refuse_update",
                "events_refuse_delete",
                "events_refuse_truncate",
                "personal_refuse_update",
            }
        ),
        text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"),
    ),
}


def _trigger_problems(connection: Connection) -> Iterator[Problem]:
    wanted, query = _TRIGGERS[connection.dialect.name]
    for name in sorted(wanted - set(connection.scalars(query))):
        yield Problem(text=f'the trigger "{name}", which keeps what is written, is gone.')


def _compare_documents(
    connection: Connection, out: Path | None
) -> tuple[int, tuple[str, ...], tuple[Problem, ...]]:
    if out is None:
        return 0, (), ()
    compared, missing, changed = 0, [], []
    query = select(documents).where(documents.c.sha256.is_not(None)).order_by(documents.c.path)
    for row in connection.execute(query).all():
        path = out / row.path
        if not path.is_file():
            missing.append(row.path)
            continue
        compared += 1
        if sha256_of(path) != row.sha256:
            changed.append(
                Problem(
                    text=f"{row.path} is not the document that was made.",
                    claim=row.reference,
                    document=row.path,
                )
            )
    return compared, tuple(missing), tuple(changed)
