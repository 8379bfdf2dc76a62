"""Open the workspace's ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from cpor_batch.domain.standing import ClaimState
from cpor_batch.errors import UsageError
from cpor_batch.pipeline.workspace import Workspace

if TYPE_CHECKING:
    from cpor_batch.ledger import Ledger


@contextmanager
def open_ledger_of(workspace: Workspace) -> Iterator["Ledger"]:
    """Give the workspace's ledger; ConfigurationError where there is no workspace."""
    # `check` outside a workspace opens none, and SQLAlchemy takes half a second to load.
    from cpor_batch.ledger import open_ledger

    workspace.folder  # noqa: B018 - raises where there is none
    with open_ledger(workspace.settings.ledger_url) as ledger:
        yield ledger


@contextmanager
def open_ledger_if_there(workspace: Workspace) -> Iterator["Ledger | None"]:
    """Give the workspace's ledger, or None outside a workspace."""
    if workspace.settings.workspace is None:
        yield None
        return
    with open_ledger_of(workspace) as ledger:
        yield ledger


def refuse_the_past(ledger: "Ledger", today: date) -> None:
    """Raise UsageError where `today` lies before the last event: what was known cannot be known earlier."""
    last = ledger.last_known_on()
    if last is not None and today < last:
        raise UsageError(
            f"--as-of {today} lies before the ledger's last event ({last}).",
            hint="Leave --as-of out, or give a day that is not earlier.",
        )


def head_of(ledger: "Ledger") -> dict[str, object]:
    """Return the number and hash of the ledger's last event, for run.json."""
    number, digest = ledger.head()
    return {"event": number, "hash": digest}


def show_head(ledger: "Ledger") -> str:
    """Return the ledger's head as people may compare it: "event 412, 9f3ab2c17d60"."""
    number, digest = ledger.head()
    return f"event {number}, {digest[:12]}" if number else "no event yet"


def find_claim(ledger: "Ledger", text: str) -> ClaimState:
    """Return the claim of this reference, Partner Center claim ID or unique name; else UsageError.

    All three are compared without regard to case.
    """
    found = ledger.find_claim(text)
    if not isinstance(found, ClaimState) and not found:
        near = _near_claim(ledger, text)
        if near:
            raise UsageError(f'no claim is called "{text}".', hint=f'Did you mean "{near}"?')
    return the_one_claim(text, found)


def _near_claim(ledger: "Ledger", text: str) -> str | None:
    """Return the reference or name of a claim that is nearest to a mistyped one, or None."""
    from cpor_batch.rulebook.matching import fold_name, nearest_name

    names = {
        fold_name(name): name
        for state in ledger.read_states()
        for name in (state.reference, state.claim.claim_name)
    }
    return nearest_name(text, names)


def the_one_claim(text: str, found: ClaimState | tuple[ClaimState, ...]) -> ClaimState:
    """Return the claim that was found by `text`; UsageError where it names none, or several."""
    if isinstance(found, ClaimState):
        return found
    if found:
        several = ", ".join(f"{state.reference} ({state.claim.partner_name})" for state in found[:5])
        raise UsageError(f'"{text}" names {len(found)} claims: {several}.', hint="Give the reference.")
    raise UsageError(f'no claim is called "{text}".', hint="See cpor-batch status for names and references.")
