"""Whatever stands in the cells, every row is accounted for exactly once and nothing breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.issue import Issue, IssueCode, Severity
from cpor_batch.domain.known import House, Known
from cpor_batch.domain.rows import Cell, CellFault, FaultKind, Rows
from cpor_batch.domain.verdict import JudgedClaim, Outcome, settle
from cpor_batch.validation import judge_claims, judge_rows, wanted_of
from tests.builders import (
    OTHER_SUBSCRIPTION,
    OTHER_TENANT,
    PARTNER,
    SUBSCRIPTION,
    TENANT,
    TODAY,
    business_claim,
    claim,
    known,
    rows,
    rulebook,
    state,
)

KEYS: Final = tuple(rule.key for rule in rulebook().sheet.columns)

# Values that get far into the rules, and values that nobody would think of.
LIKELY: Final[tuple[Cell, ...]] = (
    *(TENANT, OTHER_TENANT, TENANT.upper(), SUBSCRIPTION, PARTNER, 4711001.0, "0071234"),
    *("Contoso", "contoso ", "Contoso Exchange", "NA", "CB-7K3M9Q2T", "Yes", "SE", "Atlantis", "sv", "tlh"),
    *("Microsoft 365", "Business Applications", "Usage", "Pre-sales", "Revenue association", "CSP"),
    *("Exchange Online", "Dynamics 365 Sales", "Dynamics 365 Finance", "Power BI", "Exchnage"),
    *("contoso.example", "аррӏе.example", "casey@contoso.example", "https://[", "xn--", "xn--a.example"),
    *(
        "2021-03-01",
        "03/04/2021",
        "00/00/0000",
        "99.99.99",
        date(2021, 3, 1),
        datetime(2021, 3, 1, 12, tzinfo=UTC),
        44256.0,
    ),
    *(True, time(12), timedelta(hours=1), float("nan"), float("inf"), -0.0, 1e300, 10**17),
    *(
        CellFault(FaultKind.ERROR_VALUE, "#N/A"),
        CellFault(FaultKind.UNCALCULATED, ""),
        "a\u202eb",
        "a;b\nc",
        None,
    ),
)
CELLS: Final = st.one_of(
    st.sampled_from(LIKELY),
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.dates(),
    st.none(),
)
ROWS: Final = st.dictionaries(st.sampled_from(KEYS), CELLS, max_size=len(KEYS))
GOOD: Final[Mapping[str, Cell]] = {
    "claim_name": "Contoso Exchange",
    "mpn_id": PARTNER,
    "partner_name": "Fabrikam",
    "tenant_id": TENANT,
    "customer_name": "Contoso",
    "customer_domain": "contoso.example",
    "solution_area": "Microsoft 365",
    "activity": "Usage",
    "product": "Exchange Online",
}
NEARLY_GOOD_ROWS: Final = ROWS.map(lambda cells: {**GOOD, **dict(list(cells.items())[:2])})
TABLES: Final = st.lists(st.one_of(ROWS, NEARLY_GOOD_ROWS), max_size=8)


READABLE: Final = st.fixed_dictionaries(
    {
        "claim_name": st.sampled_from(["a", "b", "B "]),
        "mpn_id": st.sampled_from([PARTNER, "4711002"]),
        "tenant_id": st.sampled_from([TENANT, OTHER_TENANT, TENANT.upper()]),
        "activity": st.sampled_from(["Usage", "Pre-sales", "Revenue association"]),
        "product": st.sampled_from(
            ["Dynamics 365 Sales", "D365 sales", "Power BI", "Exchange Online", "Exchnage"]
        ),
        "subscription_id": st.sampled_from([None, SUBSCRIPTION, OTHER_SUBSCRIPTION]),
        "customer_name": st.sampled_from([None, "Contoso", "Tailspin Toys"]),
        "customer_domain": st.sampled_from([None, "contoso.example", "tailspin.example"]),
        "customer_contact_email": st.sampled_from([None, "casey@contoso.example", "nobody"]),
        "submitted_on": st.sampled_from([None, date(2021, 3, 1), date(2021, 5, 1)]),
    }
)
BUSINESS: Final[Mapping[str, Cell]] = {**GOOD, "solution_area": "Business Applications"}


@dataclass(frozen=True)
class Judged:
    claims: tuple[JudgedClaim, ...]
    issues: tuple[Issue, ...]


def judge(tables: Sequence[Rows], *, recorded: Known, locale: str | None = None) -> Judged:
    rules, house = rulebook(), House()
    judged = [judge_rows(one, rulebook=rules, house=house, locale=locale, today=TODAY) for one in tables]
    wanted_of(judged)
    claims, issues = judge_claims(
        judged, known=recorded, rulebook=rules, house=house, today=TODAY, find_file=lambda _file, _path: False
    )
    conflicts, more = find_conflicts(claims, recorded, edition=rules.edition, today=TODAY)
    return Judged(*settle(claims, [*issues, *more], conflicts))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=TABLES, second=TABLES, locale=st.sampled_from([None, "sv_SE", "en_US", "ja_JP", "?"]))
def test_every_row_is_accounted_for_once_whatever_stands_in_the_cells(
    first: list[dict[str, Cell]], second: list[dict[str, Cell]], locale: str | None
) -> None:
    tables = [rows(first, file="a.xlsx"), rows(second, file="b.xlsx")]
    recorded = known(state(claim(submitted_on=date(2021, 3, 1))))

    found = judge(tables, recorded=recorded, locale=locale)

    places = [(place.file, place.row) for item in found.claims for place in item.rows]
    assert sorted(places) == sorted((one.file, number) for one in tables for number in one.numbers)
    wrong = {
        (issue.file, issue.row): issue.code for issue in found.issues if issue.severity is Severity.ERROR
    }
    for item in found.claims:
        codes = [wrong.get((place.file, place.row)) for place in item.rows]
        good = [code for code in codes if code in (None, IssueCode.CLAIM_INCOMPLETE)]
        if item.outcome is Outcome.REFUSED:
            assert good in ([], [IssueCode.CLAIM_INCOMPLETE, *[None] * (len(good) - 1)])
        else:
            assert good == [None] * len(item.rows)
    cells = [(issue.file, issue.row, issue.column) for issue in found.issues]
    assert len(cells) == len(set(cells))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells=st.lists(READABLE, min_size=2, max_size=7), data=st.data())
def test_how_rows_are_spread_over_files_changes_nothing_where_grouping_cells_can_be_read(
    cells: list[dict[str, Cell]], data: st.DataObject
) -> None:
    table = [{**BUSINESS, **row} for row in cells]
    cut = data.draw(st.integers(min_value=1, max_value=len(table) - 1))
    recorded = known(state(business_claim(claim_name="c")))

    whole = judge([rows(table)], recorded=recorded)
    parted = judge(
        [rows(table[:cut], file="a.xlsx"), rows(table[cut:], file="b.xlsx", first_row=cut + 2)],
        recorded=recorded,
    )

    assert said(parted) == said(whole)


def said(judged: Judged) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return what was said of which row, and what became of it; rows have the same number in all files."""
    issues = [(issue.row, issue.column, issue.code) for issue in judged.issues]
    outcomes = [(place.row, item.outcome) for item in judged.claims for place in item.rows]
    return sorted(issues, key=str), sorted(outcomes, key=str)


@settings(max_examples=25, deadline=None)
@given(cells=st.lists(NEARLY_GOOD_ROWS, min_size=1, max_size=6))
def test_what_is_accepted_without_a_warning_is_a_complete_claim(cells: list[dict[str, Cell]]) -> None:
    judged = judge_rows(rows(cells), rulebook=rulebook(), house=House(), today=TODAY)

    claims, _issues = judge_claims(
        [judged],
        known=known(),
        rulebook=rulebook(),
        house=House(),
        today=TODAY,
        find_file=lambda _file, _path: True,
    )

    for item in claims:
        if item.outcome is Outcome.ACCEPTED:
            assert item.claim is not None
            assert len(item.claim.lines) == len(item.rows)
            assert item.claim.customer_contact_email
            assert item.claim.partner_organisation
