"""Lines of a Partner Center export, and the claims that they make up."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from cpor_batch.domain.claim import Level, Source
from cpor_batch.domain.ids import ClaimReference, MpnId, SubscriptionId, TenantId

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProduct:
    """One product or workload of a line."""

    name: str
    """The catalogue's canonical name, else as it is reported."""
    level: Level | None
    """None for a product that the catalogue does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLine:
    """One row of an export. None means that the export does not say it."""

    source: Source
    reference: ClaimReference | None = None
    """Ours, which only a file of our own copy sheets has."""
    claim_id: str | None = None
    """Partner Center's."""
    claim_name: str | None = None
    status: str | None = None
    """As it is reported."""
    mpn_id: MpnId | None = None
    partner_name: str | None = None
    tenant_id: TenantId | None = None
    customer_name: str | None = None
    customer_domain: str | None = None
    solution_area: str | None = None
    """The area, activity and engagement are as they are reported: editions spell them differently."""
    activity: str | None = None
    engagement: str | None = None
    products: tuple[ExportProduct, ...] = ()
    subscription_id: SubscriptionId | None = None
    subscription_ends_on: date | None = None
    submitted_on: date | None = None
    notified_on: date | None = None
    approved_on: date | None = None
    associated_on: date | None = None
    changed_on: date | None = None
    """When the claim was last updated."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportClaim:
    """The lines of one claim; there is at least one."""

    lines: tuple[ExportLine, ...]

    @property
    def claim_id(self) -> str | None:
        """Partner Center's claim ID, where the export has one."""
        return self.first(lambda line: line.claim_id)

    @property
    def reference(self) -> ClaimReference | None:
        """Our own reference, where the export has it."""
        return self.first(lambda line: line.reference)

    @property
    def source(self) -> Source:
        """Where the claim stands in the export: its first line."""
        return self.lines[0].source

    @property
    def latest(self) -> ExportLine:
        """The line that was updated last; the last one of several without or of the same date."""
        return max(
            reversed([line for line in self.lines if line.status] or self.lines),
            key=lambda line: line.changed_on or date.min,
        )

    def first(self, fact: Callable[[ExportLine], Fact | None]) -> Fact | None:
        """Return the first line's fact that the export says, or None."""
        return next((found for line in self.lines if (found := fact(line)) is not None), None)

    def earliest(self, day: Callable[[ExportLine], date | None]) -> date | None:
        """Return the earliest of the lines' days, or None."""
        return min((found for line in self.lines if (found := day(line)) is not None), default=None)

    def products(self) -> Iterator[tuple[ExportProduct, ExportLine]]:
        """Yield each product (and subscription) once, with the line that brings it."""
        seen = set()
        for line in self.lines:
            for product in line.products:
                identity = (product.name, line.subscription_id)
                if identity not in seen:
                    seen.add(identity)
                    yield product, line


def group_lines(lines: Iterable[ExportLine]) -> tuple[ExportClaim, ...]:
    """Return the claims in the order of their first line.

    Lines of one reference or claim ID belong together, others by partner, tenant, area, activity
    and name; a line that has no name either stands for itself.
    """
    groups: dict[tuple[object, ...], list[ExportLine]] = {}
    for line in lines:
        groups.setdefault(group_key(line), []).append(line)
    return tuple(ExportClaim(lines=tuple(group)) for group in groups.values())


def group_key(line: ExportLine) -> tuple[object, ...]:
    """Return what the lines of one claim have in common."""
    if line.reference is not None:
        return ("reference", line.reference)
    if line.claim_id is not None:
        return ("claim ID", line.claim_id.casefold())
    if line.claim_name is not None:
        texts = (line.solution_area, line.activity, line.claim_name)
        return ("name", line.mpn_id, line.tenant_id, *((text or "").casefold() for text in texts))
    return ("line", line.source)
