"""Whatever stands in the cells, every row is accounted for exactly once and nothing breaks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.issue import Severity
from cpor_batch.domain.known import House
from cpor_batch.domain.rows import Cell, CellFault, FaultKind
from cpor_batch.domain.verdict import Outcome, settle
from cpor_batch.validation import judge_claims, judge_rows, wanted_of
from tests.builders import (
    OTHER_TENANT,
    PARTNER,
    SUBSCRIPTION,
    TENANT,
    TODAY,
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=TABLES, second=TABLES, locale=st.sampled_from([None, "sv_SE", "en_US", "ja_JP", "?"]))
def test_every_row_is_accounted_for_once_whatever_stands_in_the_cells(
    first: list[dict[str, Cell]], second: list[dict[str, Cell]], locale: str | None
) -> None:
    rules, house = rulebook(), House()
    tables = [rows(first, file="a.xlsx"), rows(second, file="b.xlsx")]
    recorded = known(state(claim(submitted_on=date(2021, 3, 1))))

    judged = [judge_rows(one, rulebook=rules, house=house, locale=locale, today=TODAY) for one in tables]
    wanted_of(judged)
    claims, issues = judge_claims(
        judged, known=recorded, rulebook=rules, house=house, today=TODAY, find_file=lambda _file, _path: False
    )
    conflicts, more = find_conflicts(claims, recorded, edition=rules.edition, today=TODAY)
    settled, all_issues = settle(claims, [*issues, *more], conflicts)

    places = [(place.file, place.row) for item in settled for place in item.rows]
    assert sorted(places) == sorted((one.file, number) for one in tables for number in one.numbers)
    bad = {(issue.file, issue.row) for issue in all_issues if issue.severity is Severity.ERROR}
    refused = {
        (place.file, place.row) for item in settled if item.outcome is Outcome.REFUSED for place in item.rows
    }
    assert bad <= refused
    codes = [(issue.file, issue.row, issue.column, issue.code) for issue in issues]
    assert len(codes) == len(set(codes))


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
