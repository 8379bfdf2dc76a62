"""What changed since the last reconciliation."""

from collections.abc import Sequence

from cpor_batch.domain.finding import Changes, Finding, Previous


def find_changes(
    findings: Sequence[Finding], previous: Previous | None, *, has_earnings: bool, is_whole: bool = True
) -> Changes:
    """Return what is new, has another detail or is gone since the last run.

    What only earnings files show is gone only where this run had some.
    """
    if previous is None:
        return Changes(previous=None)
    if previous.is_cut or not is_whole:
        return Changes(previous=previous, is_told=False)
    before = {kept.identity: kept for kept in previous.findings}
    now = {finding.remembered.identity: finding for finding in findings}
    return Changes(
        previous=previous,
        new=tuple(finding for identity, finding in now.items() if identity not in before),
        changed=tuple(
            (before[identity], finding)
            for identity, finding in now.items()
            if identity in before and before[identity].detail != finding.detail
        ),
        gone=tuple(
            kept
            for identity, kept in before.items()
            if identity not in now and (has_earnings or not kept.is_of_earnings)
        ),
    )
