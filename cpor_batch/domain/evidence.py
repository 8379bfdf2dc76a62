"""Evidence: what a returned Proof of Execution shows by itself. Facts only; `completeness` judges them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.issue import IssueCode

SIGNATURE_FIELD: Final = "customer_signature"
DATE_FIELD: Final = "customer_date"
NAME_FIELD: Final = "customer_name"
TITLE_FIELD: Final = "customer_title"
ENGAGEMENT_FIELD: Final = "engagement_description"
REFERENCE_FIELD: Final = "claim_reference"
SIGNING_FIELDS: Final = frozenset({SIGNATURE_FIELD, DATE_FIELD, NAME_FIELD, TITLE_FIELD})
"""The names of the form's fields, in the templates and in what comes back."""


class SignatureKind(StrEnum):
    """How somebody signed."""

    DIGITAL = "digital"
    BY_HAND = "by hand"
    """Ink, a stamp or a picture in the place of the signature: a person has to look at it."""


class Change(StrEnum):
    """What was done to a document after it was signed."""

    NOTHING = "nothing"
    FIELDS = "fields"
    """Only fields were filled in, or another signature was added."""
    CONTENT = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature on a document."""

    kind: SignatureKind
    field: str
    """The name of the signature field, or an empty text."""
    page: int | None = None
    """Counted from 1."""
    signer: str | None = None
    """The holder of the certificate, as the certificate names it."""
    signed_on: date | None = None
    """The day that the signer's clock showed, or that a time stamp in the signature proves."""
    is_intact: bool | None = None
    """Whether the signed bytes are unchanged and the signature fits them; None where nobody could check."""
    covers_document: bool | None = None
    """Whether nothing lies outside what was signed; None where nobody could check."""
    changed_after: Change | None = None
    problem: str = ""
    """Why it could not be checked, or an empty text."""
    what: str = ""
    """For a signature by hand: what was found there, such as "a picture"."""

    @property
    def is_good(self) -> bool:
        """Whether it is a checked digital signature over the document as it is."""
        return self.is_intact is True and (
            self.covers_document is True or self.changed_after is Change.NOTHING
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one PDF shows."""

    sha256: str
    size: int
    """In bytes."""
    pages: int
    text: str = ""
    """What is printed on the pages, line by line."""
    is_encrypted: bool = False
    """Whether it opens with a password only; nothing else is known of it then."""
    picture_pages: tuple[int, ...] = ()
    """Pages that hold pictures and no text, counted from 1: scans."""
    unread_pages: tuple[int, ...] = ()
    """Pages whose text could not be read."""
    has_pictures: bool = False
    language: str | None = None
    """The language that the document says it is in, such as "sv"."""
    property_reference: ClaimReference | None = None
    """Our reference in the document's properties."""
    code_references: tuple[ClaimReference, ...] = ()
    """Our references in QR codes on its pictures, each once."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The form's text fields that are there, filled in or blank, by name."""
    printed_fields: Mapping[str, str] = field(default_factory=dict)
    """What stands at the labels of the signing where the fields are gone, by name; blank where nothing."""
    has_signature_field: bool = False
    signatures: tuple[Signature, ...] = ()
    written_dates: tuple[date, ...] = ()
    """Every way to read the date of the signature in the form; several where 03/04/2021 is ambiguous."""
    labelled_dates: tuple[date, ...] = ()
    """Dates in the text that stand behind a word such as "Date:"."""
    typed_signature: str = ""
    """A line of the text such as "Signed: Casey Customer", or an empty text."""

    @property
    def is_form(self) -> bool:
        """Whether it is a form of ours that still has its fields."""
        return self.has_signature_field or not SIGNING_FIELDS.isdisjoint(self.fields)

    @property
    def is_flattened(self) -> bool:
        """Whether it is a form of ours that has lost its fields: flattened, or printed to a new PDF."""
        return bool(self.printed_fields)

    @property
    def is_unreadable_in_part(self) -> bool:
        """Whether something on it cannot be read as text."""
        return self.is_encrypted or bool(self.picture_pages) or bool(self.unread_pages)

    @property
    def digital(self) -> tuple[Signature, ...]:
        """The digital signatures."""
        return tuple(one for one in self.signatures if one.kind is SignatureKind.DIGITAL)

    @property
    def signed_on(self) -> date | None:
        """The day of the signature, where form or digital signature tell it beyond doubt; else None."""
        if self.written_dates:
            return self.written_dates[0] if len(self.written_dates) == 1 else None
        days = [one.signed_on for one in self.digital if one.is_good and one.signed_on]
        return max(days, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file is no document that can be looked at."""

    code: IssueCode
    """One of the file codes."""
    message: str
    hint: str
    sha256: str = ""


def why_unreadable(evidence: Evidence) -> str:
    """Return why parts of the document cannot be judged, one sentence, or an empty text."""
    if evidence.is_encrypted:
        return "The document opens with a password only."
    if evidence.picture_pages:
        what = _pages(evidence.picture_pages)
        return f"{what} a picture without text, such as a scan; text on pictures is not read."
    if evidence.unread_pages:
        what = _pages(evidence.unread_pages)
        return f"{what} damaged or too large to read."
    return ""


_NAMED_PAGES: Final = 5


def _pages(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"Page {numbers[0]} is"
    named = ", ".join(str(number) for number in numbers[:_NAMED_PAGES])
    return f"Pages {named}{' and more' if len(numbers) > _NAMED_PAGES else ''} are each"
