"""Is a returned PoE complete? Each element of the edition is met, not met, or nobody but a person can tell.

Pure. An element is met only where something on the document shows it; what a machine cannot see, such as a
signature in a scan, is never called missing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cpor_batch.domain.calendar import months_before
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.edition import Edition, PoeElement, Product
from cpor_batch.domain.evidence import (
    DATE_FIELD,
    ENGAGEMENT_FIELD,
    NAME_FIELD,
    SIGNATURE_FIELD,
    TITLE_FIELD,
    Change,
    Evidence,
    Signature,
    SignatureKind,
    why_unreadable,
)
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recognition import (
    find_guids,
    find_products,
    find_references,
    has_phrase,
    texts_of,
)


class Answer(StrEnum):
    """Whether a document shows what it must."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One element, and what the document shows of it."""

    element: PoeElement
    answer: Answer
    evidence: str
    """What was found or missed, in one or two sentences."""

    @property
    def remedy(self) -> str:
        """What to do; empty where the element is met."""
        match self.answer:
            case Answer.MET:
                return ""
            case Answer.NOT_MET:
                return self.element.remedy
            case Answer.CANNOT_TELL:
                return f"Look at the document. If it is missing: {self.element.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A document and what it is held against."""

    evidence: Evidence
    edition: Edition
    products: Sequence[Product]
    """The catalogue."""
    today: date
    claim: Claim | None = None
    """The claim that it belongs to, where a ledger knows it."""
    unknown: ClaimReference | None = None
    """The reference on it that the ledger does not know."""

    @property
    def day(self) -> date:
        """The day by which dates are judged: the claim's submission, else today."""
        return (self.claim.submitted_on if self.claim else None) or self.today


Judged = tuple[Answer, str]


def judge_completeness(inquiry: Inquiry) -> tuple[Finding, ...]:
    """Return one finding for each element of the edition, in its order."""
    closed = inquiry.evidence.is_encrypted
    findings = []
    for element in inquiry.edition.poe_elements:
        rule = RULES.get(element.key)
        if closed:
            answer, text = Answer.CANNOT_TELL, why_unreadable(inquiry.evidence)
        elif rule is None:
            answer, text = Answer.CANNOT_TELL, "No rule of this program looks for it."
        else:
            answer, text = rule(inquiry)
        findings.append(Finding(element=element, answer=answer, evidence=text))
    return tuple(findings)


def overall(findings: Sequence[Finding]) -> Answer:
    """Return MET where every element is met, NOT_MET where one is not, else CANNOT_TELL."""
    answers = {finding.answer for finding in findings}
    if Answer.NOT_MET in answers:
        return Answer.NOT_MET
    return Answer.CANNOT_TELL if Answer.CANNOT_TELL in answers else Answer.MET


def _document(inquiry: Inquiry) -> Judged:
    evidence, claim = inquiry.evidence, inquiry.claim
    references, guids = find_references(evidence), find_guids(evidence)
    if inquiry.unknown is not None:
        text = f"It bears the reference {inquiry.unknown}, which this ledger does not know."
        return Answer.CANNOT_TELL, text
    if claim is not None:
        subscriptions = {line.subscription_id for line in claim.lines}
        others = [guid for guid in guids if guid not in subscriptions]
        if others and claim.tenant_id not in others:
            return Answer.NOT_MET, f"It names the tenant {others[0]}; the claim's is {claim.tenant_id}."
    if references:
        first = references[0]
        return Answer.MET, f"It bears the reference {first.reference} (in its {' and '.join(first.places)})."
    if guids:
        what = f"tenant {claim.tenant_id}" if claim is not None else f"ID {guids[0]}"
        return Answer.MET, f"It names the {what}; it bears no claim reference."
    return _nameless(inquiry)


def _nameless(inquiry: Inquiry) -> Judged:
    evidence = inquiry.evidence
    why = why_unreadable(evidence)
    if why:
        return Answer.CANNOT_TELL, f"Neither claim reference, QR code nor tenant ID can be read on it. {why}"
    if evidence.is_form:
        return (
            Answer.NOT_MET,
            "The form names no customer: neither a claim reference nor a tenant ID is on it.",
        )
    customer = inquiry.claim.customer_name if inquiry.claim else ""
    if has_phrase(texts_of(evidence), customer):
        return Answer.MET, f'It names "{customer}"; it bears neither a claim reference nor a tenant ID.'
    if find_products(texts_of(evidence), inquiry.products):
        text = "It names products, but neither a claim reference nor a tenant ID: whose it is cannot be told."
        return Answer.CANNOT_TELL, text
    return Answer.NOT_MET, "Nothing on it points to a claim: no reference, no tenant ID, no product."


