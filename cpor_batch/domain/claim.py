"""Claims and claim lines, and the key that only one partner may hold.

Field names are the keys of the batch workbook, everywhere: in the rows, here, in the ledger and in templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.ids import ClaimReference, MpnId, SubscriptionId, TenantId, parse_subscription_id


class Level(StrEnum):
    """What a claim line claims: a Microsoft 365 workload or a Business Applications subscription."""

    WORKLOAD = "workload"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimKey:
    """What only one partner may hold."""

    tenant_id: TenantId
    level: Level
    item: str
    """The product's canonical name, or the subscription ID where the line has one."""
    activity: str | None = None
    """Only where the edition makes the activity part of the key."""

    @property
    def has_subscription(self) -> bool:
        """Whether `item` is a subscription ID and not a product's name."""
        return self.level is Level.SUBSCRIPTION and parse_subscription_id(self.item) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a claim line came from."""

    file: str
    sheet: str | None
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One workload or one product (+ subscription) of a claim: one row of the workbook."""

    product: str
    """The catalogue's canonical name."""
    level: Level
    programmes: tuple[str, ...]
    """The incentive programmes that the line counts for, by name."""
    subscription_id: SubscriptionId | None = None
    subscription_ends_on: date | None = None
    purchase_channel: str | None = None
    engagement_description: str | None = None
    comments: str | None = None
    source: Source | None = None
    """None for what was not read from a workbook."""

    @property
    def identity(self) -> tuple[str, str]:
        """Product and subscription: what makes two lines of one claim the same line."""
        return (self.product, self.subscription_id or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One request to be partner of record: a partner location, a customer tenant, an area and an activity."""

    claim_name: str
    mpn_id: MpnId
    partner_name: str
    tenant_id: TenantId
    customer_name: str
    solution_area: str
    activity: str
    edition: str
    """The edition under which the claim was accepted, such as "cpor-2021"."""
    lines: tuple[ClaimLine, ...]
    claim_reference: ClaimReference | None = None
    partner_center_claim_id: str | None = None
    partner_organisation: str = ""
    """Never blank after judgement: the column's, else the `[[partners]]` entry's, else the partner's name."""
    partner_country: str | None = None
    partner_contact_name: str | None = None
    partner_contact_email: str | None = None
    customer_domain: str | None = None
    customer_country: str | None = None
    customer_region: str | None = None
    customer_address: tuple[str, ...] = ()
    customer_language: str | None = None
    customer_contact_name: str | None = None
    customer_contact_title: str | None = None
    customer_contact_email: str | None = None
    technical_contact_name: str | None = None
    technical_contact_title: str | None = None
    technical_contact_email: str | None = None
    solution_seller_name: str | None = None
    isv_solution_name: str | None = None
    poe_document: str | None = None
    poe_signed_on: date | None = None
    public_sector: bool = False
    submitted_on: date | None = None

    @property
    def natural_identity(self) -> tuple[str, str, str, str, str]:
        """Partner, tenant, area, activity and name: the identity where no reference or Microsoft ID is given.

        The name is compared without regard to case, as Excel users expect of a name.
        """
        return (self.mpn_id, self.tenant_id, self.solution_area, self.activity, self.claim_name.casefold())


CLAIM_FIELDS: Final = tuple(field.name for field in fields(Claim) if field.name not in {"lines", "edition"})
LINE_FIELDS: Final = tuple(
    field.name for field in fields(ClaimLine) if field.name not in {"level", "programmes", "source"}
)
CONTACT_FIELDS: Final = frozenset(
    {
        "partner_contact_name",
        "partner_contact_email",
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "technical_contact_name",
        "technical_contact_title",
        "technical_contact_email",
        "solution_seller_name",
    }
)
"""Fields that hold personal data: the ledger keeps them apart from the events, so that they can be purged."""


def claim_key(claim: Claim, line: ClaimLine, *, activity_in_key: bool) -> ClaimKey:
    """Return the key that `line` of `claim` asks for.

    Microsoft 365: (tenant, workload). Business Applications: (tenant, subscription), without an ID
    (tenant, product).
    """
    item = line.subscription_id if line.level is Level.SUBSCRIPTION and line.subscription_id else line.product
    return ClaimKey(
        tenant_id=claim.tenant_id,
        level=line.level,
        item=item,
        activity=claim.activity if activity_in_key else None,
    )


def changed_fields(before: Claim, after: Claim) -> Mapping[str, tuple[object, object]]:
    """Return what differs between two states of a claim: field -> (before, after).

    Lines are compared as a set by product and subscription; `products` names those added or gone, and a
    line's own field is named `field (product)`. Sources and references do not count as data.
    """
    changes: dict[str, tuple[object, object]] = {}
    for name in CLAIM_FIELDS:
        if name == "claim_reference":
            continue
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes[name] = (old, new)
    old_lines = {line.identity: line for line in before.lines}
    new_lines = {line.identity: line for line in after.lines}
    if old_lines.keys() != new_lines.keys():
        changes["product"] = (_names(old_lines), _names(new_lines))
    for identity in old_lines.keys() & new_lines.keys():
        for name in LINE_FIELDS:
            old, new = getattr(old_lines[identity], name), getattr(new_lines[identity], name)
            if old != new:
                changes[f"{name} ({identity[0]})"] = (old, new)
    return changes


def _names(lines: Mapping[tuple[str, str], ClaimLine]) -> tuple[str, ...]:
    return tuple(sorted(f"{product} {subscription}".strip() for product, subscription in lines))
