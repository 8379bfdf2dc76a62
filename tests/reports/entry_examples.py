"""Claims to be submitted, for the tests of copy sheets."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports.entry import EntryReport, PoeFile, PoeKind, build_entry
from tests import builders

TODAY = builders.TODAY
DOCUMENT = PoeFile(kind=PoeKind.DOCUMENT, name="sow.pdf", path=Path("/claims/inbox/poe/sow.pdf"))
NO_POE = PoeFile(kind=PoeKind.NONE)


def signed(**changes: object) -> Claim:
    """Return a claim that lacks nothing; `changes` are fields of the claim."""
    good = builders.claim(poe_document="poe/sow.pdf", poe_signed_on=date(2021, 3, 1))
    return replace(good, **changes)  # type: ignore[arg-type]  # fields by name


def business(**changes: object) -> Claim:
    good = builders.business_claim(poe_document="poe/sow.pdf", poe_signed_on=date(2021, 3, 1))
    return replace(good, **changes)  # type: ignore[arg-type]  # fields by name


def required_of(claim: Claim) -> frozenset[str]:
    edition = builders.edition(claim.edition)
    activity = edition.activity(claim.solution_area, claim.activity)
    technical = {"technical_contact_name", "technical_contact_title", "technical_contact_email"}
    is_dynamics = any("Dynamics" in line.product for line in claim.lines)
    needs = technical if is_dynamics and edition.technical_contact_families else set()
    return edition.required | needs | (activity.requires if activity else frozenset())


def entry(*states: ClaimState, poe: PoeFile = DOCUMENT, today: date = TODAY) -> EntryReport:
    """Return the copy sheets of these claims, each with the same PoE."""
    return build_entry(
        states,
        edition_of=lambda state: builders.edition(state.claim.edition),
        required_of=required_of,
        poe_of=lambda _state: poe,
        today=today,
    )


def several(number: int) -> tuple[ClaimState, ...]:
    """Return that many claims, each of another customer."""
    return tuple(
        builders.state(signed(claim_name=f"Claim {index:02}", customer_name=f"Customer {index:02}"))
        for index in range(number)
    )
