import html
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.claim import Claim
from cpor_batch.domain.ids import SubscriptionId
from cpor_batch.domain.standing import ClaimState
from cpor_batch.reports.entry import CopySheet, PoeFile, PoeKind
from cpor_batch.reports.entry_page import relative_link, render_entry_page
from cpor_batch.reports.entry_text import entry_summary, render_entry_text
from tests import builders
from tests.reports.entry_examples import DOCUMENT, NO_POE, business, entry, several, signed


def sheet_of(claim: Claim, *, poe: PoeFile = DOCUMENT, **changes: date) -> CopySheet:
    (sheet,) = entry(builders.state(claim), poe=poe, **changes).sheets
    return sheet


def values(sheet: CopySheet, column: str) -> list[tuple[str, str]]:
    return [
        (value.text, value.note)
        for step in sheet.steps
        for field in step.fields
        if field.column == column
        for value in field.values
    ]


def columns(sheet: CopySheet, step: str) -> list[str]:
    (found,) = (item for item in sheet.steps if item.step.key == step)
    return [field.column for field in found.fields]


def missing(sheet: CopySheet) -> list[str]:
    return [gap.text for gap in sheet.gaps if gap.blocks]


def with_status(status: str, *, is_adopted: bool = False) -> ClaimState:
    return replace(builders.state(signed()), status=status, is_adopted=is_adopted)


@pytest.mark.parametrize("status", ["submitted", "approved", "rejected", "held", "withdrawn", "lapsed"])
def test_only_claims_that_are_still_to_be_submitted_are_shown(status: str) -> None:
    report = entry(with_status(status))

    assert report.sheets == ()
    assert report.held == (1 if status == "held" else 0)


def test_an_association_from_before_is_not_submitted_again() -> None:
    report = entry(with_status("editing", is_adopted=True))

    assert report.sheets == ()


def test_a_draft_of_the_later_edition_is_shown_by_its_own_steps() -> None:
    claim = signed(edition="mci-2023", solution_area="Modern Work and Security", activity="Use or consume")

    (sheet,) = entry(builders.state(claim, status="draft")).sheets

    assert sheet.menu_path == (
        "Incentives",
        "Customer claims",
        "Modern Work and Security",
        "Add customer",
    )
    assert [item.step.title for item in sheet.steps][1] == "Solution area and partner role"


def test_a_microsoft_365_claim_is_asked_for_neither_technical_contact_nor_isv() -> None:
    sheet = sheet_of(signed())

    assert columns(sheet, "associate") == ["claim_name"]
    assert columns(sheet, "contacts") == [
        "customer_contact_name",
        "customer_contact_title",
        "customer_contact_email",
        "partner_contact_name",
        "partner_contact_email",
    ]


def test_a_dynamics_claim_shows_technical_contact_subscription_and_programme() -> None:
    sheet = sheet_of(business())

    assert "technical_contact_email" in columns(sheet, "contacts")
    assert values(sheet, "subscription_id") == [(builders.SUBSCRIPTION, "Dynamics 365 Sales")]
    assert values(sheet, "product") == [("Dynamics 365 Sales", "OSU-Business Applications")]


def test_revenue_association_is_asked_for_seller_customer_and_solution() -> None:
    claim = business(
        activity="Revenue association", solution_seller_name="Sam Seller", isv_solution_name="Fab CRM"
    )

    sheet = sheet_of(claim)

    assert columns(sheet, "associate") == [
        "claim_name",
        "solution_seller_name",
        "customer_name",
        "isv_solution_name",
    ]


def test_two_activities_in_one_are_ticked_one_by_one() -> None:
    sheet = sheet_of(business(activity="Usage and Pre-sales"))

    assert [text for text, _note in values(sheet, "activity")] == ["Usage", "Pre-sales"]


def test_a_product_with_two_subscriptions_is_chosen_once() -> None:
    second = builders.subscription_line(subscription_id=SubscriptionId(builders.OTHER_SUBSCRIPTION))

    sheet = sheet_of(business(lines=(builders.subscription_line(), second)))

    assert len(values(sheet, "product")) == 1
    assert [text for text, _note in values(sheet, "subscription_id")] == [
        builders.SUBSCRIPTION,
        builders.OTHER_SUBSCRIPTION,
    ]


def test_comments_keep_their_line_breaks() -> None:
    line = builders.line(comments="First line\nsecond line")

    sheet = sheet_of(signed(lines=(line,)))

    assert values(sheet, "comments") == [("First line\nsecond line", "Exchange Online")]


def test_a_claim_that_lacks_nothing_is_ready() -> None:
    sheet = sheet_of(signed())

    assert sheet.gaps == ()
    assert sheet.is_ready


