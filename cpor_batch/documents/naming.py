"""Where a document is kept below the out folder."""

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.document import DocumentKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.files import safe_name


def document_path(kind: DocumentKind, reference: ClaimReference, claim: Claim) -> str:
    """Return "letters/CB-7K3M9Q2T-contoso.pdf": relative to the out folder, with "/".

    Safe on every file system: the reference comes first and is unique, so neither a device's name nor two
    customers of one name can clash.
    """
    return f"{kind.folder}/{reference}-{safe_name(claim.customer_name)}.pdf"
