"""Compare one claim of the ledger with what Partner Center's export says of it.

Pure. Each question is one function of COMPARISONS; the first that finds the claim lost ends the questions,
because then whatever else differs follows from that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.edition import Edition
from cpor_batch.domain.finding import Finding, FindingKind
from cpor_batch.domain.lifecycle import effective_status
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import HELD, LAPSED, ClaimState, holds_key, is_line_lapsed
from cpor_batch.reconciliation.changes import APPROVED, ENDED, Taken, reported_day, status_of, take_over
from cpor_batch.reconciliation.export import ExportClaim, ExportLine, ExportProduct
from cpor_batch.reconciliation.findings import build_finding, named_lines, partner_of
from cpor_batch.reconciliation.holders import Holders
from cpor_batch.reconciliation.matching import Matched, is_line, plain_digits
from cpor_batch.reconciliation.statuses import StatusWords, fold

# Words by which a reason names a rival: "Claimed by another partner".
_RIVAL_WORDS: Final = ("anotherpartner", "otherpartner", "competingclaim", "competingpartner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim of both sides, with everything that the questions need."""

    claim: ExportClaim
    state: ClaimState
    edition: Edition
    words: StatusWords
    occasion: Occasion
    holders: Holders
    has_successor: Callable[[ClaimState, ClaimLine], bool]
    """Whether the ledger has a newer claim of the same partner on a line's product at the tenant."""

    @property
    def status(self) -> str | None:
        """The reported status in the edition's words, or None where the export tells none."""
        return status_of(self.claim, edition=self.edition, words=self.words)

    @property
    def today(self) -> date:
        """The day of the comparison."""
        return self.occasion.today

    @property
    def taken(self) -> Taken:
        """What an import of the export would do."""
        match = Matched(claim=self.claim, state=self.state)
        return take_over(match, edition=self.edition, words=self.words, occasion=self.occasion)


Comparison = Callable[[Pair], Finding | None]


def compare(pair: Pair) -> tuple[Finding, ...]:
    """Return what differs, or the one finding that the claim is matched."""
    lost = lost_to_another(pair)
    if lost is not None:
        return (lost,)
    found = tuple(finding for question in COMPARISONS if (finding := question(pair)) is not None)
    return found or (build_finding(FindingKind.MATCHED, state=pair.state, claim=pair.claim),)


def lost_to_another(pair: Pair) -> Finding | None:
    """Find a claim that Partner Center has ended in favour of another partner, as far as the export shows."""
    state, status = pair.state, pair.status
    if status is None or not holds_key(state, pair.edition) or not has_ended(status):
        return None
    rivals = pair.holders.find_rivals(state)
    reason = fold(pair.claim.latest.reason or "")
    if rivals:
        return build_lost(state, rivals, pair.claim)
    if any(word in reason for word in _RIVAL_WORDS):
        return build_finding(
            FindingKind.LOST,
            state=state,
            claim=pair.claim,
            detail=f"{state.status} / {status}",
            cause=f"Partner Center has it as {pair.claim.latest.status}: {pair.claim.latest.reason}.",
            next_step="Dispute it with your most recent PoE while the dispute window is open, then import "
            "the export.",
        )
    return None


def build_lost(
    state: ClaimState, rivals: tuple[ExportClaim, ...], claim: ExportClaim | None = None
) -> Finding:
    """Return the finding that others have what the ledger's claim held; `claim` is what became of ours."""
    others = " and ".join(dict.fromkeys(partner_of(rival) for rival in rivals))
    ids = ", ".join(dict.fromkeys(rival.claim_id for rival in rivals if rival.claim_id))
    ours = f"ours is {claim.latest.status}" if claim else "ours is no longer there"
    mpn_ids = dict.fromkeys(rival.first(lambda line: line.mpn_id) or "" for rival in rivals)
    return build_finding(
        FindingKind.LOST,
        state=state,
        claim=claim,
        detail=f"{state.status} / {' '.join(mpn_ids)}",
        cause=f"Partner Center has {named_lines(state)} under {others}{f' ({ids})' if ids else ''}; {ours}.",
        next_step="Compare the PoE of both: Microsoft goes by the most recent one. Dispute it, or withdraw "
        "the claim.",
    )