def _acknowledgement(inquiry: Inquiry) -> Judged:
    evidence = inquiry.evidence
    good = [one for one in evidence.digital if one.is_good]
    if good:
        return Answer.MET, f"{_who(good[-1])} It is intact and covers the whole document. {_UNTRUSTED}"
    if evidence.digital:
        return _doubtful(evidence.digital[-1])
    by_hand = _mark_on(evidence, SIGNATURE_FIELD)
    if by_hand is not None:
        if NAME_FIELD in evidence.fields and not evidence.fields[NAME_FIELD]:
            return Answer.NOT_MET, "It is signed by hand, but the printed name of the signatory is blank."
        name = evidence.fields.get(NAME_FIELD)
        of = f', printed name "{name}"' if name else ""
        place = f"in the place of the signature, page {by_hand.page}{of}"
        text = f"Signed by hand, look at it: {by_hand.what} {place}."
        return Answer.MET, text
    if evidence.typed_signature:
        return (
            Answer.CANNOT_TELL,
            f'A typed name, look at it: "{evidence.typed_signature}". Whether it is signed cannot be told.',
        )
    if evidence.is_flattened:
        return Answer.CANNOT_TELL, _flattened(evidence)
    if evidence.has_signature_field and not evidence.picture_pages:
        return Answer.NOT_MET, "The place for the customer's signature is empty."
    return Answer.CANNOT_TELL, _with_reason("No digital signature is on it.", evidence)


_FLATTENED: Final = "The form has lost its fields: it was flattened, or printed to a new PDF."


def _flattened(evidence: Evidence) -> str:
    """Say what stands at the labels of the signing, for a person to look at the rest."""
    printed = evidence.printed_fields
    names = {SIGNATURE_FIELD: "signature", NAME_FIELD: "printed name", TITLE_FIELD: "job title"}
    found = [f'{name} "{printed[key]}"' for key, name in names.items() if printed.get(key)]
    what = f"Found on it: {', '.join(found)}." if found else "Neither name nor job title can be read on it."
    return f"{_FLATTENED} {what} Whether it is signed, look at it."


_UNTRUSTED: Final = "The certificate was not verified against a trust list."


def _who(signature: Signature) -> str:
    day = f" on {signature.signed_on.isoformat()}, by the signer's clock" if signature.signed_on else ""
    return f"Signed digitally by {signature.signer or 'somebody unnamed'}{day}."


def _doubtful(signature: Signature) -> Judged:
    if signature.problem:
        return (
            Answer.CANNOT_TELL,
            f"It bears a digital signature that could not be checked: {signature.problem}",
        )
    if not signature.is_intact:
        return Answer.NOT_MET, f"{_who(signature)} The signature is broken: what was signed was changed."
    if signature.changed_after is Change.FIELDS:
        return Answer.CANNOT_TELL, f"{_who(signature)} Fields were filled in after the signature."
    return Answer.NOT_MET, f"{_who(signature)} The document was changed after the signature."


def _mark_on(evidence: Evidence, field: str) -> Signature | None:
    marks = (one for one in evidence.signatures if one.kind is SignatureKind.BY_HAND and one.field == field)
    return next(marks, None)


def _with_reason(text: str, evidence: Evidence) -> str:
    why = why_unreadable(evidence)
    if not why and evidence.has_pictures:
        why = "Text on its pictures is not read."
    return f"{text} {why}".strip()


def _dates(inquiry: Inquiry) -> Judged:
    evidence = inquiry.evidence
    typed = evidence.fields.get(DATE_FIELD) or evidence.printed_fields.get(DATE_FIELD, "")
    if typed:
        if not evidence.written_dates:
            return Answer.CANNOT_TELL, f'The date of the signature, "{typed}", cannot be read as a date.'
        return _judge_days(inquiry, evidence.written_dates, f'dated "{typed}"')
    signed = [one.signed_on for one in evidence.digital if one.is_good and one.signed_on]
    if signed:
        return _judge_days(inquiry, (max(signed),), f"signed digitally on {max(signed).isoformat()}")
    if evidence.labelled_dates:
        latest = max(evidence.labelled_dates)
        return _judge_days(inquiry, (latest,), f"dated {latest.isoformat()} in its text")
    if _mark_on(evidence, DATE_FIELD) is not None:
        return Answer.CANNOT_TELL, "The date is written by hand; it cannot be read."
    if DATE_FIELD in evidence.fields and not evidence.picture_pages:
        return Answer.NOT_MET, "The date of the signature is blank."
    return _dateless(evidence)


def _dateless(evidence: Evidence) -> Judged:
    if evidence.is_flattened:
        return Answer.CANNOT_TELL, f"{_FLATTENED} Nothing that can be read stands at the date of signature."
    if why_unreadable(evidence) or evidence.has_pictures:
        return Answer.CANNOT_TELL, _with_reason("No date of a signature can be read on it.", evidence)
    return Answer.NOT_MET, "No date of a signature is on it."


