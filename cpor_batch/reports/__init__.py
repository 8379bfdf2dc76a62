"""Reports: values -> tables -> Excel and HTML. Pure renderers; nothing here reads a ledger or the clock."""
