"""Build claims from their rows."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final, cast

from cpor_batch.domain.claim import CLAIM_FIELDS, Claim, ClaimLine, Source
from cpor_batch.domain.edition import Activity, Product, SolutionArea
from cpor_batch.domain.ids import MpnId, TenantId
from cpor_batch.domain.known import House, Known, PartnerEntry
from cpor_batch.domain.standing import ClaimState
from cpor_batch.validation.batch import Batch
from cpor_batch.validation.claimwide import Claims
from cpor_batch.validation.grouping import GROUPING_KEYS
from cpor_batch.validation.namesakes import Namesakes

_OPTIONAL: Final = tuple(name for name in CLAIM_FIELDS if name not in GROUPING_KEYS)
# What the ledger learns by other ways than the workbook, or what settings fill in: a blank cell changes none.
_KEPT_WHEN_BLANK: Final = ("submitted_on", "partner_center_claim_id")
# What may be added to a claim with Microsoft: an older copy of the workbook takes none of it away.
_ONLY_ADDED: Final = ("poe_document", "poe_signed_on")
_FILLED_BY_SETTINGS: Final = ("partner_organisation", "partner_country")
# Contacts that every recorded claim has, until they are purged.
_NEVER_BLANK: Final = (
    "partner_contact_name",
    "partner_contact_email",
    "customer_contact_name",
    "customer_contact_title",
    "customer_contact_email",
)
EVERYTHING: Final = "*"
"""In a status' `may_change`: all columns."""


def build_claims(claims: Claims, *, edition: str, house: House) -> list[Claim | None]:
    """Return each claim as far as it can be read, or None where no line or no grouping cell can.

    A claim that lacks lines, or the name of a party, has an error for it and is refused; what is left of it
    still tells which keys it asks for.
    """
    lines = build_lines(claims.batch)
    columns = {name: claims.columns[name].listed() for name in _OPTIONAL}
    grouped = {key: claims.grouped(key) for key in GROUPING_KEYS}
    built: list[Claim | None] = []
    for number, group in enumerate(claims.grouping.groups):
        own = tuple(line for position in claims.own_rows(number) if (line := lines[position]) is not None)
        if not group.is_readable or not own:
            built.append(None)
            continue
        # Any: the values of a row of columns, whose types are those of the columns.
        values: dict[str, Any] = {name: column[number] for name, column in columns.items()}
        values |= {key: column[number] for key, column in grouped.items()}
        built.append(_build(group.name, own, values, edition, house))
    return built


# Any: the values of a row of columns, whose types are those of the columns.
def _build(
    name: str, lines: tuple[ClaimLine, ...], values: dict[str, Any], edition: str, house: House
) -> Claim:
    mpn_id = str(values["mpn_id"])
    entry = house.partners.get(mpn_id) or PartnerEntry(mpn_id=mpn_id)
    values["partner_name"] = values["partner_name"] or ""
    values["customer_name"] = values["customer_name"] or ""
    values["partner_organisation"] = (
        values["partner_organisation"] or entry.organisation or values["partner_name"]
    )
    values["partner_country"] = values["partner_country"] or entry.country or house.country
    language = str(values["customer_language"] or "").lower()
    values["customer_language"] = language if language in house.languages else None
    values["customer_address"] = values["customer_address"] or ()
    values["public_sector"] = bool(values["public_sector"])
    values |= {
        "claim_name": name,
        "mpn_id": MpnId(mpn_id),
        "tenant_id": TenantId(str(values["tenant_id"])),
        "solution_area": cast("SolutionArea", values["solution_area"]).name,
        "activity": cast("Activity", values["activity"]).name,
    }
    return Claim(edition=edition, lines=lines, **values)


def build_lines(batch: Batch) -> list[ClaimLine | None]:
    """Return the line of each row, None where its product or activity cannot be read."""
    columns = batch.columns
    keys = ("product", "activity", "subscription_id", "subscription_ends_on", "purchase_channel")
    texts = ("engagement_description", "comments")
    cells = zip(*(columns[key] for key in (*keys, *texts)), strict=True)
    return [_line(row, batch, position) for position, row in enumerate(cells)]


# Any: the values of a row of columns, whose types are those of the columns.
def _line(row: tuple[Any, ...], batch: Batch, position: int) -> ClaimLine | None:
    product, activity, subscription_id, ends_on, channel, description, comments = row
    if not isinstance(product, Product) or not isinstance(activity, Activity):
        return None
    sheet = batch.sheets[batch.sheet_of[position]]
    return ClaimLine(
        product=product.name,
        level=product.level,
        programmes=activity.programmes,
        subscription_id=subscription_id,
        subscription_ends_on=ends_on,
        purchase_channel=channel,
        engagement_description=description,
        comments=comments,
        source=Source(file=sheet.file, sheet=sheet.sheet, row=batch.numbers[position]),
    )


def find_known(claim: Claim, known: Known, namesakes: Namesakes) -> ClaimState | None:
    """Return the ledger's claim of this identity: reference, else Microsoft's ID, else the natural identity.

    A reference or ID that the ledger does not know names nothing, so the next identity is tried: a workbook
    that comes from another ledger keeps its references.
    """
    by_reference = known.by_reference.get(claim.claim_reference or "")
    if by_reference is not None:
        return by_reference
    by_their_id = known.by_partner_center_claim_id.get(claim.partner_center_claim_id or "")
    return by_their_id or _find_namesake(claim, known, namesakes)


def _find_namesake(claim: Claim, known: Known, namesakes: Namesakes) -> ClaimState | None:
    """Return the ledger's claim of this natural identity, whatever its edition calls the activity."""
    mpn_id, tenant, area, activity, name = claim.natural_identity
    for names in ((area, activity), *namesakes.get((area, activity), ())):
        state = known.by_natural_identity.get((mpn_id, tenant, *names, name))
        if state is not None:
            return state
    return None


def adopt_known(
    claim: Claim, state: ClaimState, *, blank: Collection[str], may_change: Collection[str]
) -> Claim:
    """Return the claim with what only the ledger knows: reference, edition, and what blank cells leave alone.

    `blank` lists the claim-wide columns without a value, `may_change` the columns that may still change. What
    settings fill in and what was purged stays as it was recorded, unless it may change: a changed
    cpor-batch.toml is no changed row, and personal data does not come back with an old workbook.
    """
    before = state.claim
    kept: dict[str, Any] = {  # Any: the values of any fields
        "claim_reference": state.reference,
        "edition": before.edition,
    }
    kept |= {name: getattr(before, name) for name in _KEPT_WHEN_BLANK if name in blank}
    if EVERYTHING not in may_change:
        kept |= {
            name: getattr(before, name) for name in (*_FILLED_BY_SETTINGS, *_ONLY_ADDED) if name in blank
        }
        kept["lines"] = _with_comments_of(before, claim)
        kept |= dict.fromkeys(_purged(state, may_change))
    return replace(claim, **kept)


def _with_comments_of(before: Claim, claim: Claim) -> tuple[ClaimLine, ...]:
    comments = {line.identity: line.comments for line in before.lines if line.comments is not None}
    return tuple(
        replace(line, comments=comments[line.identity])
        if line.comments is None and line.identity in comments
        else line
        for line in claim.lines
    )


def _purged(state: ClaimState, may_change: Collection[str]) -> list[str]:
    """Return the contact cells that were purged; an association that was taken over never had them."""
    if state.is_adopted:
        return []
    return [name for name in _NEVER_BLANK if name not in may_change and getattr(state.claim, name) is None]
