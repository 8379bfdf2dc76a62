"""What a claim still lacks before it can be typed into Partner Center, and what to look at while typing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cpor_batch.domain.calendar import months_before
from cpor_batch.domain.claim import Claim, Level
from cpor_batch.domain.edition import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is missing or needs a look, with what to do."""

    text: str
    blocks: bool
    """Whether the claim should not be submitted before."""


def find_gaps(
    claim: Claim, *, edition: Edition, poe_kind: str, blanks: Sequence[str], today: date
) -> tuple[Gap, ...]:
    """Return what is missing, what blocks first.

    `blanks` are the labels of fields without a value, `poe_kind` one of the values of `PoeKind`.
    """
    found = (
        *_blank_fields(blanks),
        *_subscriptions(claim, edition, today),
        *_poe_file(claim, poe_kind),
        *_poe_date(claim, edition, poe_kind, today),
        *_poe_content(claim, edition),
    )
    return tuple(sorted(found, key=lambda gap: not gap.blocks))


def _blank_fields(blanks: Sequence[str]) -> Iterator[Gap]:
    for label in blanks:
        yield Gap(text=f"{label} is missing. Fill it in the workbook and ingest it again.", blocks=True)


def _subscriptions(claim: Claim, edition: Edition, today: date) -> Iterator[Gap]:
    is_always_needed = edition.settings.subscription_id_rule == "always"
    horizon = today + timedelta(days=edition.settings.expiry_warning_days)
    for line in claim.lines:
        if is_always_needed and line.level is Level.SUBSCRIPTION and line.subscription_id is None:
            yield Gap(text=f"The subscription ID of {line.product} is missing.", blocks=True)
        ends_on = line.subscription_ends_on
        if ends_on is None or ends_on > horizon:
            continue
        if ends_on < today:
            text = f"The subscription of {line.product} ended on {ends_on}. Claim the one that follows it."
            yield Gap(text=text, blocks=True)
        else:
            text = f"The subscription of {line.product} ends on {ends_on}; the association ends with it."
            yield Gap(text=text, blocks=False)


def _poe_file(claim: Claim, poe_kind: str) -> Iterator[Gap]:
    then = "then name the file and the day of the signature in the workbook, and ingest it again."
    match poe_kind:
        case "document":
            return
        case "signed":
            text = f"The PoE was signed on {claim.poe_signed_on}; no file is named. Have it at hand."
            yield Gap(text=text, blocks=False)
            return
        case "lost":
            text = f"The PoE file {claim.poe_document} is not where the workbook says. Put it back."
        case "form":
            text = f"The PoE is not signed yet. Have the customer sign and date the form, {then}"
        case _:
            text = f"There is no PoE. Make the form with cpor-batch documents, have it signed, {then}"
    yield Gap(text=text, blocks=True)


def _poe_date(claim: Claim, edition: Edition, poe_kind: str, today: date) -> Iterator[Gap]:
    settings, signed = edition.settings, claim.poe_signed_on
    if signed is None:
        if poe_kind == "document":
            text = "The day on which the customer signed the PoE is not known. See that a date stands on it."
            yield Gap(text=text, blocks=False)
        return
    if signed < months_before(today, settings.poe_max_age_months):
        text = f"The PoE was signed on {signed}, more than {settings.poe_max_age_months} months ago. "
        yield Gap(text=text + "Have the customer sign a new one.", blocks=True)
    elif signed < months_before(today, settings.poe_warn_age_months):
        text = (
            f"The PoE was signed on {signed}. Submit before it is {settings.poe_max_age_months} months old."
        )
        yield Gap(text=text, blocks=False)


def _poe_content(claim: Claim, edition: Edition) -> Iterator[Gap]:
    if not any(line.engagement_description for line in claim.lines):
        text = "The engagement is not described in the workbook. See that the PoE says what you did."
        yield Gap(text=text, blocks=False)
    if claim.public_sector and claim.customer_country in edition.settings.public_sector_disclosure_in:
        text = "The customer is in the public sector. See that the PoE bears the Public Sector Disclosure."
        yield Gap(text=text, blocks=False)
