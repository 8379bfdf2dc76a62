"""A ledger and a run with something of everything, for the tests of reports."""

from array import array
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cpor_batch.domain.claim import Level
from cpor_batch.domain.conflict import Conflict, ConflictKind, ConflictSide
from cpor_batch.domain.document import DocumentKind, DocumentRecord
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import MpnId, SubscriptionId, TenantId
from cpor_batch.domain.issue import Issue, IssueCode
from cpor_batch.domain.rows import CellFault, Column, FaultKind, Rows
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.timeline import StatusCount, weekly_days
from cpor_batch.domain.verdict import FileVerdict, JudgedClaim, Outcome, RowPlace, Verdict, settle
from cpor_batch.reports import StatusReport, build_status
from tests import builders

TODAY = builders.TODAY
PARTNERS = (
    ("4711001", "Fabrikam Stockholm", "Fabrikam"),
    ("4711002", "Fabrikam Malmö", "Fabrikam"),
    ("4722001", "Tailspin Consulting", "Tailspin"),
    ("4733001", "Woodgrove Partners", "Woodgrove"),
)
CUSTOMERS = ("Contoso AB", "Northwind Traders", "Adventure Works Cycles", "Litware GmbH", "Proseware KK")
PRODUCTS = ("Exchange Online", "SharePoint Online", "Microsoft Teams", "Intune")


def state(number: int, status: str, *, days_ago: int = 3, **changes: object) -> ClaimState:
    """Return a claim of the ledger that got its status `days_ago`; `changes` are fields of the claim."""
    mpn_id, partner, organisation = PARTNERS[number % len(PARTNERS)]
    customer = CUSTOMERS[number % len(CUSTOMERS)]
    since = TODAY - timedelta(days=days_ago)
    is_submitted = status not in {"editing", "held"}
    claim = builders.claim(
        claim_name=f"{customer.split()[0]} {PRODUCTS[number % 4]} {number}",
        mpn_id=MpnId(mpn_id),
        partner_name=partner,
        partner_organisation=organisation,
        customer_name=customer,
        tenant_id=TenantId(f"6d1f2b3c-4a5e-4f60-8a7b-{number:012x}"),
        lines=(builders.line(product=PRODUCTS[number % 4]),),
        submitted_on=since if is_submitted else None,
    )
    if "lines" not in changes and number % 7 == 0:
        lines = (*claim.lines, builders.line(product=PRODUCTS[(number + 1) % 4]))
        claim = replace(claim, lines=lines)
    return builders.state(
        replace(claim, **changes),  # type: ignore[arg-type]  # fields by name
        status=status,
        status_since=since,
        recorded_on=since - timedelta(days=2),
        approved_on=since if status == "approved" else None,
        held_for=("held-by-other-partner|x",) if status == "held" else (),
    )


def states() -> tuple[ClaimState, ...]:
    """Return claims in every situation that the status report knows."""
    ends_soon = builders.subscription_line(subscription_ends_on=date(2021, 4, 20))
    ended = builders.subscription_line(subscription_ends_on=date(2021, 3, 20))
    business = {"solution_area": "Business Applications", "activity": "Pre-sales"}
    return (
        state(1, "submitted", days_ago=2),
        state(2, "submitted", days_ago=20),
        state(3, "under-review", days_ago=4),
        state(4, "under-review", days_ago=30),
        state(5, "partner-action-required", days_ago=3),
        state(6, "partner-action-required", days_ago=15),
        state(7, "approved", days_ago=3),
        state(8, "approved", days_ago=40),
        state(9, "approved", days_ago=90, lines=(ends_soon,), **business),
        state(10, "approved", days_ago=200, lines=(ended,), **business),
        state(11, "rejected", days_ago=25),
        state(12, "rejected", days_ago=60),
        state(13, "held"),
        state(14, "editing"),
        state(15, "editing", poe_signed_on=date(2020, 4, 20)),
        state(16, "editing", poe_signed_on=date(2020, 3, 20)),
        state(17, "withdrawn"),
        state(18, "opted-out"),
        replace(state(19, "approved", days_ago=900), is_adopted=True),
        replace(state(20, "submitted", days_ago=1), notified_on=TODAY),
        *(state(number, ("editing", "submitted", "approved")[number % 3]) for number in range(21, 60)),
    )


