"""Words that every report uses for the values of the domain."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from cpor_batch.domain.conflict import Conflict, ConflictKind
from cpor_batch.domain.edition import Edition, WindowKind
from cpor_batch.domain.lifecycle import CustomerStatus
from cpor_batch.domain.standing import HELD, LAPSED, OPTED_OUT, WITHDRAWN
from cpor_batch.reports.tables import Pill, Tone, Value

_OUR_LABELS: Final = {
    HELD: "Held for a conflict",
    WITHDRAWN: "Withdrawn",
    LAPSED: "Lapsed",
    OPTED_OUT: "Customer opted out",
}
_TONES: Final = {
    "approved": Tone.GOOD,
    "official": Tone.GOOD,
    "submitted": Tone.WAITING,
    "under-review": Tone.WAITING,
    "dispute": Tone.WAITING,
    "partner-action-required": Tone.ATTENTION,
    HELD: Tone.ATTENTION,
    "rejected": Tone.BAD,
    "rejected-final": Tone.BAD,
    OPTED_OUT: Tone.BAD,
}
WINDOW_WORDS: Final = {
    WindowKind.CUSTOMER_OPT_OUT: "Customer opt-out",
    WindowKind.SUBMITTED: "Submission check",
    WindowKind.REVIEW: "Review",
    WindowKind.PARTNER_ACTION: "Partner action",
    WindowKind.DISPUTE: "Dispute",
}
CUSTOMER_WORDS: Final = {
    CustomerStatus.OPT_OUT_OPEN: Pill("Opt-out open", Tone.WAITING),
    CustomerStatus.OFFICIAL: Pill("Official", Tone.GOOD),
    CustomerStatus.OPTED_OUT: Pill("Opted out", Tone.BAD),
}
CONFLICT_WORDS: Final = {
    ConflictKind.OWN_DUPLICATE: "The same partner asks twice",
    ConflictKind.SAME_ORGANISATION: "Another location of the same organisation",
    ConflictKind.CONTESTED_IN_BATCH: "More than one partner asks for it",
    ConflictKind.HELD_BY_OTHER_PARTNER: "Another partner holds it",
    ConflictKind.POSSIBLE_OVERLAP: "Perhaps the same subscription",
    ConflictKind.LOOKALIKE_CUSTOMER: "Customers that look alike",
}


_HOLDERS_WORDS: Final = {
    ConflictKind.HELD_BY_OTHER_PARTNER: "More than one partner holds it",
    ConflictKind.SAME_ORGANISATION: "Several locations of one organisation hold it",
    ConflictKind.OWN_DUPLICATE: "The same partner holds it twice",
}


def name_kind(conflict: Conflict) -> str:
    """Return what kind of conflict it is, in words."""
    words = _HOLDERS_WORDS if conflict.is_among_holders else CONFLICT_WORDS
    return words[conflict.kind]


def status_label(status: str, edition: Edition | None) -> str:
    """Return the status as people read it: Partner Center's own words where it is one of theirs."""
    rule = edition.statuses.get(status) if edition is not None else None
    if rule is not None and rule.label:
        return rule.label
    return _OUR_LABELS.get(status) or status.replace("-", " ").capitalize()


def status_pill(status: str, edition: Edition | None = None) -> Pill:
    """Return the status in words on its colour."""
    return Pill(status_label(status, edition), _TONES.get(status, Tone.QUIET))


def plain(value: Value) -> str:
    """Return a value as text, dates as 2021-04-01."""
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case bool():
            return "Yes" if value else "No"
        case Decimal():
            return f"{value:,}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return the number with its noun: "1 claim", "3 claims", "1,204 rows"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def capitalized(text: str) -> str:
    """Return the text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def days_in_words(days: int) -> str:
    """Return how far away a day is: "today", "in 3 days", "4 days ago"."""
    if days == 0:
        return "today"
    if days < 0:
        return f"{count(-days, 'day')} ago"
    return f"in {count(days, 'day')}"
