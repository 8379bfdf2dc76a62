"""Keep the lines of large files in a temporary database on disk, and give them back claim by claim.

Memory then depends on the claims of a few tenants at a time, not on the length of the files. Claims of one
tenant come together, because what competes and what belongs together always has one tenant.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from cpor_batch.domain.claim import Level, Source
from cpor_batch.domain.ids import ClaimReference, MpnId, SubscriptionId, TenantId
from cpor_batch.reconciliation import ExportLine, ExportProduct
from cpor_batch.reconciliation.earnings import EarningLine, EarningSheet

Line = TypeVar("Line")

_GROUPS_AT_ONCE: Final = 2_000
_MOST_GROUPS: Final = 50_000
"""A tenant with more claims than this is cut: nobody has one, and memory must have an end."""
_CACHE_KIB: Final = 16_384
_INSERT: Final = "INSERT INTO lines (tenant, grp, body) VALUES (?, ?, ?)"
_READ: Final = (
    "SELECT g.tenant, l.grp, l.body FROM lines l JOIN "
    "(SELECT grp, max(tenant) AS tenant, min(id) AS first FROM lines GROUP BY grp) g ON g.grp = l.grp "
    "ORDER BY g.tenant, g.first, l.id"
)


class LineStage(Generic[Line]):
    """Lines on disk."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        tenant_of: Callable[[Line], str | None],
        key_of: Callable[[Line], tuple[object, ...]],
        pack: Callable[[Line], list[Any]],
        unpack: Callable[[list[Any]], Line],
    ) -> None:
        """Keep how lines are written and read; Any: what JSON can say."""
        self._connection = connection
        self._tenant_of, self._key_of, self._pack, self._unpack = tenant_of, key_of, pack, unpack
        self.count = 0

    def add(self, lines: Iterable[Line]) -> None:
        """Keep these lines too."""
        self._connection.executemany(_INSERT, self._rows(lines))

    def _rows(self, lines: Iterable[Line]) -> Iterator[tuple[str, str, str]]:
        for line in lines:
            self.count += 1
            key = json.dumps(self._key_of(line), default=str)
            yield self._tenant_of(line) or "", key, json.dumps(self._pack(line))

    def batches(self) -> Iterator[list[list[Line]]]:
        """Yield the lines by claim, some thousand claims at a time, those of a tenant together."""
        self._connection.execute("CREATE INDEX lines_by_group ON lines (grp, id, tenant)")
        batch: list[list[Line]] = []
        last = None
        for (tenant, _group), rows in groupby(self._connection.execute(_READ), key=lambda row: row[:2]):
            is_full = len(batch) >= _GROUPS_AT_ONCE and (tenant != last or not tenant)
            if is_full or len(batch) >= _MOST_GROUPS:
                yield batch
                batch = []
            batch.append([self._unpack(json.loads(row[2])) for row in rows])
            last = tenant
        if batch:
            yield batch


@contextmanager
def open_line_stage(
    *,
    tenant_of: Callable[[Line], str | None],
    key_of: Callable[[Line], tuple[object, ...]],
    pack: Callable[[Line], list[Any]],
    unpack: Callable[[list[Any]], Line],
) -> Iterator[LineStage[Line]]:
    """Give an empty stage, which is gone when the block ends. Any: what JSON can say."""
    with tempfile.TemporaryDirectory(prefix="cpor-batch-") as folder:
        connection = sqlite3.connect(Path(folder) / "lines.sqlite", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA temp_store = FILE")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute(
                "CREATE TABLE lines (id INTEGER PRIMARY KEY, tenant TEXT, grp TEXT, body TEXT)"
            )
            connection.execute("BEGIN")
            yield LineStage(connection, tenant_of=tenant_of, key_of=key_of, pack=pack, unpack=unpack)
        finally:
            connection.close()


_DAYS: Final = (
    "subscription_ends_on",
    "submitted_on",
    "notified_on",
    "approved_on",
    "associated_on",
    "changed_on",
)
_TEXTS: Final = (
    "reference",
    "claim_id",
    "claim_name",
    "status",
    "mpn_id",
    "partner_name",
    "tenant_id",
    "customer_name",
    "customer_domain",
    "solution_area",
    "activity",
    "engagement",
    "subscription_id",
    "reason",
)


def pack_line(line: ExportLine) -> list[Any]:
    """Return the line as JSON can say it."""
    source = line.source
    return [
        [source.file, source.sheet, source.row],
        [[product.name, product.level] for product in line.products],
        [getattr(line, name) for name in _TEXTS],
        [None if (day := getattr(line, name)) is None else day.toordinal() for name in _DAYS],
    ]


def unpack_line(packed: list[Any]) -> ExportLine:
    """Return the line that was packed."""
    source, products, texts, days = packed
    reference, claim_id, claim_name, status, mpn_id, partner_name, tenant_id = texts[:7]
    customer_name, customer_domain, solution_area, activity, engagement, subscription_id, reason = texts[7:]
    ends_on, submitted_on, notified_on, approved_on, associated_on, changed_on = map(_day, days)
    return ExportLine(
        source=Source(file=source[0], sheet=source[1], row=source[2]),
        reference=None if reference is None else ClaimReference(reference),
        claim_id=claim_id,
        claim_name=claim_name,
        status=status,
        mpn_id=None if mpn_id is None else MpnId(mpn_id),
        partner_name=partner_name,
        tenant_id=None if tenant_id is None else TenantId(tenant_id),
        customer_name=customer_name,
        customer_domain=customer_domain,
        solution_area=solution_area,
        activity=activity,
        engagement=engagement,
        products=tuple(
            ExportProduct(name=name, level=None if level is None else Level(level))
            for name, level in products
        ),
        subscription_id=None if subscription_id is None else SubscriptionId(subscription_id),
        subscription_ends_on=ends_on,
        submitted_on=submitted_on,
        notified_on=notified_on,
        approved_on=approved_on,
        associated_on=associated_on,
        changed_on=changed_on,
        reason=reason,
    )


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def pack_earning(line: EarningLine) -> list[Any]:
    """Return the line as JSON can say it; amounts as text, never as a float."""
    amount, used, day = line.amount, line.used, line.day
    return [
        pack_line(line.line),
        str(line.sheet),
        None if amount is None else str(amount),
        line.currency,
        line.programme,
        None if day is None else day.toordinal(),
        line.reason,
        None if used is None else str(used),
    ]


def unpack_earning(packed: list[Any]) -> EarningLine:
    """Return the line that was packed."""
    line, sheet, amount, currency, programme, day, reason, used = packed
    return EarningLine(
        line=unpack_line(line),
        sheet=EarningSheet(sheet),
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        programme=programme,
        day=_day(day),
        reason=reason,
        used=None if used is None else Decimal(used),
    )
