"""Rules of a single claim: its dates, its Proof of Execution, its contacts, its country and language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from cpor_batch.domain.calendar import months_before
from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import Edition, Product, SolutionArea
from cpor_batch.domain.evidence import Evidence, Unreadable, why_unreadable
from cpor_batch.domain.issue import IssueCode
from cpor_batch.domain.known import House, Known
from cpor_batch.domain.standing import ClaimState
from cpor_batch.rulebook import Rulebook
from cpor_batch.validation.claimwide import Claims
from cpor_batch.validation.findings import Finding
from cpor_batch.validation.judged import BLANK_CODE
from cpor_batch.validation.languages import find_fallbacks
from cpor_batch.validation.reading import Fault, Typed, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What the rules of a single claim look at."""

    claims: Claims
    states: Sequence[ClaimState | None]
    known: Known
    rulebook: Rulebook
    house: House
    today: date
    has_file: Callable[[str, str], bool]
    """Whether a PoE document exists: (workbook as issues name it, path as the cell has it)."""
    find_evidence: Callable[[str, str], Evidence | Unreadable | None]
    """What a PoE document shows, by workbook and path as above; None where nobody looked."""

    @property
    def edition(self) -> Edition:
        """The edition of the run."""
        return self.rulebook.edition

    def listed(self, key: str) -> list[Typed | None]:
        """Return the value of a claim-wide column for every claim."""
        return self.claims.columns[key].listed()

    def at(self, key: str, claim: int, fault: Fault, path: str = "") -> Finding:
        """Return the finding at the cell that has the claim's value."""
        return Finding(int(self.claims.columns[key].sources[claim]), key, fault, path)

    def submitted_on(self) -> list[date | None]:
        """Return the day of every claim's submission, from its rows, else from the ledger."""
        days = (value if isinstance(value, date) else None for value in self.listed("submitted_on"))
        return [
            day or (state.claim.submitted_on if state is not None else None)
            for day, state in zip(days, self.states, strict=True)
        ]


def find_single_faults(single: Single) -> Iterator[Finding]:
    """Yield what is wrong with each claim by itself, rule by rule."""
    for rule in SINGLE_RULES:
        yield from rule(single)


def _submissions(single: Single) -> Iterator[Finding]:
    for claim, day in enumerate(single.listed("submitted_on")):
        if isinstance(day, date) and day > single.today:
            message = f"The claim cannot be submitted on {day.isoformat()} already; today is {single.today}."
            fault = Fault(
                IssueCode.SUBMISSION_DATE_IN_FUTURE, message, "Correct the date, or leave it blank."
            )
            yield single.at("submitted_on", claim, fault)


def _poe_dates(single: Single) -> Iterator[Finding]:
    for claim, (signed_on, submitted_on) in enumerate(
        zip(single.listed("poe_signed_on"), single.submitted_on(), strict=True)
    ):
        if isinstance(signed_on, date):
            fault = _fault_of_date(single, signed_on, submitted_on, what="The PoE was signed")
            if fault is not None:
                yield single.at("poe_signed_on", claim, fault, "settings.poe_max_age_months")


def _fault_of_date(single: Single, signed_on: date, submitted_on: date | None, *, what: str) -> Fault | None:
    months = single.edition.settings.poe_max_age_months
    day = submitted_on or single.today
    until = f"the submission on {day.isoformat()}" if submitted_on else f"today, {day.isoformat()}"
    if signed_on > day:
        message = f"{what} on {signed_on.isoformat()}, later than {until}."
        return Fault(IssueCode.POE_DATE_IN_FUTURE, message, "Correct the date of the signature.")
    if signed_on < months_before(day, months):
        message = f"{what} on {signed_on.isoformat()}, more than {months} months before {until}."
        return Fault(IssueCode.POE_TOO_OLD, message, "Have the customer sign a new PoE.")
    return None


def _poe_documents(single: Single) -> Iterator[Finding]:
    signed = single.claims.columns["poe_signed_on"]
    for claim, (path, submitted_on) in enumerate(
        zip(single.listed("poe_document"), single.submitted_on(), strict=True)
    ):
        seen = None
        if path is not None:
            source = int(single.claims.columns["poe_document"].sources[claim])
            file = single.claims.batch.place(source).file
            if single.has_file(file, str(path)):
                seen = single.find_evidence(file, str(path))
            else:
                yield single.at("poe_document", claim, _not_there(path), "statements.poe")
        is_blank = (
            single.claims.batch.columns["poe_signed_on"].codes[int(signed.sources[claim])] == BLANK_CODE
        )
        if is_blank and (path is not None or submitted_on is not None):
            yield from _undated(single, claim, seen, submitted_on)


def _not_there(path: Typed) -> Fault:
    message = f"The PoE document {shown(path)} is not there."
    hint = "Put the file beside the workbook, or write its path as seen from the workbook's folder."
    return Fault(IssueCode.POE_NOT_FOUND, message, hint)


def _undated(
    single: Single, claim: int, seen: Evidence | Unreadable | None, submitted_on: date | None
) -> Iterator[Finding]:
    """Judge the day that the document itself tells; without one, ask for it."""
    signed_on = seen.signed_on if isinstance(seen, Evidence) else None
    if signed_on is not None:
        fault = _fault_of_date(single, signed_on, submitted_on, what="By the PoE document, it was signed")
        if fault is not None:
            yield single.at("poe_document", claim, fault, "settings.poe_max_age_months")
        return
    message = "The day on which the customer signed the PoE is missing."
    if isinstance(seen, Unreadable):
        message += f" The document could not be looked at: {seen.message}"
    elif seen is not None and why_unreadable(seen):
        message += f" {why_unreadable(seen)}"
    hint = "Fill it in: Microsoft asks again where dates are missing or old."
    fault = Fault(IssueCode.POE_DATE_MISSING, message, hint)
    yield single.at("poe_signed_on", claim, fault, "poe_elements.dates")


