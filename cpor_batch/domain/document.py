"""Documents: what a claim owes its customer, and what was made of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.known import PartnerEntry


class DocumentKind(StrEnum):
    """What can be made for a claim."""

    LETTER = "letter"
    POE = "poe"
    BUNDLE = "bundle"
    """The claim's own PoE document behind a cover page."""

    @property
    def folder(self) -> str:
        """The folder below `out/` that holds these documents."""
        return _FOLDERS[self]


_FOLDERS: Final = {
    DocumentKind.LETTER: "letters",
    DocumentKind.POE: "poe",
    DocumentKind.BUNDLE: "bundles",
}
OWED_KINDS: Final = (DocumentKind.LETTER, DocumentKind.POE)
"""What claims owe; bundles are made when somebody asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOrder:
    """One document to be made: everything that its template may say, and nothing else."""

    kind: DocumentKind
    reference: ClaimReference
    claim: Claim
    language: str
    """The language of the document, one of those that have a catalogue."""
    partner: PartnerEntry
    """The brand: the entry of the partner whose claim it is, or one made from the claim."""
    dated_on: date
    """The document's own date, fixed when it is first made."""
    opt_out_until: date | None = None
    """The last day to opt out, where Microsoft's notice is known; None: so many days from the notice."""
    opt_out_days: int = 5
    has_public_sector_disclosure: bool = False
    identifier_label: str = "MPN ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document as the ledger knows it."""

    kind: DocumentKind
    reference: ClaimReference
    path: str
    """Relative to the workspace's out folder, with "/": "letters/CB-7K3M9Q2T-contoso.pdf"."""
    fingerprint: str
    """Of the data and the template that it was or is to be made from."""
    dated_on: date
    sha256: str | None = None
    """Of the file's bytes; None while it is due."""
