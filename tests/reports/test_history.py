from datetime import date
from zoneinfo import ZoneInfo

from cpor_batch.reports import build_history, render_text
from tests.reports import examples


def test_json_has_exactly_the_shape_of_the_contract() -> None:
    document = build_history(examples.events()).as_json()

    assert list(document) == ["schema", "events"]
    assert document["schema"] == "cpor-batch.history/1"
    assert document["events"][1] == {
        "at": "2021-03-29T09:30:00+00:00",
        "known_on": "2021-03-29",
        "claim": examples.states()[0].reference,
        "kind": "revised",
        "actor": "robin",
        "file": "claims.xlsx",
        "row": 14,
        "before": {"customer_name": "Contoso", "products": ["Exchange Online"]},
        "after": {"customer_name": "Contoso AB", "products": ["Exchange Online", "Intune"]},
        "reason": "The customer's full name.",
    }


def test_as_of_leaves_out_what_was_not_known_then() -> None:
    history = build_history(examples.events(), as_of=date(2021, 3, 29))

    assert [event.number for event in history.events] == [1, 2]


def test_one_claim_alone_is_shown_when_asked_for() -> None:
    reference = examples.states()[0].reference
    other = examples.states()[1].reference

    assert len(build_history(examples.events(), claim=reference).events) == 3
    assert build_history(examples.events(), claim=other).events == ()


def test_changes_are_told_in_words() -> None:
    text = render_text(build_history(examples.events()).as_report(), width=120)

    assert "customer name: Contoso → Contoso AB; products: Exchange Online → Exchange Online, Intune" in text


def test_instants_are_shown_in_the_zone_that_is_asked_for() -> None:
    report = build_history(examples.events()).as_report(zone=ZoneInfo("Europe/Stockholm"))

    assert report.tables[0].rows[0][0] == "2021-03-28 11:30:00"
