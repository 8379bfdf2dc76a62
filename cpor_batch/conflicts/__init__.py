"""Conflicts: claims that compete for the same workload or subscription, found and, once decided, settled."""

from cpor_batch.conflicts.deciding import (
    NOTHING_LEFT,
    Decided,
    Effect,
    build_decision_events,
    build_release,
    find_contradictions,
    join_reasons,
    judge_decision,
    references_of,
)
from cpor_batch.conflicts.detect import find_conflicts
from cpor_batch.conflicts.holders import find_shared_keys

__all__ = [
    "NOTHING_LEFT",
    "Decided",
    "Effect",
    "build_decision_events",
    "build_release",
    "find_conflicts",
    "find_contradictions",
    "find_shared_keys",
    "join_reasons",
    "judge_decision",
    "references_of",
]
