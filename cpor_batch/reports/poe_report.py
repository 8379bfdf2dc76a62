"""Verdicts on returned documents as text for a terminal and as JSON."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from cpor_batch.domain.completeness import Answer, Finding
from cpor_batch.domain.evidence import Evidence, Signature, Unreadable
from cpor_batch.domain.poe_verdict import PoeVerdict

SCHEMA: Final = "cpor-batch.poe/1"
_OVERALL: Final = {
    Answer.MET: "complete",
    Answer.NOT_MET: "incomplete",
    Answer.CANNOT_TELL: "cannot tell",
}
_LABELS: Final = {
    "document": "Proof of Execution given",
    "acknowledgement": "Customer's acknowledgement",
    "dates": "Dated",
    "engagement": "Partner's service described",
    "products": "Products named",
}
"""What each element asks for, true beside "met" too; Microsoft's reasons say what is missing."""
_NO_REFERENCE: Final = (
    "No claim reference was found in properties, form, text or QR codes. Name the claim with --claim."
)


def poe_json(
    verdicts: Sequence[PoeVerdict], *, edition: str, as_of: date
) -> Mapping[str, Any]:  # Any: what JSON can say
    """Return the document of `poe check --format json`."""
    return {
        "schema": SCHEMA,
        "edition": edition,
        "as_of": as_of.isoformat(),
        "counts": {
            "files": len(verdicts),
            "complete": _count(verdicts, Answer.MET),
            "incomplete": _count(verdicts, Answer.NOT_MET),
            "cannot_tell": _count(verdicts, Answer.CANNOT_TELL),
            "refused": sum(verdict.is_refused for verdict in verdicts),
        },
        "files": [_file(verdict) for verdict in verdicts],
    }


def _count(verdicts: Sequence[PoeVerdict], answer: Answer) -> int:
    return sum(not verdict.is_refused and verdict.answer is answer for verdict in verdicts)


def _file(verdict: PoeVerdict) -> Mapping[str, Any]:  # Any: as above
    seen = verdict.seen
    if isinstance(seen, Unreadable):
        return {
            "file": verdict.file,
            "answer": "refused",
            "code": str(seen.code),
            "message": seen.message,
            "hint": seen.hint,
            "sha256": seen.sha256 or None,
        }
    return {
        "file": verdict.file,
        "answer": _OVERALL[verdict.answer],
        "complete": verdict.answer is Answer.MET,
        "sha256": seen.sha256,
        "pages": seen.pages,
        "claim": _claim(verdict),
        "references": [
            {"reference": found.reference, "places": list(found.places)} for found in verdict.references
        ],
        "elements": [_element(finding) for finding in verdict.findings],
        "signatures": [_signature(one) for one in seen.signatures],
        "fields": dict(seen.fields),
        "picture_pages": list(seen.picture_pages),
        "unread_pages": list(seen.unread_pages),
        "notes": list(_notes(verdict, seen)),
    }


def _claim(verdict: PoeVerdict) -> Mapping[str, Any] | None:  # Any: as above
    if verdict.reference is None:
        return None
    claim = verdict.claim
    return {
        "reference": verdict.reference,
        "in_ledger": claim is not None,
        "claim_name": claim.claim_name if claim else None,
        "customer_name": claim.customer_name if claim else None,
        "tenant_id": claim.tenant_id if claim else None,
    }


def _element(finding: Finding) -> Mapping[str, Any]:  # Any: as above
    return {
        "key": finding.element.key,
        "reason": finding.element.reason,
        "answer": str(finding.answer),
        "evidence": finding.evidence,
        "remedy": finding.remedy or None,
        "rule": finding.element.reference,
    }


def _signature(one: Signature) -> Mapping[str, Any]:  # Any: as above
    return {
        "kind": str(one.kind),
        "field": one.field or None,
        "page": one.page,
        "signer": one.signer,
        "signed_on": one.signed_on.isoformat() if one.signed_on else None,
        "intact": one.is_intact,
        "covers_document": one.covers_document,
        "changed_after": str(one.changed_after) if one.changed_after else None,
        "trusted": None,
        "problem": one.problem or None,
        "what": one.what or None,
    }


def _notes(verdict: PoeVerdict, seen: Evidence) -> tuple[str, ...]:
    if verdict.references or seen.is_encrypted:
        return verdict.notes
    # Where the ledger found the claim all the same, its own note says how.
    return verdict.notes or (_NO_REFERENCE,)


def render_poe_text(verdicts: Sequence[PoeVerdict]) -> str:
    """Return the verdicts, one block a file, and how many are complete."""
    blocks = [_block(verdict) for verdict in verdicts]
    complete = _count(verdicts, Answer.MET)
    files = "1 document" if len(verdicts) == 1 else f"{len(verdicts)} documents"
    return "\n\n".join([*blocks, f"{files}: {complete} complete."])


def _block(verdict: PoeVerdict) -> str:
    seen = verdict.seen
    if isinstance(seen, Unreadable):
        return f"{verdict.file}: {seen.message} {seen.hint} [{seen.code}]"
    lines = [f"{verdict.file}: {_OVERALL[verdict.answer]}{_whose(verdict)}"]
    for finding in verdict.findings:
        lines.append(f"  {finding.answer:<11}  {_told(finding)}")
        if finding.remedy:
            lines.append(f"               {finding.remedy}")
    lines += (f"  Note: {note}" for note in _notes(verdict, seen))
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    """Return what is asked and what was found; where it is missing, also what Microsoft calls that."""
    label = _LABELS.get(finding.element.key, finding.element.key.replace("_", " ").capitalize())
    text = f"{label} - {finding.evidence}"
    if finding.answer is not Answer.NOT_MET:
        return text
    reason = finding.element.reason
    return f"{text} (Microsoft's reason: {reason[:1].lower()}{reason[1:]})"


def _whose(verdict: PoeVerdict) -> str:
    if verdict.reference is None:
        return ""
    if verdict.claim is None:
        return f", claim {verdict.reference}"
    return f', claim {verdict.reference} "{verdict.claim.claim_name}" of {verdict.claim.customer_name}'
