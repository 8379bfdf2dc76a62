"""Take a claim that only Partner Center knows over as an existing association.

It carries what the export has and lacks nothing: an adopted association owes no document and no field.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from cpor_batch.domain.claim import Claim, ClaimLine, Level
from cpor_batch.domain.edition import Activity, Edition
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import House
from cpor_batch.domain.recording import Occasion
from cpor_batch.reconciliation.changes import APPROVED, reason_of, status_day, status_of
from cpor_batch.reconciliation.export import ExportClaim, ExportLine, ExportProduct
from cpor_batch.reconciliation.statuses import StatusWords, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A claim to be adopted."""

    claim: ExportClaim
    event: Event


def adopt(
    claim: ExportClaim,
    *,
    edition: Edition,
    words: StatusWords,
    house: House,
    occasion: Occasion,
    new_reference: Callable[[Claim], ClaimReference],
) -> Adoption | str:
    """Return the claim's adoption, or in words what the export would have to say for it."""
    built = _build_claim(claim, edition, house)
    if isinstance(built, str):
        return built
    status = status_of(claim, edition=edition, words=words) or APPROVED
    day = status_day(claim, status, occasion=occasion)
    associated_on = _find_association_day(claim)
    reference = new_reference(built)
    event = Event(
        kind=EventKind.ADOPTED,
        claim=reference,
        known_on=occasion.today,
        occurred_on=day,
        actor=occasion.actor,
        run=occasion.run,
        status=status,
        state=replace(built, claim_reference=reference),
        after={
            "status": status,
            "adopted": True,
            "approved_on": associated_on.isoformat() if associated_on is not None else None,
        },
        file=claim.source.file,
        row=claim.source.row,
        reason=reason_of(claim, status, edition),
    )
    return Adoption(claim=claim, event=event)


def _find_association_day(claim: ExportClaim) -> date | None:
    """Return since when the customer is associated, else since when the claim is approved, else None."""
    return claim.earliest(lambda line: line.associated_on) or claim.earliest(lambda line: line.approved_on)


def _build_claim(claim: ExportClaim, edition: Edition, house: House) -> Claim | str:
    mpn_id, tenant_id = claim.first(lambda line: line.mpn_id), claim.first(lambda line: line.tenant_id)
    products = tuple(claim.products())
    if mpn_id is None or tenant_id is None or not products:
        named = (("MPN ID", mpn_id), ("tenant ID", tenant_id), ("product", products))
        return f"the export gives it no {' and no '.join(name for name, value in named if not value)}"
    area = _find_area(claim, edition)
    activity = _find_activity(claim, area, edition)
    entry = house.partners.get(mpn_id)
    partner = claim.first(lambda line: line.partner_name) or (entry.name if entry else None) or mpn_id
    customer = claim.first(lambda line: line.customer_name) or claim.first(lambda line: line.customer_domain)
    name = claim.first(lambda line: line.claim_name) or claim.claim_id
    return Claim(
        claim_name=name or f"{customer or tenant_id}, {products[0][0].name}",
        mpn_id=mpn_id,
        partner_name=partner,
        partner_organisation=(entry.organisation if entry else None) or partner,
        partner_country=(entry.country if entry else None) or house.country,
        tenant_id=tenant_id,
        customer_name=customer or tenant_id,
        customer_domain=claim.first(lambda line: line.customer_domain),
        solution_area=area,
        activity=activity.name if activity else claim.first(lambda line: line.activity) or "",
        edition=edition.name,
        lines=tuple(_build_line(product, line, area, activity, edition) for product, line in products),
        partner_center_claim_id=claim.claim_id,
        submitted_on=claim.earliest(lambda line: line.submitted_on),
    )


def _find_area(claim: ExportClaim, edition: Edition) -> str:
    """Return the area that the export names, else the one at whose level the products are claimed."""
    text = claim.first(lambda line: line.solution_area)
    for area in edition.solution_areas:
        if text is not None and fold(text) in {fold(name) for name in (area.name, *area.aliases)}:
            return area.name
    level = next((product.level for product, _ in claim.products() if product.level), None)
    if level is None:
        has_subscription = claim.first(lambda line: line.subscription_id) is not None
        level = Level.SUBSCRIPTION if has_subscription else Level.WORKLOAD
    return next(area.name for area in edition.solution_areas if area.level is level)


def _find_activity(claim: ExportClaim, area: str, edition: Edition) -> Activity | None:
    """Return the activity that the export names, directly or by its programme, else the area's only one."""
    own = [activity for activity in edition.activities if activity.solution_area == area]
    said: str | None = claim.first(lambda line: line.activity)
    text = fold(said or "")
    for activity in own:
        if text in {fold(name) for name in (activity.name, *activity.aliases)}:
            return activity
    engagement: str | None = claim.first(lambda line: line.engagement)
    programme = fold(engagement or "")
    serving = [one for one in own if [fold(name) for name in one.programmes] == [programme]]
    for fitting in (serving, own):
        if len(fitting) == 1 and not text:
            return fitting[0]
    return None


def _build_line(
    product: ExportProduct, line: ExportLine, area: str, activity: Activity | None, edition: Edition
) -> ClaimLine:
    return ClaimLine(
        product=product.name,
        level=product.level or edition.area(area).level,
        programmes=activity.programmes if activity else (),
        subscription_id=line.subscription_id,
        subscription_ends_on=line.subscription_ends_on,
        source=line.source,
    )
