"""Open conflicts as a page: the claims of each side by side, what is held and what is free again."""

from collections.abc import Sequence
from datetime import date, datetime

from cpor_batch.domain.conflict import Conflict
from cpor_batch.reports.tables import Figure, Report, Tone
from cpor_batch.reports.verdict_tables import conflict_comparisons


def build_conflict_report(
    conflicts: Sequence[Conflict],
    *,
    held: int,
    free: int,
    lead: str,
    as_of: date,
    made_at: datetime | None = None,
    tool_version: str = "",
) -> Report:
    """Return the conflicts that wait for a decision; `held` and `free` are numbers of claims."""
    return Report(
        name="conflicts",
        title="Conflicts to decide",
        subtitle=f"As of {as_of.isoformat()}",
        lead=lead,
        figures=(
            Figure(
                label="Open conflicts",
                value=len(conflicts),
                tone=Tone.ATTENTION if conflicts else Tone.QUIET,
                anchor="Conflicts",
            ),
            Figure(label="Held claims", value=held, tone=Tone.ATTENTION if held else Tone.QUIET),
            Figure(label="Free again", value=free, tone=Tone.GOOD if free else Tone.QUIET),
        ),
        comparisons=conflict_comparisons(conflicts),
        has_comparisons=True,
        as_of=as_of,
        made_at=made_at,
        tool_version=tool_version,
    )
