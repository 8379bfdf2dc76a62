"""What rules find: a position, a column, a fault, and where the edition states the rule."""

from dataclasses import dataclass

from cpor_batch.validation.reading import Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a row."""

    position: int
    """The row's place in the table, from 0."""
    key: str
    """The column."""
    fault: Fault
    path: str = ""
    """Where the edition's file states the rule, such as "settings.poe_max_age_months"."""
