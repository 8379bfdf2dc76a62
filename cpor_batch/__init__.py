"""Check, record and document batches of Claiming Partner of Record claims."""

__version__ = "0.1.0"
