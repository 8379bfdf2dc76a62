"""Build findings: what a claim is called on either side, in texts."""

from datetime import date

from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.finding import Finding, FindingKind
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.standing import LAPSED, ClaimState, holds_key
from cpor_batch.reconciliation.changes import APPROVED
from cpor_batch.reconciliation.export import ExportClaim
from cpor_batch.reconciliation.matching import Ambiguous, Unknown


def build_finding(
    kind: FindingKind,
    *,
    state: ClaimState | None = None,
    claim: ExportClaim | None = None,
    subject: str | None = None,
    detail: str = "",
    cause: str = "",
    next_step: str = "",
    is_of_earnings: bool = False,
) -> Finding:
    """Return the finding, with the names that the ledger has, else those of the export."""
    own = state.claim if state else None
    return Finding(
        kind=kind,
        subject=subject or (state.reference if state else _subject(claim)),
        detail=detail,
        cause=cause,
        next_step=next_step,
        reference=state.reference if state else None,
        claim_id=(claim.claim_id if claim else None) or (own.partner_center_claim_id if own else None),
        claim_name=own.claim_name if own else _first(claim, "claim_name"),
        customer_name=own.customer_name if own else _first(claim, "customer_name"),
        tenant_id=own.tenant_id if own else _first(claim, "tenant_id"),
        partner_name=own.partner_name if own else _first(claim, "partner_name"),
        mpn_id=own.mpn_id if own else _first(claim, "mpn_id"),
        products=named_lines(state) if state else named_products(claim),
        ledger_status=state.status if state else None,
        reported_status=claim.latest.status if claim else None,
        file=claim.source.file if claim else None,
        row=claim.source.row if claim else None,
        is_of_earnings=is_of_earnings,
    )


def unknown_claim(match: Unknown) -> Finding:
    """Return the finding of a claim that the ledger does not have."""
    status = match.claim.latest.status
    return build_finding(
        FindingKind.ONLY_IN_PARTNER_CENTER,
        claim=match.claim,
        detail=status or "",
        cause=f"Partner Center has it{f' as {status}' if status else ''}, but {match.reason}.",
        next_step="Ingest the workbook that brings it, or take it over: cpor-batch import "
        f"{match.claim.source.file} --adopt",
    )


def ambiguous_claim(match: Ambiguous) -> Finding:
    """Return the finding of a claim that several claims of the ledger may be."""
    references = ", ".join(state.reference for state in match.states)
    return build_finding(
        FindingKind.AMBIGUOUS,
        claim=match.claim,
        detail=references,
        cause=f"It cannot be told apart: {match.reason}.",
        next_step="Put the Partner Center claim ID into the workbook of the right claim and ingest it.",
    )


def is_expected(state: ClaimState, edition: Edition, *, today: date, is_usage_report: bool) -> bool:
    """Whether Partner Center should list the claim: submitted or later, and not ended.

    A report of usage lists approved Microsoft 365 claims only.
    """
    status = effective_status(state, today=today)
    if status in {edition.settings.first_status, LAPSED} or not holds_key(state, edition):
        return False
    if is_usage_report:
        return status == APPROVED and any(line.level is Level.WORKLOAD for line in state.claim.lines)
    return True


def absent_claim(state: ClaimState, *, has_partner: bool) -> Finding:
    """Return the finding of a claim that the export lacks; `has_partner`: it has others of the MPN ID."""
    own = state.claim
    cause = f"The ledger has it as {state.status} since {state.status_since}, but the export does not list it"
    if has_partner:
        cause += "."
        step = (
            "Look for it in Partner Center by tenant; if it was never submitted or is gone, submit it anew."
        )
    else:
        cause += f", nor any claim of MPN ID {own.mpn_id}."
        step = f"Add the export of the account that has {own.mpn_id}, or look for the claim there."
    return build_finding(
        FindingKind.ONLY_IN_LEDGER, state=state, detail=state.status, cause=cause, next_step=step
    )


def named_lines(state: ClaimState) -> str:
    """Return the products of a ledger's claim, with subscriptions."""
    return ", ".join(f"{line.product} {line.subscription_id or ''}".strip() for line in state.claim.lines)


def named_products(claim: ExportClaim | None) -> str:
    """Return the products of an export's claim, with subscriptions."""
    pairs = claim.products() if claim else ()
    return ", ".join(f"{product.name} {line.subscription_id or ''}".strip() for product, line in pairs)


def partner_of(claim: ExportClaim) -> str:
    """Return the partner of an export's claim: "Fabrikam (MPN ID 4711001)"."""
    mpn_id = claim.first(lambda line: line.mpn_id)
    name = claim.first(lambda line: line.partner_name)
    return f"{name} ({mpn_id})" if name else f"MPN ID {mpn_id}"


def _subject(claim: ExportClaim | None) -> str:
    if claim is None:
        return ""
    if claim.claim_id:
        return claim.claim_id
    parts = (_first(claim, "mpn_id"), _first(claim, "tenant_id"), named_products(claim))
    return " ".join(part for part in parts if part) or f"{claim.source.file} {claim.source.row}"


def _first(claim: ExportClaim | None, name: str) -> str | None:
    return claim.first(lambda line: getattr(line, name)) if claim else None
