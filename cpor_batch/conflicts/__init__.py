"""Find claims that collide; report them side by side, never decide who wins."""

from cpor_batch.conflicts.detect import find_conflicts

__all__ = ["find_conflicts"]
