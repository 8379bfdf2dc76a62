"""Our letters by the rooms that make them: as HTML pages (0 workers) or as PDF files."""

import sys
from pathlib import Path

from cpor_batch.assets import Assets
from cpor_batch.documents import write_documents
from cpor_batch.documents.rendering import render_html
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.domain.ids import claim_reference_for
from cpor_batch.domain.known import PartnerEntry
from tests.benchmarks.batches import TODAY, generate_rows
from tests.benchmarks.workspaces import judged_claims


def build_orders(count: int) -> list[DocumentOrder]:
    orders: list[DocumentOrder] = []
    for judged in judged_claims(generate_rows(6 * count, bad_share=0), "batch.xlsx"):
        claim = judged.claim
        if claim is None or len(orders) == count:
            break
        orders.append(
            DocumentOrder(
                kind=DocumentKind.LETTER,
                reference=claim_reference_for(claim.natural_identity),
                claim=claim,
                language=claim.customer_language or "en",
                partner=PartnerEntry(mpn_id=claim.mpn_id, name=claim.partner_name),
                dated_on=TODAY,
            )
        )
    return orders


def main() -> None:
    count, workers, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    orders, assets = build_orders(count), Assets()
    if workers:
        results = write_documents(orders, out=folder, assets=assets, workers=workers)
        failed = [result.error for result in results if result.error]
        print(f"{len(results)} letters, {len(failed)} failed")
        sys.exit(2 if failed else 0)
    for order in orders:
        (folder / f"{order.reference}.html").write_text(render_html(order, assets), encoding="utf-8")


if __name__ == "__main__":
    main()
