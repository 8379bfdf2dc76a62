"""Which documents a claim owes its customer on a day."""

from collections.abc import Callable
from datetime import date
from typing import Final

from cpor_batch.domain.calendar import CalendarLookup
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind, DocumentOrder
from cpor_batch.domain.edition import Edition, WindowKind
from cpor_batch.domain.known import House, PartnerEntry
from cpor_batch.domain.lifecycle import Window, effective_status, find_windows
from cpor_batch.domain.standing import ClaimState

_PARTNER_ACTION: Final = "partner-action-required"
_DEFAULT_OPT_OUT_DAYS: Final = 5


def find_owed(
    state: ClaimState,
    *,
    edition: Edition,
    calendars: CalendarLookup,
    house: House,
    language_of: Callable[[Claim], str],
    today: date,
    is_all: bool = False,
) -> tuple[DocumentOrder, ...]:
    """Return the documents that the claim owes on `today`, made or not: its letter first, then its PoE.

    PoE: claims not submitted yet, or with an action required of the partner, that bring neither a PoE
    document nor a signature date. Letter: accepted claims whose opt-out window has not closed. An adopted
    association owes nothing, a held claim nothing until it is released. With `is_all` every other claim
    gets both, owed or not.
    """
    status = effective_status(state, today=today)
    rule = edition.statuses.get(status)
    if state.is_adopted or rule is None or not rule.holds_key or not rule.is_microsofts:
        return ()
    windows = find_windows(state, edition=edition, calendars=calendars)
    kinds = []
    if is_all or _opt_out_is_ahead_or_open(windows, today=today):
        kinds.append(DocumentKind.LETTER)
    may_need_poe = status in {edition.settings.first_status, _PARTNER_ACTION}
    brings_poe = state.claim.poe_document is not None or state.claim.poe_signed_on is not None
    if is_all or (may_need_poe and not brings_poe):
        kinds.append(DocumentKind.POE)
    return tuple(
        build_order(
            kind,
            state,
            edition=edition,
            windows=windows,
            house=house,
            language=language_of(state.claim),
            today=today,
        )
        for kind in kinds
    )


def _opt_out_is_ahead_or_open(windows: tuple[Window, ...], *, today: date) -> bool:
    return all(today <= window.closes_on for window in windows if window.kind is WindowKind.CUSTOMER_OPT_OUT)


def build_order(
    kind: DocumentKind,
    state: ClaimState,
    *,
    edition: Edition,
    windows: tuple[Window, ...],
    house: House,
    language: str,
    today: date,
) -> DocumentOrder:
    """Return the order for one document of a claim, dated `today`."""
    claim = state.claim
    opt_out = next((window for window in windows if window.kind is WindowKind.CUSTOMER_OPT_OUT), None)
    rule = edition.windows.get(WindowKind.CUSTOMER_OPT_OUT)
    is_known = opt_out is not None and not opt_out.is_assumed
    settings = edition.settings
    return DocumentOrder(
        kind=kind,
        reference=state.reference,
        claim=claim,
        language=language,
        partner=house.partners.get(claim.mpn_id) or _partner_of(claim),
        dated_on=today,
        opt_out_until=opt_out.closes_on if opt_out is not None and is_known else None,
        opt_out_days=rule.days if rule else _DEFAULT_OPT_OUT_DAYS,
        has_public_sector_disclosure=claim.public_sector
        and claim.customer_country in settings.public_sector_disclosure_in,
        identifier_label=settings.identifier_label,
    )


def _partner_of(claim: Claim) -> PartnerEntry:
    return PartnerEntry(mpn_id=claim.mpn_id, name=claim.partner_name, country=claim.partner_country)