def _judge_days(inquiry: Inquiry, days: Sequence[date], what: str) -> Judged:
    months = inquiry.edition.settings.poe_max_age_months
    oldest = months_before(inquiry.day, months)
    submitted = inquiry.claim is not None and inquiry.claim.submitted_on is not None
    on = f"the submission on {inquiry.day}" if submitted else f"today, {inquiry.day}"
    if all(oldest <= day <= inquiry.day for day in days):
        return Answer.MET, f"It is {what}, within {months} months before {on}."
    if all(day < oldest for day in days):
        return Answer.NOT_MET, f"It is {what}, more than {months} months before {on}."
    if all(day > inquiry.day for day in days):
        return Answer.NOT_MET, f"It is {what}, later than {on}."
    ways = " or ".join(day.isoformat() for day in sorted(days))
    return Answer.CANNOT_TELL, f"It is {what}, which can be read as {ways}."


_WORDS_OF_A_DESCRIPTION: Final = 3
_WORDS_OF_A_DOCUMENT: Final = 25
_SHOWN: Final = 60


def _engagement(inquiry: Inquiry) -> Judged:
    evidence = inquiry.evidence
    if ENGAGEMENT_FIELD in evidence.fields:
        text = evidence.fields[ENGAGEMENT_FIELD].strip()
        if text:
            return Answer.MET, f'The partner\'s work is described: "{_short(text)}"'
        return Answer.NOT_MET, "The description of the partner's work is blank."
    described = _descriptions(inquiry.claim)
    found = [text for text in described if has_phrase([evidence.text], text)]
    if described and len(found) == len(described):
        return Answer.MET, f'The claim\'s description is on it: "{_short(found[0])}"'
    section = _section(evidence.text, inquiry.edition) if _is_ours(evidence) else ""
    if len(section.split()) >= _WORDS_OF_A_DESCRIPTION:
        return Answer.MET, f'Section 3 says: "{_short(section)}"'
    if why_unreadable(evidence):
        return Answer.CANNOT_TELL, _with_reason("The partner's work cannot be read on it.", evidence)
    if _is_ours(evidence):
        return Answer.NOT_MET, "Section 3 does not describe the partner's work."
    if len(evidence.text.split()) < _WORDS_OF_A_DOCUMENT:
        return Answer.NOT_MET, "Its text is too short to describe the partner's work."
    return Answer.CANNOT_TELL, "Whether its text describes the partner's work, a person must tell."


def _descriptions(claim: Claim | None) -> tuple[str, ...]:
    lines = claim.lines if claim is not None else ()
    return tuple(
        dict.fromkeys(text for line in lines if (text := (line.engagement_description or "").strip()))
    )


def _is_ours(evidence: Evidence) -> bool:
    return evidence.is_form or bool(evidence.property_reference)


def _section(text: str, edition: Edition) -> str:
    """Return what section 3 of our form says below solution area and activity."""
    match = re.search(r"^3\s+\S.*?$(.*?)^4\s+\S", text, re.MULTILINE | re.DOTALL)
    names = {area.name for area in edition.solution_areas} | {one.name for one in edition.activities}
    lines = match[1].strip().splitlines() if match else []
    return " ".join(line for line in lines if not any(line.strip().endswith(name) for name in names))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN].rstrip()} …"


def _products(inquiry: Inquiry) -> Judged:
    evidence, claim = inquiry.evidence, inquiry.claim
    named = find_products(texts_of(evidence), inquiry.products)
    if claim is not None:
        wanted = tuple(dict.fromkeys(line.product for line in claim.lines))
        texts = texts_of(evidence)
        missing = [name for name in wanted if name not in named and not _is_named(inquiry, name, texts)]
        if not missing:
            return Answer.MET, f"It names every product of the claim: {', '.join(wanted)}."
        if why_unreadable(evidence):
            return Answer.CANNOT_TELL, _with_reason(f"{', '.join(missing)} cannot be read on it.", evidence)
        return Answer.NOT_MET, f"It does not name {', '.join(missing)}."
    if named:
        return (
            Answer.MET,
            f"It names {', '.join(sorted(named))}; which ones the claim lists is not known here.",
        )
    if why_unreadable(evidence):
        return Answer.CANNOT_TELL, _with_reason("No product can be read on it.", evidence)
    return Answer.NOT_MET, "It names no product of the catalogue."


def _is_named(inquiry: Inquiry, name: str, texts: tuple[str, ...]) -> bool:
    """Whether a product that has left the catalogue is named as the claim spells it."""
    return all(product.name != name for product in inquiry.products) and has_phrase(texts, name)


RULES: Final[Mapping[str, Callable[[Inquiry], Judged]]] = {
    "document": _document,
    "acknowledgement": _acknowledgement,
    "dates": _dates,
    "engagement": _engagement,
    "products": _products,
}
"""By the key of the edition's element."""
