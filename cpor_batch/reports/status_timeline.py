"""The chart of claims by status over time: weekly counts -> the layers of a stack."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from cpor_batch.domain.edition import Edition
from cpor_batch.domain.timeline import StatusCount
from cpor_batch.reports.tables import Layer, Pill, Stack, Tone
from cpor_batch.reports.words import status_pill

# From the bottom of the stack to its top.
_ORDER: Final = (Tone.GOOD, Tone.WAITING, Tone.ATTENTION, Tone.BAD, Tone.QUIET)


def status_timeline(counts: Sequence[StatusCount], editions: Mapping[str, Edition]) -> Stack:
    """Return claims by status, a column per day; `editions` by name say how a status is called."""
    numbers: dict[Pill, Counter[int]] = defaultdict(Counter)
    for place, of_day in enumerate(counts):
        for (status, edition), number in of_day.claims.items():
            numbers[status_pill(status, editions.get(edition))][place] += number
    return Stack(
        name="over_time",
        title="Claims by status over time",
        unit="claims",
        steps=tuple(of_day.day for of_day in counts),
        layers=tuple(_layers(numbers, len(counts))),
    )


def _layers(numbers: Mapping[Pill, Counter[int]], steps: int) -> list[Layer]:
    layers = []
    for tone in _ORDER:
        pills = sorted(
            (pill for pill in numbers if pill.tone is tone),
            key=lambda pill: (-numbers[pill].total(), pill.text),
        )
        for shade, pill in enumerate(pills):
            values = tuple(numbers[pill][place] for place in range(steps))
            layers.append(Layer(label=pill.text, values=values, tone=tone, shade=shade))
    return layers
