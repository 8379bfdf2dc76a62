"""The rows of the example sheet: two claims that would be accepted under the edition."""

from collections.abc import Mapping, Sequence
from datetime import date

from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import Product, SolutionArea
from cpor_batch.reports.batch_words import BatchWords
from cpor_batch.reports.tables import Value
from cpor_batch.rulebook import Rulebook

_TENANT = "6d1f2b3c-4a5e-4f60-8a7b-9c0d1e2f3a4b"
_SUBSCRIPTION = "0f1e2d3c-4b5a-4697-8877-66554433aabb"


def example_rows(rulebook: Rulebook, words: BatchWords) -> tuple[Mapping[str, Value], ...]:
    """Return the rows by key of column: a claim of two workloads and a claim of one subscription.

    They bear no date: a PoE is good for twelve months only, and the example shall always pass.
    """
    shared: dict[str, Value] = {
        "mpn_id": "4711001",
        "partner_name": "Fabrikam",
        "partner_country": "SE",
        "partner_contact_name": "Pat Partner",
        "partner_contact_email": "pat@fabrikam.example",
        "customer_name": "Contoso AB",
        "customer_domain": "contoso.example",
        "tenant_id": _TENANT,
        "customer_country": "SE",
        "customer_contact_name": "Casey Customer",
        "customer_contact_title": words.example_titles[0],
        "customer_contact_email": "casey@contoso.example",
        "engagement_description": words.texts["example_work"],
    }
    rows: list[Mapping[str, Value]] = []
    for area in rulebook.edition.solution_areas:
        activity = next(one for one in rulebook.edition.activities if one.solution_area == area.name)
        own: dict[str, Value] = {"solution_area": area.name, "activity": activity.name}
        rows += _claim(area, {**shared, **own}, claimable_products(rulebook, area), words)
    return tuple(rows)


def _claim(
    area: SolutionArea, shared: Mapping[str, Value], products: Sequence[Product], words: BatchWords
) -> list[Mapping[str, Value]]:
    if area.level is Level.WORKLOAD:
        named = {**shared, "claim_name": f"Contoso {area.name}"}
        grouping = ("claim_name", "mpn_id", "tenant_id", "solution_area", "activity")
        second = {key: named[key] for key in grouping}
        return [{**named, "product": products[0].name}, {**second, "product": products[1].name}]
    technical: dict[str, Value] = {
        "technical_contact_name": "Terry Technical",
        "technical_contact_title": words.example_titles[1],
        "technical_contact_email": "terry@contoso.example",
    }
    name = {"claim_name": f"Contoso {products[0].name}", "product": products[0].name}
    return [{**shared, **technical, **name, "subscription_id": _SUBSCRIPTION}]


def claimable_products(rulebook: Rulebook, area: SolutionArea) -> tuple[Product, ...]:
    """Return the products of the area's level that could be claimed while the edition was in force."""
    edition = rulebook.edition
    last = edition.in_force_until or date.max
    return tuple(
        product
        for product in rulebook.catalogue.of_level(area.level)
        if (product.claimable_from or date.min) <= last
        and (product.claimable_until or date.max) >= edition.in_force_from
    )