def events() -> tuple[Event, ...]:
    """Return the events of the first claim."""
    first = states()[0]
    at = datetime(2021, 3, 28, 9, 30, tzinfo=UTC)
    recorded = Event(
        kind=EventKind.RECORDED,
        claim=first.reference,
        known_on=date(2021, 3, 28),
        occurred_on=date(2021, 3, 28),
        actor="robin",
        run="2021-03-28-001",
        status="editing",
        state=first.claim,
        file="claims.xlsx",
        row=14,
        number=1,
        at=at,
    )
    revised = replace(
        recorded,
        kind=EventKind.REVISED,
        known_on=date(2021, 3, 29),
        status=None,
        state=None,
        before={"customer_name": "Contoso", "products": ["Exchange Online"]},
        after={"customer_name": "Contoso AB", "products": ["Exchange Online", "Intune"]},
        reason="The customer's full name.",
        number=2,
        at=at + timedelta(days=1),
    )
    submitted = replace(
        recorded,
        kind=EventKind.SUBMITTED,
        known_on=date(2021, 3, 30),
        status="submitted",
        state=None,
        number=3,
        at=at + timedelta(days=2),
    )
    return recorded, revised, submitted


def documents() -> tuple[DocumentRecord, ...]:
    """Return one document that is made and one that is due, both of the first claim."""
    reference = states()[0].reference
    made = DocumentRecord(
        kind=DocumentKind.LETTER,
        reference=reference,
        path=f"letters/{reference}-contoso.pdf",
        fingerprint="f1",
        dated_on=TODAY,
        sha256="0" * 64,
    )
    return made, replace(
        made, kind=DocumentKind.POE, path=f"poe/{reference}-contoso.pdf", fingerprint="f2", sha256=None
    )


def weeks() -> tuple[StatusCount, ...]:
    """Return weekly counts in which claims move from one status to the next."""
    name = builders.edition().name
    return tuple(
        StatusCount(
            day=day,
            claims={
                ("editing", name): 30 - place,
                ("submitted", name): place // 2,
                ("under-review", name): place // 3,
                ("partner-action-required", name): 1,
                ("approved", name): place,
                ("withdrawn", name): 2,
            },
        )
        for place, day in enumerate(weekly_days(TODAY))
    )


def status(*some: ClaimState, weeks: tuple[StatusCount, ...] = ()) -> StatusReport:
    """Return the status report of `some` claims, or of all examples."""
    report = build_status(
        some or states(),
        edition_of=lambda _state: builders.edition(),
        calendars=builders.rulebook().calendars,
        today=TODAY,
        documents=documents(),
        events=events(),
    )
    return replace(report, weeks=tuple(weeks))


PAYLOADS = (
    "=1+1",
    "+46 8 123",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://example.com","x")',
    "=cmd|'/C calc'!A0",
    "http://example.com/",
    "internal:Sheet1!A1",
    "{=1+1}",
    "\t=1",
    "007123",
    "1e5",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "</style><script>alert(2)</script>",
    "a\x01b\x1f",
    "evil\u202etxt.exe",
    "half \ud800 pair",
    "line one\nline two",
    "_x0041_",
)


def column(letter: str, header: str, *cells: object) -> Column:
    return Column(header, letter, array("l", range(len(cells))), cells)  # type: ignore[arg-type]


