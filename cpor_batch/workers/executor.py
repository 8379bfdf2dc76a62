"""What processes of this machine and the workers of a cluster have in common."""

from abc import ABC, abstractmethod
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")


class Workers(Executor, ABC):
    """An executor that knows its size and can be handed a value once for many tasks."""

    outlives_its_workers: bool
    """Whether it goes on after a task has killed the process that did it."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many tasks can be under way at once, at least 1."""

    @abstractmethod
    def share(self, value: T) -> T:
        """Return what stands for `value` among the arguments of `submit`, so that it travels once.

        To be handed to `submit` as it is, and good for nothing else.
        """
