"""Compare the exports' claims with the ledger, some thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cpor_batch.domain.claim import ClaimLine
from cpor_batch.domain.finding import Finding, FindingKind
from cpor_batch.domain.known import Known
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.standing import ClaimState, holds_key
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.finding_box import FindingBox
from cpor_batch.pipeline.line_stage import LineStage
from cpor_batch.pipeline.match_rules import MatchRules
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import (
    Ambiguous,
    ExportClaim,
    ExportLine,
    Matched,
    StatusWords,
    Unknown,
    match_claims,
    wanted_of,
)
from cpor_batch.reconciliation.changes import status_of
from cpor_batch.reconciliation.comparison import Pair, build_lost, compare, has_ended
from cpor_batch.reconciliation.findings import absent_claim, ambiguous_claim, is_expected, unknown_claim
from cpor_batch.reconciliation.holders import Holders, find_holders
from cpor_batch.reconciliation.matching import plain_digits


@dataclass(slots=True)
class ExportComparison:
    """What the exports have, and which claims of the ledger they left over."""

    workspace: Workspace
    ledger: Ledger
    words: StatusWords
    occasion: Occasion
    box: FindingBox
    is_usage_report: bool
    claims: int = 0
    expected: int = 0
    """Claims of the ledger that Partner Center should list."""
    news: int = 0
    ended: set[str] = field(default_factory=set)
    """References of which it was told that they need a new claim."""
    _seen: set[str] = field(default_factory=set)
    """References that the exports list, or of which everything is told already."""
    _partners: set[str] = field(default_factory=set)

    def compare(self, lines: LineStage[ExportLine]) -> None:
        """Compare all claims of the exports."""
        for batch in lines.batches():
            self._compare_batch([ExportClaim(lines=tuple(group)) for group in batch])

    def find_absent(self, state: ClaimState) -> Finding | None:
        """Return the finding of a claim that Partner Center should list and does not."""
        edition = self.workspace.edition_of(state)
        if not is_expected(state, edition, today=self.occasion.today, is_usage_report=self.is_usage_report):
            return None
        self.expected += 1
        if state.reference in self._seen:
            return None
        return absent_claim(state, has_partner=plain_digits(state.claim.mpn_id) in self._partners)

    def _compare_batch(self, claims: Sequence[ExportClaim]) -> None:
        for claim in claims:
            mpn_id = claim.first(lambda line: line.mpn_id)
            if mpn_id is not None:
                self._partners.add(plain_digits(mpn_id))
        known = self.ledger.read_known(wanted_of(claims), today=self.occasion.today)
        rules = MatchRules(workspace=self.workspace)
        matches = match_claims(claims, known, may_be=rules.may_be, is_alive=rules.is_alive)
        self.claims += len(matches)
        holders = find_holders(claims, has_ended=self._has_ended)
        for match in matches:
            match match:
                case Matched():
                    self._seen.add(match.state.reference)
                    self._add_matched(match, known, holders)
                case Unknown():
                    self.box.add(unknown_claim(match))
                case Ambiguous():
                    self._seen.update(state.reference for state in match.states)
                    self.box.add(ambiguous_claim(match))
        if not self.is_usage_report:
            self._find_lost(known, holders)

    def _add_matched(self, match: Matched, known: Known, holders: Holders) -> None:
        pair = Pair(
            claim=match.claim,
            state=match.state,
            edition=self.workspace.edition_of(match.state),
            words=self.words,
            occasion=self.occasion,
            holders=holders,
            has_successor=lambda state, line: self._has_successor(state, line, known),
        )
        findings = compare(pair)
        self.box.add_all(findings)
        if any(finding.kind is FindingKind.NEEDS_NEW_CLAIM for finding in findings):
            self.ended.add(match.state.reference)
        if findings[0].kind is FindingKind.MATCHED and pair.taken.events:
            self.news += 1

    def _find_lost(self, known: Known, holders: Holders) -> None:
        """Find claims that the export does not list, though it has what they hold under another MPN ID."""
        for state in known.claims:
            if state.reference in self._seen:
                continue
            edition = self.workspace.edition_of(state)
            is_there = is_expected(state, edition, today=self.occasion.today, is_usage_report=False)
            rivals = holders.find_rivals(state) if is_there else ()
            if rivals:
                self._seen.add(state.reference)
                self.box.add(build_lost(state, rivals))

    def _has_ended(self, claim: ExportClaim) -> bool:
        status = status_of(claim, edition=self.workspace.rulebook.edition, words=self.words)
        return status is not None and has_ended(status)

    def _has_successor(self, state: ClaimState, line: ClaimLine, known: Known) -> bool:
        """Whether a newer claim of the same partner stands on the product, with another subscription."""
        return any(
            other.reference != state.reference
            and other.claim.tenant_id == state.claim.tenant_id
            and plain_digits(other.claim.mpn_id) == plain_digits(state.claim.mpn_id)
            and holds_key(other, self.workspace.edition_of(other))
            and any(
                one.product == line.product and one.subscription_id not in {None, line.subscription_id}
                for one in other.claim.lines
            )
            for other in known.claims
        )
