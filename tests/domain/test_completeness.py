"""The five official reasons, each on a document that shows everything but one thing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.completeness import Answer, Finding, Inquiry, judge_completeness, overall
from cpor_batch.domain.evidence import Change, Evidence, Signature, SignatureKind
from cpor_batch.domain.ids import ClaimReference
from tests import builders

REFERENCE = ClaimReference("CB-7K3M9Q2T")
DIGITAL = Signature(
    kind=SignatureKind.DIGITAL,
    field="customer_signature",
    signer="Casey Customer",
    signed_on=date(2021, 3, 15),
    is_intact=True,
    covers_document=True,
    changed_after=Change.NOTHING,
)
BY_HAND = Signature(kind=SignatureKind.BY_HAND, field="customer_signature", page=1, what="ink")
TEXT = f"""Proof of Execution
Customer tenant ID {builders.TENANT}
3 The partner's work
Solution area Microsoft 365
Activity Usage
Moved 400 mailboxes and trained the help desk.
4 Products and workloads
Exchange Online"""


def complete(**changes: Any) -> Evidence:  # Any: the fields of a value by name
    good = Evidence(
        sha256="0" * 64,
        size=1000,
        pages=1,
        text=TEXT,
        property_reference=REFERENCE,
        fields={"customer_name": "Casey Customer", "customer_title": "CIO", "customer_date": "2021-03-15"},
        written_dates=(date(2021, 3, 15),),
        has_signature_field=True,
        signatures=(BY_HAND,),
    )
    return replace(good, **changes)


def foreign(**changes: Any) -> Evidence:  # Any: as above
    """A document that is no form of ours, with text alone."""
    words = " ".join(["work"] * 30)
    good = Evidence(sha256="0" * 64, size=1000, pages=1, text=f"{builders.TENANT} Exchange Online {words}")
    return replace(good, **changes)


def judge(
    evidence: Evidence, *, claim: Claim | None = None, **changes: Any
) -> dict[str, Finding]:  # Any: as above
    inquiry = Inquiry(
        evidence=evidence,
        edition=builders.edition(),
        products=builders.rulebook().catalogue.products,
        today=builders.TODAY,
        claim=claim,
    )
    return {one.element.key: one for one in judge_completeness(replace(inquiry, **changes))}


def answers(evidence: Evidence, *, claim: Claim | None = None) -> dict[str, Answer]:
    return {key: finding.answer for key, finding in judge(evidence, claim=claim).items()}


def test_a_document_that_shows_everything_is_complete() -> None:
    found = judge(complete(), claim=builders.claim())

    assert overall(tuple(found.values())) is Answer.MET
    assert list(found) == ["document", "acknowledgement", "dates", "engagement", "products"]
    assert all(one.evidence and not one.remedy for one in found.values())


def test_the_reasons_are_microsofts_own() -> None:
    assert [one.element.reason for one in judge(complete()).values()] == [
        "Missing all PoE",
        "Missing customer acknowledgement",
        "Missing or old dates",
        "Missing partner solution/service",
        "Missing products",
    ]


@pytest.mark.parametrize(
    ("missing", "evidence"),
    [
        ("document", complete(text=TEXT.replace(builders.TENANT, builders.OTHER_TENANT))),
        ("acknowledgement", complete(signatures=())),
        ("dates", complete(fields={**complete().fields, "customer_date": ""}, written_dates=())),
        ("engagement", complete(text=TEXT.replace("Moved 400 mailboxes and trained the help desk.", ""))),
        ("products", complete(text=TEXT.replace("Exchange Online", "Intune"))),
    ],
)
def test_each_of_the_five_reasons_alone_makes_a_document_incomplete(missing: str, evidence: Evidence) -> None:
    found = judge(evidence, claim=builders.claim())

    assert [key for key, one in found.items() if one.answer is not Answer.MET] == [missing]
    assert found[missing].answer is Answer.NOT_MET
    assert found[missing].remedy == found[missing].element.remedy
    assert overall(tuple(found.values())) is Answer.NOT_MET


def test_paper_that_has_nothing_to_do_with_a_claim_is_no_document() -> None:
    found = judge(foreign(text="Minutes of the garden club"))

    assert found["document"].answer is Answer.NOT_MET


def test_a_reference_that_the_ledger_does_not_know_is_left_to_a_person() -> None:
    found = judge(complete(), unknown=REFERENCE)

    assert found["document"].answer is Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("signature", "answer"),
    [
        (DIGITAL, Answer.MET),
        (replace(DIGITAL, covers_document=False, changed_after=Change.NOTHING), Answer.MET),
        (replace(DIGITAL, covers_document=False, changed_after=Change.FIELDS), Answer.CANNOT_TELL),
        (replace(DIGITAL, covers_document=False, changed_after=Change.CONTENT), Answer.NOT_MET),
        (replace(DIGITAL, is_intact=False), Answer.NOT_MET),
        (replace(DIGITAL, is_intact=None, problem="pyHanko is missing."), Answer.CANNOT_TELL),
        (BY_HAND, Answer.MET),
    ],
)
def test_a_signature_counts_for_what_could_be_checked_of_it(signature: Signature, answer: Answer) -> None:
    assert answers(complete(signatures=(signature,)))["acknowledgement"] is answer


def test_a_digital_signature_is_told_without_claiming_that_its_certificate_is_trusted() -> None:
    text = judge(complete(signatures=(DIGITAL,)))["acknowledgement"].evidence

    assert "Casey Customer" in text
    assert "intact and covers the whole document" in text
    assert "not verified against a trust list" in text


def test_a_signature_by_hand_asks_to_be_looked_at() -> None:
    assert "look at it" in judge(complete())["acknowledgement"].evidence


def test_a_signature_by_hand_without_a_printed_name_is_no_acknowledgement() -> None:
    evidence = complete(fields={**complete().fields, "customer_name": ""})

    assert answers(evidence)["acknowledgement"] is Answer.NOT_MET


def test_a_typed_name_is_left_to_a_person() -> None:
    found = answers(foreign(typed_signature="Signed: Casey Customer"))

    assert found["acknowledgement"] is Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("signed_on", "answer"),
    [
        (date(2020, 4, 1), Answer.MET),
        (date(2020, 3, 31), Answer.NOT_MET),
        (date(2021, 4, 1), Answer.MET),
        (date(2021, 4, 2), Answer.NOT_MET),
    ],
)
def test_exactly_twelve_months_are_still_good_and_tomorrow_is_not(signed_on: date, answer: Answer) -> None:
    assert answers(complete(written_dates=(signed_on,)))["dates"] is answer


def test_the_date_is_judged_by_the_day_of_the_submission_where_there_is_one() -> None:
    claim = builders.claim(submitted_on=date(2020, 4, 1))
    evidence = complete(written_dates=(date(2019, 4, 1),))

    assert answers(evidence, claim=claim)["dates"] is Answer.MET
    assert answers(evidence)["dates"] is Answer.NOT_MET


def test_a_date_that_can_be_read_in_two_ways_counts_where_both_are_good() -> None:
    both_good = complete(written_dates=(date(2021, 1, 2), date(2021, 2, 1)))
    one_late = complete(written_dates=(date(2021, 3, 4), date(2021, 4, 3)))

    assert answers(both_good)["dates"] is Answer.MET
    assert answers(one_late)["dates"] is Answer.CANNOT_TELL


def test_the_day_of_a_digital_signature_stands_in_for_a_blank_date() -> None:
    evidence = complete(
        signatures=(DIGITAL,), fields={**complete().fields, "customer_date": ""}, written_dates=()
    )

    assert answers(evidence)["dates"] is Answer.MET
    assert evidence.signed_on == date(2021, 3, 15)


def test_a_broken_signature_lends_no_date() -> None:
    evidence = complete(
        signatures=(replace(DIGITAL, is_intact=False),),
        fields={**complete().fields, "customer_date": ""},
        written_dates=(),
    )

    assert answers(evidence)["dates"] is Answer.NOT_MET
    assert evidence.signed_on is None


def test_a_document_with_a_password_is_left_to_a_person_with_the_reason() -> None:
    found = judge(complete(is_encrypted=True, text="", fields={}))

    assert {one.answer for one in found.values()} == {Answer.CANNOT_TELL}
    assert all("password" in one.evidence for one in found.values())


def test_a_scan_is_left_to_a_person_with_the_reason() -> None:
    scan = Evidence(sha256="0" * 64, size=1, pages=1, picture_pages=(1,), has_pictures=True)

    found = judge(scan, claim=builders.claim())

    assert {one.answer for one in found.values()} == {Answer.CANNOT_TELL}
    assert all("picture without text" in one.evidence for one in found.values())


def test_what_is_missing_beside_scanned_pages_is_not_called_missing() -> None:
    mixed = foreign(text=f"{builders.TENANT} " + "word " * 30, pages=2, picture_pages=(2,), has_pictures=True)

    found = answers(mixed, claim=builders.claim())

    assert found["document"] is Answer.MET
    assert found["products"] is Answer.CANNOT_TELL
    assert found["dates"] is Answer.CANNOT_TELL


def test_a_product_of_a_longer_name_does_not_name_the_shorter_one() -> None:
    claim = builders.claim(lines=(builders.line(product="Microsoft Teams"),))

    meetings = answers(
        complete(text=TEXT.replace("Exchange Online", "Microsoft Teams Meetings")), claim=claim
    )
    teams = answers(complete(text=TEXT.replace("Exchange Online", "microsoft  TEAMS")), claim=claim)

    assert meetings["products"] is Answer.NOT_MET
    assert teams["products"] is Answer.MET


def test_an_everyday_word_names_a_product_only_where_it_stands_alone() -> None:
    claim = builders.business_claim()

    in_a_sentence = answers(complete(text=TEXT.replace("Exchange Online", "Our sales team")), claim=claim)
    alone = answers(complete(text=TEXT.replace("Exchange Online", "[x] Sales")), claim=claim)

    assert in_a_sentence["products"] is Answer.NOT_MET
    assert alone["products"] is Answer.MET


def test_an_element_without_a_rule_is_left_to_a_person() -> None:
    edition = builders.edition()
    element = replace(edition.poe_elements[0], key="seal")

    found = judge(complete(), edition=replace(edition, poe_elements=(element,)))

    assert found["seal"].answer is Answer.CANNOT_TELL


def test_a_form_without_its_fields_is_judged_by_what_stands_at_its_labels() -> None:
    printed = {"customer_signature": "", "customer_date": "2021-03-15", "customer_name": "Casey Customer"}
    found = judge(
        complete(fields={}, has_signature_field=False, signatures=(), printed_fields=printed),
        claim=builders.claim(),
    )

    assert found["dates"].answer is Answer.MET
    assert found["acknowledgement"].answer is Answer.CANNOT_TELL
    assert 'printed name "Casey Customer"' in found["acknowledgement"].evidence


def test_a_form_without_its_fields_is_never_said_to_lack_signature_or_date() -> None:
    found = judge(
        complete(
            fields={},
            has_signature_field=False,
            signatures=(),
            written_dates=(),
            printed_fields=dict.fromkeys(("customer_signature", "customer_date", "customer_name"), ""),
        )
    )

    assert {found[key].answer for key in ("dates", "acknowledgement")} == {Answer.CANNOT_TELL}
