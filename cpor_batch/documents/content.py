"""What a document says: everything that a template may print, taken from the order. Pure.

A template sees these values and no others, so their fingerprint tells whether a document has to be made anew.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath

from cpor_batch.documents.return_address import build_return_address
from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.document import DocumentKind, DocumentOrder

Content = Mapping[str, object]


def content_of(order: DocumentOrder) -> Content:
    """Return what the templates of the order's kind may print, but for its date."""
    claim = order.claim
    content: dict[str, object] = {
        "kind": order.kind.value,
        "reference": order.reference,
        "language": order.language,
        "identifier_label": order.identifier_label,
        "partner": _partner_of(order),
        "customer": {
            "name": claim.customer_name,
            "domain": claim.customer_domain,
            "tenant_id": claim.tenant_id,
            "country": claim.customer_country,
            "address": claim.customer_address,
            "contact_name": claim.customer_contact_name,
            "contact_title": claim.customer_contact_title,
            "contact_email": claim.customer_contact_email,
        },
        "claim": {
            "name": claim.claim_name,
            "solution_area": claim.solution_area,
            "activity": claim.activity,
            "solution_seller_name": claim.solution_seller_name,
            "isv_solution_name": claim.isv_solution_name,
        },
        "lines": tuple(_line_of(line) for line in claim.lines),
    }
    match order.kind:
        case DocumentKind.LETTER:
            content |= {"opt_out_until": order.opt_out_until, "opt_out_days": order.opt_out_days}
        case DocumentKind.POE:
            content |= {
                "has_public_sector_disclosure": order.has_public_sector_disclosure,
                "engagements": _engagements_of(claim.lines),
            }
    return content


def _partner_of(order: DocumentOrder) -> Content:
    claim, brand = order.claim, order.partner
    name = brand.name or claim.partner_name
    back = build_return_address(name, brand.address)
    return {
        "name": name,
        "legal_name": claim.partner_name,
        "organisation": claim.partner_organisation,
        "mpn_id": claim.mpn_id,
        "contact_name": claim.partner_contact_name,
        "contact_email": claim.partner_contact_email,
        "address": brand.address,
        "return_address": {"text": back.text, "is_small": back.is_small},
        "sender": brand.sender,
        "footer": brand.footer,
        "logo": brand.logo,
        "colour": brand.colour,
    }


def _line_of(line: ClaimLine) -> Content:
    return {"product": line.product, "level": line.level.value, "subscription_id": line.subscription_id}


def _engagements_of(lines: Sequence[ClaimLine]) -> tuple[Content, ...]:
    """Return each description once, with the products that it stands beside, in the order of the lines."""
    products: dict[str, list[str]] = {}
    for line in lines:
        if line.engagement_description and line.engagement_description.strip():
            names = products.setdefault(line.engagement_description.strip(), [])
            if line.product not in names:
                names.append(line.product)
    return tuple({"description": text, "products": tuple(names)} for text, names in products.items())


def fingerprint_of(order: DocumentOrder, *, template_fingerprint: str) -> str:
    """Return the SHA-256 (hex) of what the document says and of the templates it is made from.

    The document's own date is left out: it is fixed when the document is first made and changes nothing else.
    """
    content = dict(content_of(order))
    partner = dict(_partner_of(order))
    # A workspace that is moved to another folder does not owe its letters anew.
    partner["logo"] = PurePath(order.partner.logo).name if order.partner.logo else None
    content["partner"] = partner
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(f"{template_fingerprint}\n{text}".encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
