"""The ledger's tables, version by version. A migration that was released is never changed."""
