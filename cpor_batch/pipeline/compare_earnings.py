"""Compare what was earned with the ledger's claims."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from cpor_batch.domain.finding import EarningTotal, Finding
from cpor_batch.domain.standing import ClaimState
from cpor_batch.ledger import Ledger
from cpor_batch.pipeline.compare_export import ExportComparison
from cpor_batch.pipeline.finding_box import FindingBox
from cpor_batch.pipeline.line_stage import LineStage
from cpor_batch.pipeline.match_rules import MatchRules
from cpor_batch.pipeline.workspace import Workspace
from cpor_batch.reconciliation import Ambiguous, ExportClaim, Matched, Unknown, wanted_of
from cpor_batch.reconciliation.earnings import (
    NO_CURRENCY,
    ZERO,
    Coverage,
    Earned,
    EarningLine,
    EarningSheet,
    ReasonWords,
    find_ended,
    find_nothing_earned,
    find_renewed,
    find_unclaimed,
    fold_earnings,
    group_earnings,
)
from cpor_batch.reconciliation.matching import find_matches
from cpor_batch.rulebook.earning_words import EarningWords


@dataclass(slots=True)
class _Total:
    amount: Decimal = ZERO
    rows: int = 0
    claims: int = 0


@dataclass(slots=True)
class EarningsComparison:
    """What the earnings files say of the ledger's claims."""

    workspace: Workspace
    ledger: Ledger
    words: EarningWords
    box: FindingBox
    export: ExportComparison
    coverage: Coverage = field(default_factory=Coverage)
    _paid: set[str] = field(default_factory=set)
    """References of claims that earn."""
    _unpaid: dict[str, Earned] = field(default_factory=dict)
    """What is known of the others, by reference."""
    _totals: dict[tuple[str, str], _Total] = field(default_factory=lambda: defaultdict(_Total))

    def noted(self, lines: Iterable[EarningLine]) -> Iterator[EarningLine]:
        """Yield the lines, counting what they cover."""
        for line in lines:
            self.coverage.add(line)
            yield line

    @property
    def totals(self) -> tuple[EarningTotal, ...]:
        """What was earned, by currency and programme."""
        return tuple(
            EarningTotal(
                currency=currency,
                programme=programme,
                amount=None if currency == NO_CURRENCY else total.amount,
                rows=total.rows,
                claims=total.claims,
            )
            for (currency, programme), total in sorted(self._totals.items())
        )

    def compare(self, stage: LineStage[EarningLine]) -> None:
        """Compare all rows of the files."""
        for batch in stage.batches():
            self._compare_batch([line for group in batch for line in group])

    def judge(self, state: ClaimState) -> Iterator[Finding]:
        """Yield what the files say of a claim of the ledger."""
        if state.reference in self._paid:
            return
        words = ReasonWords(meaning=self._meaning, pays=self.words.pays)
        earned = self._unpaid.get(state.reference)
        today = self.workspace.today
        finding = find_nothing_earned(state, earned, coverage=self.coverage, words=words, today=today)
        if finding is not None and state.reference not in self.export.ended:
            yield finding

    def _meaning(self, code: str) -> tuple[str, str] | None:
        reason = self.words.reason(code)
        return None if reason is None else (reason.meaning, reason.remedy)

    def _compare_batch(self, lines: list[EarningLine]) -> None:
        groups = group_earnings(lines)
        claims = [claim for claim, _ in groups]
        known = self.ledger.read_known(wanted_of(claims), today=self.workspace.today)
        rules = MatchRules(workspace=self.workspace)
        matches = find_matches(claims, known, may_be=rules.may_be, is_alive=rules.is_alive)
        for (claim, own), match in zip(groups, matches, strict=True):
            earned = fold_earnings(own)
            self._count(own)
            match match:
                case Matched():
                    self._take(match.state, earned)
                case Unknown():
                    self._take_unknown(claim, earned, match.reason, known.claims)
                case Ambiguous():
                    self._take_ambiguous(claim, earned, match)

    def _count(self, lines: Iterable[EarningLine]) -> None:
        counted = set()
        for line in lines:
            if line.sheet is not EarningSheet.EARNINGS or line.amount is None:
                continue
            key = (line.currency, line.programme)
            total = self._totals[key]
            total.amount += line.amount
            total.rows += 1
            if key not in counted:
                counted.add(key)
                total.claims += 1

    def _take(self, state: ClaimState, earned: Earned) -> None:
        reference = state.reference
        ended = find_ended(state, earned, today=self.workspace.today)
        if ended is not None and reference not in self.export.ended:
            self.export.ended.add(reference)
            self.box.add(ended)
        before = self._unpaid.pop(reference, None)
        if before is not None:
            earned.merge(before)
        if earned.has_earned:
            self._paid.add(reference)
        elif reference not in self._paid:
            self._unpaid[reference] = earned

    def _take_unknown(
        self, claim: ExportClaim, earned: Earned, reason: str, states: Iterable[ClaimState]
    ) -> None:
        renewed = find_renewed(claim, states)
        if renewed is None:
            finding = find_unclaimed(claim, earned, reason=reason)
            if finding is not None:
                self.box.add(finding)
        elif renewed.subject not in self.export.ended:
            self.export.ended.add(renewed.subject)
            self.box.add(renewed)

    def _take_ambiguous(self, claim: ExportClaim, earned: Earned, match: Ambiguous) -> None:
        """Let earnings that may be those of several claims count for each: none of them earns nothing."""
        if earned.has_earned:
            self._paid.update(state.reference for state in match.states)
        finding = find_unclaimed(claim, earned, reason=match.reason)
        if finding is not None:
            self.box.add(finding)
