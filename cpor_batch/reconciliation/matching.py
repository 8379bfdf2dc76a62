"""Find the ledger's claim for each one of an export: by claim ID, else by partner + tenant + product."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cpor_batch.domain.claim import ClaimKey, ClaimLine, Level
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import Known, Wanted
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reconciliation.export import ExportClaim, ExportLine, ExportProduct

Question = Callable[[ExportClaim, ClaimState], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The ledger has this claim."""

    claim: ExportClaim
    state: ClaimState


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The ledger does not have this claim, or cannot be asked for it."""

    claim: ExportClaim
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Several claims of the ledger may be this one, or it contradicts the one that it names."""

    claim: ExportClaim
    states: tuple[ClaimState, ...]
    reason: str


Match = Matched | Unknown | Ambiguous


def wanted_of(claims: Iterable[ExportClaim]) -> Wanted:
    """Return what the ledger has to be asked."""
    references, ids, keys, products = set(), set(), set(), set()
    for claim in claims:
        if claim.reference is not None:
            references.add(claim.reference)
        if claim.claim_id is not None:
            ids.add(claim.claim_id)
        for product, line in claim.products():
            if line.tenant_id is None:
                continue
            if line.subscription_id is not None:
                keys.add(
                    ClaimKey(tenant_id=line.tenant_id, level=Level.SUBSCRIPTION, item=line.subscription_id)
                )
            if product.level is not Level.SUBSCRIPTION:
                keys.add(ClaimKey(tenant_id=line.tenant_id, level=Level.WORKLOAD, item=product.name))
            if product.level is not Level.WORKLOAD:
                products.add((line.tenant_id, product.name))
    return Wanted(
        references=frozenset(references),
        partner_center_claim_ids=frozenset(ids),
        keys=frozenset(keys),
        products=frozenset(products),
    )


def match_claims(
    claims: Sequence[ExportClaim], known: Known, *, may_be: Question, is_alive: Callable[[ClaimState], bool]
) -> tuple[Match, ...]:
    """Return the match of each claim, those that name one claim of the ledger put together.

    `may_be` says whether the activity that the export names can be that of a claim; `is_alive` whether a
    claim still holds or asks for something, which decides between an old and a new one.
    """
    return tuple(_put_together(find_matches(claims, known, may_be=may_be, is_alive=is_alive)))


def find_matches(
    claims: Iterable[ExportClaim], known: Known, *, may_be: Question, is_alive: Callable[[ClaimState], bool]
) -> tuple[Match, ...]:
    """Return the match of each claim by itself; several may name the same claim of the ledger."""
    by_partner = _by_partner_and_tenant(known.claims)
    return tuple(_match(claim, known, by_partner, may_be, is_alive) for claim in claims)


def _by_partner_and_tenant(states: Iterable[ClaimState]) -> dict[tuple[str, str], list[ClaimState]]:
    found: dict[tuple[str, str], list[ClaimState]] = defaultdict(list)
    for state in states:
        found[plain_digits(state.claim.mpn_id), state.claim.tenant_id].append(state)
    return found


def plain_digits(mpn_id: str) -> str:
    """Return an MPN ID as it is compared."""
    # A spreadsheet program that takes the ID for a number drops its leading zeros.
    return mpn_id.lstrip("0")


def _match(
    claim: ExportClaim,
    known: Known,
    by_partner: dict[tuple[str, str], list[ClaimState]],
    may_be: Question,
    is_alive: Callable[[ClaimState], bool],
) -> Match:
    named = known.by_partner_center_claim_id.get(claim.claim_id) if claim.claim_id else None
    if claim.reference is not None:
        return _match_reference(claim, claim.reference, known.by_reference.get(claim.reference), named)
    if named is not None:
        return _match_named(claim, named)
    mpn_id, tenant_id = claim.first(lambda line: line.mpn_id), claim.first(lambda line: line.tenant_id)
    products = tuple(claim.products())
    if mpn_id is None or tenant_id is None or not products:
        absent = [
            name
            for name, value in (("MPN ID", mpn_id), ("tenant", tenant_id), ("product", products))
            if not value
        ]
        return Unknown(
            claim=claim,
            reason=f"its claim ID is not in the ledger, and {_listed(absent)} to find it by is missing",
        )
    states = [
        state
        for state in by_partner.get((plain_digits(mpn_id), tenant_id), ())
        if not (claim.claim_id and state.claim.partner_center_claim_id)
        and may_be(claim, state)
        and any(is_line(product, line, own) for product, line in products for own in state.claim.lines)
    ]
    return _choose(claim, states, is_alive)


