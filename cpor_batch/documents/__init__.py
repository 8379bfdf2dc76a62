"""Claims become letters and Proofs of Execution: orders in, PDF files out.

Importing this package imports neither WeasyPrint nor jinja2: Pango may be absent where nothing is printed.
"""

from cpor_batch.documents.blank_form import write_blank_form
from cpor_batch.documents.bundling import BundleOrder, fingerprint_of_bundle, write_bundle
from cpor_batch.documents.content import fingerprint_of
from cpor_batch.documents.libraries import LibraryReport, check_libraries, require_libraries
from cpor_batch.documents.likeness import describe_printing
from cpor_batch.documents.merging import merge_documents
from cpor_batch.documents.naming import document_path
from cpor_batch.documents.preview import write_preview
from cpor_batch.documents.production import write_documents
from cpor_batch.documents.rendering import render_html, template_fingerprint
from cpor_batch.documents.result import DocumentError, DocumentResult
from cpor_batch.documents.returned import EvidenceReader, read_evidence

__all__ = [
    "BundleOrder",
    "DocumentError",
    "DocumentResult",
    "EvidenceReader",
    "LibraryReport",
    "check_libraries",
    "describe_printing",
    "document_path",
    "fingerprint_of",
    "fingerprint_of_bundle",
    "merge_documents",
    "read_evidence",
    "render_html",
    "require_libraries",
    "template_fingerprint",
    "write_blank_form",
    "write_bundle",
    "write_documents",
    "write_preview",
]