def status_differs(pair: Pair) -> Finding | None:
    """Find another status, say which side knows better, and since when."""
    state, status = pair.state, pair.status
    if status is None or _is_same_status(pair, status):
        return None
    taken = pair.taken
    shown = pair.claim.latest.status or f"associated, that is {status}"
    detail = f"{effective_status(state, today=pair.today)} / {status}"
    if taken.drift is not None:
        return build_finding(
            FindingKind.STATUS,
            state=state,
            claim=pair.claim,
            detail=detail,
            cause=taken.drift.message,
            next_step=taken.drift.hint,
        )
    since = reported_day(pair.claim, status)
    cause = f"Partner Center has it as {shown}{f' since {since}' if since else ''}, the ledger as "
    cause += f"{state.status} since {state.status_since}."
    if any(event.status is not None for event in taken.events):
        step = f"Take it over: cpor-batch import {pair.claim.source.file}"
        if pair.claim.latest.reason:
            cause += f" Reason: {pair.claim.latest.reason}."
    else:
        cause += " The ledger's status is the later one."
        step = "Export the claims again; if it stays so, look into the claim's History in Partner Center."
    return build_finding(
        FindingKind.STATUS, state=state, claim=pair.claim, detail=detail, cause=cause, next_step=step
    )


def _is_same_status(pair: Pair, status: str) -> bool:
    state = pair.state
    own = {fold(state.status), fold(effective_status(state, today=pair.today))}
    is_waiting = state.status == HELD and status == pair.edition.settings.first_status
    return fold(status) in own or is_waiting or (state.status in ENDED and status in ENDED)


def partner_differs(pair: Pair) -> Finding | None:
    """Find another MPN ID on the same claim."""
    theirs, own = pair.claim.first(lambda line: line.mpn_id), pair.state.claim.mpn_id
    if theirs is None or plain_digits(theirs) == plain_digits(own):
        return None
    return build_finding(
        FindingKind.PARTNER,
        state=pair.state,
        claim=pair.claim,
        detail=f"{own} / {theirs}",
        cause=f"Partner Center has it under {partner_of(pair.claim)}, the ledger under "
        f"{pair.state.claim.partner_name} ({own}).",
        next_step="If Partner Center is right, ingest the workbook with that MPN ID; if not, change it there "
        "or ask for rejection and claim anew.",
    )


def products_differ(pair: Pair) -> Finding | None:
    """Find products or subscriptions that only one side has.

    A usage report lists what was used, so what it does not list is not missing.
    """
    theirs = tuple(pair.claim.products())
    if not theirs:
        return None
    own = pair.state.claim.lines
    extra = [_label(*item) for item in theirs if not any(is_line(*item, line) for line in own)]
    is_list = pair.claim.first(lambda line: line.status) is not None
    gone = [_own_label(line) for line in own if is_list and not any(is_line(*item, line) for item in theirs)]
    if not extra and not gone:
        return None
    parts = [f"Partner Center lacks {', '.join(gone)}" if gone else ""]
    parts.append(f"the ledger lacks {', '.join(extra)}" if extra else "")
    text = " and ".join(part for part in parts if part)
    return build_finding(
        FindingKind.PRODUCTS,
        state=pair.state,
        claim=pair.claim,
        detail=f"-[{', '.join(sorted(gone))}] +[{', '.join(sorted(extra))}]",
        cause=f"{text[:1].upper()}{text[1:]}.",
        next_step="Correct the claim in Partner Center while it may be changed, or ingest a workbook that "
        "says what is there.",
    )


def _label(product: ExportProduct, line: ExportLine) -> str:
    return f"{product.name} {line.subscription_id or ''}".strip()


def _own_label(line: ClaimLine) -> str:
    return f"{line.product} {line.subscription_id or ''}".strip()


def subscription_ended(pair: Pair) -> Finding | None:
    """Find an approved claim that Partner Center still shows although its subscription has ended."""
    state = pair.state
    if state.status != APPROVED or pair.status not in {APPROVED, LAPSED}:
        return None
    ended = [
        f"{line.product} {line.subscription_id} ({day})"
        for line, day in _ended_lines(pair)
        if not pair.has_successor(state, line)
    ]
    if not ended:
        return None
    return build_finding(
        FindingKind.NEEDS_NEW_CLAIM,
        state=state,
        claim=pair.claim,
        detail=", ".join(sorted(ended)),
        cause=f"The subscription has ended: {', '.join(ended)}. The association ended with it.",
        next_step="If the customer has renewed, make a new claim with the new subscription ID; else withdraw "
        "this one.",
    )


def _ended_lines(pair: Pair) -> Iterator[tuple[ClaimLine, date]]:
    reported = {
        line.subscription_id: line.subscription_ends_on
        for line in pair.claim.lines
        if line.subscription_id is not None and line.subscription_ends_on is not None
    }
    for line in pair.state.claim.lines:
        if line.subscription_id is None:
            continue
        # Partner Center knows of an extension that the workbook did not.
        day = reported.get(line.subscription_id, line.subscription_ends_on)
        is_over = day < pair.today if day is not None else is_line_lapsed(line, today=pair.today)
        if day is not None and is_over:
            yield line, day


def has_ended(status: str) -> bool:
    """Whether a claim of this status holds nothing any more."""
    return status in ENDED or status == LAPSED


COMPARISONS: Final[tuple[Comparison, ...]] = (
    status_differs,
    partner_differs,
    products_differ,
    subscription_ended,
)