def _descriptions(single: Single) -> Iterator[Finding]:
    codes = single.claims.batch.columns["engagement_description"].codes
    message = "The engagement is not described in any row of the claim."
    hint = "Write in one sentence what you did for the customer; section 3 of the PoE needs it."
    fault = Fault(IssueCode.POE_DESCRIPTION_MISSING, message, hint)
    for claim in range(len(single.claims)):
        rows, may_continue = single.claims.rows(claim), single.claims.grouping.groups[claim].may_continue
        if not may_continue and all(codes[row] == BLANK_CODE for row in rows):
            yield Finding(rows[0], "engagement_description", fault, "poe_elements.engagement")


def _calendars(single: Single) -> Iterator[Finding]:
    is_known = cache(lambda country, region: single.rulebook.calendars(country, region).is_known)
    places = zip(single.listed("customer_country"), single.listed("customer_region"), strict=True)
    for claim, (country, region) in enumerate(places):
        if country is None or is_known(country, region):
            continue
        if region is not None and is_known(country, None):
            key, what = "customer_region", f"the region {shown(region)}; those of all {country} are counted"
            hint = f"Write the region's code as in {country}-XX, or leave the cell blank."
        else:
            key, what = "customer_country", f"{country}; weekdays alone are counted"
            hint = "Add the days that matter to closing_days in cpor-batch.toml."
        fault = Fault(IssueCode.CALENDAR_UNKNOWN, f"No public holidays are known for {what}.", hint)
        yield single.at(key, claim, fault)


def _languages(single: Single) -> Iterator[Finding]:
    countries, house = single.rulebook.countries, single.house
    return find_fallbacks(single.claims, countries, fallback=house.language, written=house.languages)


def _contacts(single: Single) -> Iterator[Finding]:
    partners = [_domain_of(value) for value in single.listed("partner_contact_email")]
    for key in ("customer_contact_email", "technical_contact_email"):
        for claim, address in enumerate(single.listed(key)):
            if address is not None and _domain_of(address) == partners[claim]:
                message = (
                    f"The customer's contact {shown(address)} has an address at the partner's own domain."
                )
                hint = "Name a contact of the customer: Microsoft asks this person for consent."
                yield single.at(key, claim, Fault(IssueCode.CONTACT_AT_PARTNER_DOMAIN, message, hint))


def _domain_of(address: Typed | None) -> str | None:
    return None if address is None else str(address).rpartition("@")[2].casefold()


def _claimable_products(single: Single) -> Iterator[Finding]:
    products = single.claims.batch.columns["product"]
    dated = [
        code
        for code, value in enumerate(products.values)
        if isinstance(value, Product) and (value.claimable_from or value.claimable_until)
    ]
    if not dated:
        return
    for claim, submitted_on in enumerate(single.submitted_on()):
        for row in single.claims.rows(claim):
            product = products[row]
            if isinstance(product, Product):
                fault = _not_claimable(product, submitted_on or single.today)
                if fault is not None:
                    yield Finding(row, "product", fault)


def _not_claimable(product: Product, day: date) -> Fault | None:
    if product.claimable_from is not None and day < product.claimable_from:
        message = f"{product.name} can be claimed from {product.claimable_from.isoformat()} on only."
    elif product.claimable_until is not None and day > product.claimable_until:
        message = f"{product.name} could be claimed until {product.claimable_until.isoformat()} only."
    else:
        return None
    return Fault(IssueCode.PRODUCT_UNKNOWN, message, "Choose a product that can be claimed on that day.")


def _reassociations(single: Single) -> Iterator[Finding]:
    before = single.edition.settings.reassociate_before
    if before is None:
        return
    areas = single.claims.grouped("solution_area")
    path = "settings.reassociate_before"
    for claim, (area, submitted_on) in enumerate(zip(areas, single.submitted_on(), strict=True)):
        is_workload = isinstance(area, SolutionArea) and area.level is Level.WORKLOAD
        if is_workload and submitted_on is not None and submitted_on < before:
            yield single.at("submitted_on", claim, _reassociate(submitted_on, before), path)
    old = _old_associations(single, before)
    for row, key in enumerate(_keys_of_rows(single) if old else ()):
        if key in old:
            yield Finding(row, "product", _reassociate(old[key], before), path)


def _reassociate(since: date, before: date) -> Fault:
    message = (
        f"An association of {since.isoformat()} is older than {before.isoformat()} and no longer counts."
    )
    hint = "Submit this claim in Partner Center: existing Microsoft 365 customers must be associated again."
    return Fault(IssueCode.REASSOCIATION_NEEDED, message, hint)


def _old_associations(single: Single, before: date) -> Mapping[tuple[str, str, str], date]:
    """Return the adopted associations from before that day: (MPN ID, tenant, workload) -> since."""
    return {
        (state.claim.mpn_id, state.claim.tenant_id, line.product): state.since
        for state in single.known.claims
        if state.is_adopted and state.since < before
        for line in state.claim.lines
        if line.level is Level.WORKLOAD
    }


def _keys_of_rows(single: Single) -> Iterator[tuple[str, str, str]]:
    columns = single.claims.batch.columns
    for mpn_id, tenant, product in zip(
        columns["mpn_id"], columns["tenant_id"], columns["product"], strict=True
    ):
        name = product.name if isinstance(product, Product) else ""
        yield (str(mpn_id), str(tenant), name)


SINGLE_RULES: Final = (
    _submissions,
    _poe_dates,
    _poe_documents,
    _descriptions,
    _calendars,
    _languages,
    _contacts,
    _claimable_products,
    _reassociations,
)
