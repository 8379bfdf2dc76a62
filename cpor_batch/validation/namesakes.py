"""One activity under the names of several editions, so that a recorded claim is known under a later one.

An area has the level of its lines, an activity the parts that it consists of, whatever an edition calls
them. A claim keeps the edition under which it was accepted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.edition import Activity, Edition

Names = tuple[str, str]
"""A solution area and an activity in it."""
Namesakes = Mapping[Names, tuple[Names, ...]]


def find_namesakes(edition: Edition, others: Sequence[Edition]) -> Namesakes:
    """Return what the other editions call each activity of the edition, where that is something else."""
    found: dict[Names, list[Names]] = defaultdict(list)
    for activity in edition.activities:
        own = (activity.solution_area, activity.name)
        for other in others:
            same = find_same(activity, edition, other)
            if same is not None and (names := (same.solution_area, same.name)) not in (own, *found[own]):
                found[own].append(names)
    return {own: tuple(names) for own, names in found.items()}


def find_same(activity: Activity, edition: Edition, other: Edition) -> Activity | None:
    """Return the activity of the other edition with the same parts on the same level, or None."""
    levels = {area.name: area.level for area in edition.solution_areas}
    theirs = {area.name: area.level for area in other.solution_areas}
    return next(
        (
            one
            for one in other.activities
            if one.parts == activity.parts and theirs[one.solution_area] is levels[activity.solution_area]
        ),
        None,
    )


def translate(claim: Claim, edition: Edition, other: Edition) -> Claim:
    """Return the claim in the words of the other edition, or as it is where that has none for it."""
    activity = edition.activity(claim.solution_area, claim.activity)
    same = None if activity is None else find_same(activity, edition, other)
    if same is None:
        return claim
    return replace(
        claim,
        edition=other.name,
        solution_area=same.solution_area,
        activity=same.name,
        lines=tuple(replace(line, programmes=same.programmes) for line in claim.lines),
    )
