"""What comes back: a PDF from outside becomes Evidence, read in a child process with limits."""

from cpor_batch.documents.returned.reading import EvidenceReader, read_evidence

__all__ = ["EvidenceReader", "read_evidence"]