def _match_reference(
    claim: ExportClaim, reference: ClaimReference, state: ClaimState | None, named: ClaimState | None
) -> Match:
    if state is None:
        return Unknown(claim=claim, reason=f"the ledger has no claim {reference}")
    if named is not None and named.reference != reference:
        reason = f"{claim.claim_id} belongs to {named.reference} in the ledger, not to {reference}"
        return Ambiguous(claim=claim, states=(state, named), reason=reason)
    known_id = state.claim.partner_center_claim_id
    if claim.claim_id is not None and known_id not in {None, claim.claim_id}:
        reason = f"the ledger knows {reference} as {known_id}, not as {claim.claim_id}"
        return Ambiguous(claim=claim, states=(state,), reason=reason)
    return _match_named(claim, state)


def _match_named(claim: ExportClaim, state: ClaimState) -> Match:
    tenant_id = claim.first(lambda line: line.tenant_id)
    if tenant_id is not None and tenant_id != state.claim.tenant_id:
        reason = (
            f"the ledger has {claim.claim_id or state.reference} at another tenant ({state.claim.tenant_id})"
        )
        return Ambiguous(claim=claim, states=(state,), reason=reason)
    return Matched(claim=claim, state=state)


def is_line(product: ExportProduct, line: ExportLine, own: ClaimLine) -> bool:
    """Whether the export's product is the ledger's line: the same subscription, else the same product."""
    if line.subscription_id and own.subscription_id:
        return line.subscription_id == own.subscription_id
    return product.name == own.product


def _choose(
    claim: ExportClaim, states: Sequence[ClaimState], is_alive: Callable[[ClaimState], bool]
) -> Match:
    """Return the match with the one claim that fits best; each wish counts only while several are left."""
    if not states:
        return Unknown(claim=claim, reason="the ledger has no claim of this partner, tenant and product")
    name = (claim.first(lambda line: line.claim_name) or "").casefold()
    wishes: Final[tuple[Callable[[ClaimState], bool], ...]] = (
        lambda state: state.claim.claim_name.casefold() == name,
        is_alive,
    )
    left = list(states)
    for wish in wishes:
        left = [state for state in left if wish(state)] or left
    if len(left) == 1:
        return Matched(claim=claim, state=left[0])
    references = _listed([state.reference for state in left])
    return Ambiguous(claim=claim, states=tuple(left), reason=f"it may be any of {references}")


def _put_together(matches: Sequence[Match]) -> list[Match]:
    """Return the matches with the lines of one ledger claim in one; two claim IDs for one are ambiguous."""
    groups: dict[ClaimReference, list[Matched]] = defaultdict(list)
    for match in matches:
        if isinstance(match, Matched):
            groups[match.state.reference].append(match)
    together: list[Match] = []
    for match in matches:
        if not isinstance(match, Matched):
            together.append(match)
            continue
        group = groups[match.state.reference]
        ids = {item.claim.claim_id for item in group if item.claim.claim_id is not None}
        if len(ids) > 1 and match.state.claim.partner_center_claim_id is None:
            reason = f"{match.state.reference} fits {_listed(sorted(ids))} of the export alike"
            together.append(Ambiguous(claim=match.claim, states=(match.state,), reason=reason))
        elif match is group[0]:
            lines = tuple(line for item in group for line in item.claim.lines)
            together.append(Matched(claim=ExportClaim(lines=lines), state=match.state))
    return together


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