def rows() -> Rows:
    """Return six rows of a Swedish file: two claims refused, one accepted, one held, one column unknown."""
    tenant, bad = str(builders.TENANT), "contoso"
    return Rows(
        file="ansprak.xlsx",
        sheet="Claims",
        header_row=5,
        numbers=array("l", [6, 7, 9, 10, 11, 12]),
        columns={
            "claim_name": column("B", "Anspråkets namn", "A", "A", "B", "C", "D", "D"),
            "mpn_id": column(
                "C", "MPN ID", 4711001.0, 4711001.0, "0047", 1234567890123456789.0, "4722001", "4722001"
            ),
            "tenant_id": column("D", "Klient-ID", bad, tenant, tenant, tenant, tenant, tenant),
            "product": column(
                "E", "Produkt", "Exchange Online", "Intune", "Intune", "Teams", "Intune", "Teams"
            ),
            "submitted_on": column(
                "G",
                "Inskickat",
                date(2021, 3, 1),
                None,
                datetime(2021, 3, 2, 13, 30, tzinfo=UTC).replace(tzinfo=None),
                "03/04/2021",
                None,
                None,
            ),
            "comments": column(
                "H",
                "Kommentarer",
                CellFault(FaultKind.ERROR_VALUE, "#N/A"),
                CellFault(FaultKind.UNCALCULATED, "=A1"),
                True,
                12.5,
                "",
                None,
            ),
        },
        extras=(
            column("A", "Internt nr", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
            column("F", "Säljare", "R", "R", "S", "S", "T", "T"),
        ),
    )


def issue(code: IssueCode, row: int | None, **changes: object) -> Issue:
    good = Issue(
        code=code,
        file="ansprak.xlsx",
        sheet="Claims",
        cell=f"D{row}" if row else None,
        row=row,
        column="tenant_id",
        message='"contoso" is not a tenant ID.',
        hint="Copy the GUID from the Entra admin center, Overview.",
        rule="Partner Center, Create a customer association",
    )
    return replace(good, **changes)  # type: ignore[arg-type]  # fields by name


def side(number: int, **changes: object) -> ConflictSide:
    mpn_id, partner, organisation = PARTNERS[number]
    good = ConflictSide(
        mpn_id=MpnId(mpn_id),
        partner_name=partner,
        partner_organisation=organisation,
        claim_name=f"Claim {number}",
        activity="Usage",
        tenant_id=builders.TENANT,
        customer_name="Contoso AB",
        product="Exchange Online",
        subscription_id=None,
        status="editing",
        file="ansprak.xlsx",
        sheet="Claims",
        row=11,
        is_of_this_run=True,
    )
    return replace(good, **changes)  # type: ignore[arg-type]  # fields by name


def conflicts() -> tuple[Conflict, ...]:
    held = Conflict(
        kind=ConflictKind.HELD_BY_OTHER_PARTNER,
        level=Level.WORKLOAD,
        tenant_id=builders.TENANT,
        product="Exchange Online",
        subscription_id=None,
        claims=(
            side(
                0,
                status="approved",
                reference="CB-7K3M9Q2T",
                file=None,
                sheet=None,
                row=None,
                is_of_this_run=False,
                since=date(2020, 11, 2),
                poe_signed_on=date(2020, 10, 20),
            ),
            side(2),
        ),
        rule="Each workload has one partner only (Create a customer association, 2021-06-23).",
    )
    alike = replace(
        held,
        kind=ConflictKind.LOOKALIKE_CUSTOMER,
        claims=(
            side(1, row=9),
            side(2, row=12, tenant_id=builders.OTHER_TENANT, customer_name="CONTOSO A.B."),
        ),
        subscription_id=SubscriptionId(builders.SUBSCRIPTION),
    )
    return held, alike


def verdict() -> Verdict:
    """Return the verdict on `rows()` and on a second file that could not be read."""

    def claim(name: str, *numbers: int) -> JudgedClaim:
        places = tuple(RowPlace("ansprak.xlsx", "Claims", number) for number in numbers)
        return JudgedClaim(name=name, mpn_id="4711001", rows=places, claim=None)

    issues = [
        issue(
            IssueCode.FILE_ENCRYPTED,
            None,
            file="budget.xlsx",
            sheet=None,
            column=None,
            message="The file is protected by a password.",
            hint="Save a copy without one.",
        ),
        issue(IssueCode.TENANT_ID_NOT_A_GUID, 6),
        issue(
            IssueCode.CELL_ERROR_VALUE,
            6,
            column="comments",
            cell="H6",
            message="The cell holds #N/A.",
            hint="Mend the formula, or type the value.",
        ),
        issue(
            IssueCode.VALUE_CORRECTED,
            9,
            column="mpn_id",
            cell="C9",
            message='" 0047" is read as "0047".',
            hint="Nothing to do.",
            before=" 0047",
            after="0047",
        ),
        issue(
            IssueCode.DIGITS_LOST,
            10,
            column="mpn_id",
            cell="C10",
            message="Excel has lost digits.",
            hint="Type the number as text.",
        ),
        issue(
            IssueCode.DATE_AMBIGUOUS,
            10,
            column="submitted_on",
            cell="G10",
            message='"03/04/2021" is 3 April or 4 March.',
            hint="Write 2021-04-03 or 2021-03-04.",
        ),
        issue(
            IssueCode.POE_DESCRIPTION_MISSING,
            11,
            column="engagement_description",
            cell=None,
            message="There is no engagement description.",
            hint="Describe what was done.",
        ),
    ]
    claims, settled = settle(
        [claim("A", 6, 7), claim("B", 9), claim("C", 10), claim("D", 11, 12)], issues, conflicts()
    )
    assert {judged.outcome for judged in claims} == set(Outcome)
    return Verdict(
        edition="cpor-2021",
        files=(
            FileVerdict(
                name="ansprak.xlsx",
                path="/data/ansprak.xlsx",
                sha256="a" * 64,
                size=9_000,
                sheet="Claims",
                rows=6,
                is_refused=False,
            ),
            FileVerdict(
                name="budget.xlsx",
                path="/data/budget.xlsx",
                sha256="b" * 64,
                size=9_000,
                sheet=None,
                rows=0,
                is_refused=True,
            ),
        ),
        claims=claims,
        issues=settled,
        conflicts=conflicts(),
    )
