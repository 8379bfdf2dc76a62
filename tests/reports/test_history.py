from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from cpor_batch.reports import build_history, render_text
from cpor_batch.reports.history import changes_in_words
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
        "occurred_on": "2021-03-28",
    }


def test_the_text_tells_the_day_it_happened_and_from_which_row() -> None:
    happened = replace(
        examples.events()[1],
        occurred_on=date(2021, 3, 26),
        reason="Checked with the customer, who has moved to a new name, and with our own lawyer.",
    )

    text = render_text(build_history([happened]).as_report())

    assert "Happened on" in text
    assert "2021-03-26" in text
    assert "From: claims.xlsx, row 14" in text
    assert "Reason: Checked with the customer, who has moved to a new name, and with our own lawyer." in text
    assert max(map(len, text.splitlines())) <= 100


def test_what_became_blank_is_told_as_blank() -> None:
    gone = replace(examples.events()[1], before={"poe_document": "poe.pdf"}, after={"poe_document": None})
    came = replace(examples.events()[1], before={"poe_document": None}, after={"poe_document": "poe.pdf"})

    assert changes_in_words(gone) == "poe document: poe.pdf → (blank)"
    assert changes_in_words(came) == "poe document: (blank) → poe.pdf"


def test_what_an_event_brings_for_the_first_time_has_no_arrow() -> None:
    first = replace(examples.events()[1], before={}, after={"status": "held", "held_for": []})

    assert changes_in_words(first) == "status: held; held for: (blank)"


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