@pytest.mark.parametrize(
    ("claim", "poe", "says"),
    [
        (signed(technical_contact_name=None, customer_contact_title=None), DOCUMENT, "contact title"),
        (business(technical_contact_email=None), DOCUMENT, "technical contact email"),
        (signed(poe_document=None, poe_signed_on=None), NO_POE, "There is no PoE"),
        (signed(poe_document=None, poe_signed_on=None), PoeFile(kind=PoeKind.FORM, name="x"), "not signed"),
        (signed(), PoeFile(kind=PoeKind.LOST, name="sow.pdf"), "poe/sow.pdf"),
        (signed(poe_signed_on=date(2020, 3, 31)), DOCUMENT, "12 months"),
        (
            business(
                lines=(
                    builders.subscription_line(subscription_ends_on=date(2021, 3, 31)),
                    builders.subscription_line(product="Dynamics 365 Finance"),
                )
            ),
            DOCUMENT,
            "ended",
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(claim: Claim, poe: PoeFile, says: str) -> None:
    sheet = sheet_of(claim, poe=poe)

    assert len(missing(sheet)) == 1
    assert says in missing(sheet)[0]
    assert not sheet.is_ready


@pytest.mark.parametrize(
    ("claim", "poe", "says"),
    [
        (signed(poe_signed_on=date(2020, 4, 1)), DOCUMENT, "12 months old"),
        (signed(poe_signed_on=None), DOCUMENT, "not known"),
        (signed(poe_document=None), PoeFile(kind=PoeKind.SIGNED), "at hand"),
        (signed(lines=(builders.line(engagement_description=None),)), DOCUMENT, "engagement"),
        (signed(public_sector=True, customer_country="US"), DOCUMENT, "Public Sector Disclosure"),
        (
            business(lines=(builders.subscription_line(subscription_ends_on=date(2021, 4, 1)),)),
            DOCUMENT,
            "ends on",
        ),
    ],
)
def test_what_is_worth_a_look_does_not_hinder(claim: Claim, poe: PoeFile, says: str) -> None:
    sheet = sheet_of(claim, poe=poe)

    assert [says in gap.text for gap in sheet.gaps] == [True]
    assert sheet.is_ready


def test_the_later_edition_misses_a_subscription_id() -> None:
    claim = business(
        edition="mci-2023",
        activity="Usage recognition - Non-Incentivized",
        lines=(builders.subscription_line(subscription_id=None),),
    )

    (sheet,) = entry(builders.state(claim, status="draft")).sheets

    assert missing(sheet) == ["The subscription ID of Dynamics 365 Sales is missing."]


def test_ready_claims_come_first_then_partner_by_partner() -> None:
    states = [
        builders.state(signed(partner_name="B", claim_name="b")),
        builders.state(signed(partner_name="A", claim_name="a", customer_contact_title=None)),
        builders.state(signed(partner_name="A", claim_name="z")),
    ]

    report = entry(*states)

    assert [sheet.claim.claim_name for sheet in report.sheets] == ["z", "b", "a"]


def test_the_fingerprint_changes_with_a_value_and_with_nothing_else() -> None:
    sheet = sheet_of(signed())

    assert sheet_of(signed(customer_country="NO")).fingerprint == sheet.fingerprint
    assert sheet_of(signed(customer_contact_name="Kim")).fingerprint != sheet.fingerprint


def test_the_json_document_says_what_the_page_shows() -> None:
    document = json.loads(json.dumps(entry(builders.state(business())).as_json()))

    (claim,) = document["claims"]
    assert document["schema"] == "cpor-batch.entry/1"
    assert document["counts"] == {"claims": 1, "ready": 1, "incomplete": 0, "held": 0}
    assert (claim["role"], claim["steps"][0]["number"]) == ("Incentives admin", 1)
    assert claim["menu_path"][-1] == "+ Customer association"
    assert claim["lines"][0]["programmes"] == ["OSU-Business Applications"]
    assert claim["poe"] == {"kind": "document", "path": "/claims/inbox/poe/sow.pdf"}


def test_the_text_has_every_value_and_every_button() -> None:
    text = render_entry_text(entry(builders.state(business())))

    for expected in ("Contoso Sales", "contoso.example", "terry@contoso.example", "press   Submit claim"):
        assert expected in text


def test_a_terminal_is_not_steered_by_a_claim() -> None:
    text = render_entry_text(entry(builders.state(signed(customer_contact_name="A\x1b[31m\u202eB"))))

    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("number", "held", "says"),
    [
        (0, 0, "No claim is to be submitted."),
        (1, 0, "1 claim to submit, all ready."),
        (
            2,
            1,
            "2 claims to submit, all ready. 1 more is held for conflicts, which have to be decided first.",
        ),
    ],
)
def test_the_summary_counts(number: int, held: int, says: str) -> None:
    report = entry(*several(number), *(with_status("held") for _ in range(held)))

    assert entry_summary(report) == says


def test_a_page_has_a_policy_and_no_address_but_partner_centers() -> None:
    page = render_entry_page(
        entry(builders.state(signed())), Assets(), folder=Path("/claims/out/reports"), store="s"
    )

    assert "default-src 'none'" in html.unescape(page)
    assert page.count("https://") == page.count("https://partner.microsoft.com/dashboard/")
    assert 'href="../../inbox/poe/sow.pdf"' in page


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("sow.pdf", "sow.pdf"),
        ("a b#c?d%.pdf", "a%20b%23c%3Fd%25.pdf"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ('påskrivet "x".pdf', "p%C3%A5skrivet%20%22x%22.pdf"),
    ],
)
def test_a_link_leads_to_the_file_whatever_its_name(tmp_path: Path, name: str, link: str) -> None:
    assert relative_link(tmp_path / name, tmp_path) == link
