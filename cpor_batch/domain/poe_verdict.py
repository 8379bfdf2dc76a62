"""Verdicts on returned documents: which claim each belongs to, and what it shows."""

from dataclasses import dataclass

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.completeness import Answer, Finding, overall
from cpor_batch.domain.evidence import Evidence, Unreadable
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recognition import FoundReference


@dataclass(frozen=True, slots=True, kw_only=True)
class PoeVerdict:
    """What became of one document."""

    file: str
    """As it was named."""
    seen: Evidence | Unreadable
    references: tuple[FoundReference, ...] = ()
    """Every claim reference on it."""
    reference: ClaimReference | None = None
    """The claim that it was held against; outside a workspace the reference on it."""
    claim: Claim | None = None
    """As the ledger knows it, or None."""
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """One for each element of the edition; none where the file was refused."""

    @property
    def is_refused(self) -> bool:
        """Whether the file is no document that can be looked at."""
        return isinstance(self.seen, Unreadable)

    @property
    def answer(self) -> Answer:
        """Whether the document is complete as a whole."""
        return Answer.CANNOT_TELL if self.is_refused else overall(self.findings)
