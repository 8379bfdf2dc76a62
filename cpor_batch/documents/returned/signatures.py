"""Digital signatures: intact, over the whole document, by whom, when. Checked offline, without trust lists.

Needs pyHanko (the extra `sign`); without it a signature is reported as not checked.
"""

import io
import logging
from typing import Any, Final

from cpor_batch.domain.evidence import Change, Signature, SignatureKind

MAX_SIGNATURES: Final = 50
_INSTALL: Final = "the package pyHanko is missing; install it with: pip install 'cpor-batch[sign]'."


def read_signatures(content: bytes) -> tuple[Signature, ...]:
    """Return the digital signatures of the PDF in the order in which they were made."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader
    except ImportError:
        return (_unchecked("", _INSTALL),)
    logging.getLogger("pyhanko").disabled = True
    logging.getLogger("pyhanko_certvalidator").disabled = True
    try:
        embedded = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
        return tuple(_check(one) for one in embedded[:MAX_SIGNATURES])
    except MemoryError:
        raise
    except Exception as exc:  # noqa: BLE001 - a reader that meets nonsense raises anything; the rest is still told
        return (_unchecked("", _reason(exc)),)


def _check(embedded: Any) -> Signature:  # Any: pyHanko has no type information
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    name = str(embedded.field_name)
    try:
        context = ValidationContext(trust_roots=[], allow_fetching=False)
        status: Any = validate_pdf_signature(embedded, signer_validation_context=context)
        moment = status.signer_reported_dt
        if status.timestamp_validity is not None and status.timestamp_validity.intact:
            moment = status.timestamp_validity.timestamp
        return Signature(
            kind=SignatureKind.DIGITAL,
            field=name,
            signer=_name_of(status.signing_cert),
            signed_on=moment.date() if moment is not None else None,
            is_intact=bool(status.intact and status.valid),
            covers_document=status.coverage.name == "ENTIRE_FILE",
            changed_after=_change_of(status),
        )
    except MemoryError:
        raise
    except Exception as exc:  # noqa: BLE001 - as above
        return _unchecked(name, _reason(exc))


def _change_of(status: Any) -> Change:  # Any: as above
    if status.coverage.name == "ENTIRE_FILE":
        return Change.NOTHING
    level = status.modification_level
    if status.coverage.name != "ENTIRE_REVISION" or level is None:
        return Change.CONTENT
    match level.name:
        case "NONE" | "LTA_UPDATES":
            return Change.NOTHING
        case "FORM_FILLING":
            return Change.FIELDS
        case _:
            return Change.CONTENT


def _name_of(certificate: Any) -> str:  # Any: as above
    names = certificate.subject.native
    common = names.get("common_name")
    return " ".join(str(common or certificate.subject.human_friendly).split())[:200]


def _unchecked(name: str, problem: str) -> Signature:
    return Signature(kind=SignatureKind.DIGITAL, field=name, problem=problem)


def _reason(exc: Exception) -> str:
    text = (str(exc) or type(exc).__name__).splitlines()[0][:160].rstrip(".")
    return f"{text}."
