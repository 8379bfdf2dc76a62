"""Paths of a page: what a hand has drawn is curved or oblique, what our form draws is neither."""

from collections.abc import Iterable
from typing import Final

import pikepdf
from pikepdf import Matrix

from cpor_batch.documents.returned.fields import Box

PATHS: Final = ("m", "l", "c", "v", "y", "h", "re")
PAINTING: Final = ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*")
_STRAIGHT: Final = 0.5
"""Points by which a line may stray and still be level or upright."""
_MAX_POINTS: Final = 50_000


class Path:
    """The path that is being built; grows with each operator that it takes."""

    def __init__(self) -> None:
        """Begin with no point."""
        self._points: list[tuple[float, float]] = []
        self._is_bent = False

    def take(self, operator: str, operands: Iterable[pikepdf.Object], matrix: Matrix) -> bool:
        """Add a step to the path; False where the operator belongs to no path."""
        if operator not in PATHS:
            return False
        # Rectangles and closing lines are what forms are made of.
        if operator in {"re", "h"} or len(self._points) > _MAX_POINTS:
            return True
        numbers = [float(number) for number in operands]
        placed = [matrix.transform((x, y)) for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
        points = [(float(x), float(y)) for x, y in placed]
        if operator == "l" and self._points and points:
            self._is_bent = self._is_bent or _is_oblique(self._points[-1], points[-1])
        self._is_bent = self._is_bent or operator in {"c", "v", "y"}
        self._points += points
        return True

    @property
    def is_by_hand(self) -> bool:
        """Whether it has a curve or an oblique line."""
        return self._is_bent and bool(self._points)

    @property
    def box(self) -> Box:
        """What the path covers, one point at least; call it on a path with points only."""
        xs, ys = [x for x, _ in self._points], [y for _, y in self._points]
        return min(xs), min(ys), max(*xs, min(xs) + 1), max(*ys, min(ys) + 1)


def _is_oblique(start: tuple[float, float], end: tuple[float, float]) -> bool:
    return abs(start[0] - end[0]) > _STRAIGHT and abs(start[1] - end[1]) > _STRAIGHT
