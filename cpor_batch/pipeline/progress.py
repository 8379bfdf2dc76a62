"""How a use case tells how far it is: to a terminal, to a log, or to nobody."""

from typing import Protocol


class Progress(Protocol):
    """Hears of the stages of a use case."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Begin a stage, such as "reading", of so many steps; the one before it is over."""

    def advance(self, steps: int = 1) -> None:
        """Tell that so many steps of the stage are done."""

    def note(self, text: str) -> None:
        """Tell something worth a line by itself."""


class Silent:
    """Tells nobody."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
