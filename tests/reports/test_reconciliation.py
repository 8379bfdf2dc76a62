from datetime import date
from decimal import Decimal
from typing import Any

from cpor_batch.assets import Assets
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.finding import (
    Changes,
    EarningTotal,
    Finding,
    FindingKind,
    Previous,
    Reconciliation,
    Remembered,
    SourceFile,
)
from cpor_batch.reports.history import changes_in_words
from cpor_batch.reports.page import render_page
from cpor_batch.reports.reconciliation import (
    KIND_WORDS,
    changes_table,
    earned_by_currency,
    report_reconciliation,
)
from cpor_batch.reports.reconciliation_json import reconciliation_json
from cpor_batch.reports.text import render_text
from cpor_batch.reports.workbook import workbook_bytes

DAY = date(2021, 4, 20)
LOST = Finding(
    kind=FindingKind.LOST,
    subject="CB-7K3M9Q2T",
    detail="approved / 4722001",
    cause="Partner Center has Exchange Online under Northwind (4722001).",
    next_step="Compare the PoE of both.",
    reference="CB-7K3M9Q2T",
    claim_name="Contoso <b>Exchange</b>",
)
BEFORE = Remembered(kind="status-differs", subject="CB-7K3M9Q2X", detail="submitted / approved")
PREVIOUS = Previous(
    run="r0", known_on=date(2021, 4, 13), at=None, counts={"matched": 4}, findings=(BEFORE,), is_cut=False
)


def result(**changes: Any) -> Reconciliation:  # Any: the fields of a value by name
    good: dict[str, Any] = {
        "run": "r1",
        "as_of": DAY,
        "files": (SourceFile(name="export.csv", kind="claims export", rows=5, sha256="0" * 64),),
        "rows": 5,
        "claims": 5,
        "ledger_claims": 5,
        "counts": {FindingKind.LOST: 1, FindingKind.MATCHED: 4},
        "findings": (LOST,),
        "matched": (),
        "changes": Changes(previous=PREVIOUS, new=(LOST,), gone=(BEFORE,)),
    }
    return Reconciliation(**{**good, **changes})


def test_every_kind_has_words() -> None:
    assert set(KIND_WORDS) == set(FindingKind)


def test_what_changed_stands_before_what_differs() -> None:
    text = render_text(report_reconciliation(result()))

    assert "Since 2021-04-13: 1 new, 1 gone." in text
    assert text.index("What changed since the last") < text.index("What differs")
    assert text.index("New (1)") < text.index("Gone (1)") < text.index("Lost to another partner (1)")


def test_the_first_run_and_one_that_cannot_be_compared_say_so() -> None:
    first = render_text(report_reconciliation(result(changes=Changes(previous=None))))
    cut = render_text(report_reconciliation(result(changes=Changes(previous=PREVIOUS, is_told=False))))
    same = render_text(report_reconciliation(result(changes=Changes(previous=PREVIOUS))))

    assert "This is the first reconciliation." in first
    assert "cannot be told: there are too many findings" in cut
    assert "Nothing changed since 2021-04-13." in same


def test_a_finding_that_is_gone_has_a_whole_sentence_of_advice() -> None:
    (gone,) = [row for row in changes_table(result().changes).rows if row[2] == BEFORE.subject]

    assert gone[-1] == "No step is left for it."


def test_currencies_stay_apart_in_every_form() -> None:
    earnings = tuple(
        EarningTotal(currency=currency, programme=programme, amount=Decimal(amount), rows=1, claims=1)
        for currency, programme, amount in (("EUR", "A", "0.10"), ("EUR", "B", "0.20"), ("JPY", "A", "5"))
    )
    money = result(has_earnings=True, earnings=earnings)

    assert earned_by_currency(money) == {"EUR": "0.30", "JPY": "5"}
    assert [one["amount"] for one in reconciliation_json(money, {})["earnings"]] == ["0.10", "0.20", "5"]
    assert "Earned, JPY: 5" in render_text(report_reconciliation(money))


def test_page_and_workbook_hold_the_finding_and_no_markup_of_its_names() -> None:
    report = report_reconciliation(result())

    page = render_page(report, Assets())
    book = workbook_bytes(report)

    assert "Contoso &lt;b&gt;Exchange&lt;/b&gt;" in page
    assert "<b>Exchange</b>" not in page
    assert workbook_bytes(report) == book


def test_the_history_tells_figures_and_leaves_the_findings_out() -> None:
    event = Event(
        kind=EventKind.RECONCILED,
        claim=None,
        known_on=DAY,
        occurred_on=DAY,
        actor="desk",
        run="r1",
        after={
            "files": ["export.csv"],
            "counts": {"matched": 4, "lost-to-other-partner": 1},
            "with_earnings": False,
            "is_cut": False,
            "findings": [["lost-to-other-partner", "CB-7K3M9Q2T", "x"]],
        },
    )

    assert changes_in_words(event) == "files: export.csv; counts: 4 matched, 1 lost to other partner"
