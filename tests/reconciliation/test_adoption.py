from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpor_batch.domain.claim import Level
from cpor_batch.domain.event import EventKind
from cpor_batch.domain.ids import claim_reference_for
from cpor_batch.domain.known import House, PartnerEntry
from cpor_batch.domain.standing import ClaimState, apply_event, holds_key
from cpor_batch.reconciliation import Adoption, ExportClaim, ExportProduct, adopt
from tests.builders import PARTNER, SUBSCRIPTION, edition
from tests.reconciliation.exports import OCCASION, SALES, TODAY, WORDS, export_claim, export_line

HOUSE = House(
    partners={
        PARTNER: PartnerEntry(mpn_id=PARTNER, name="Fabrikam", organisation="Fabrikam Group", country="SE")
    }
)


def adopted(claim: ExportClaim, edition_name: str = "cpor-2021") -> ClaimState:
    outcome = adopt(
        claim,
        edition=edition(edition_name),
        words=WORDS,
        house=HOUSE,
        occasion=OCCASION,
        new_reference=lambda new: claim_reference_for(new.natural_identity),
    )
    assert isinstance(outcome, Adoption)
    assert outcome.event.kind is EventKind.ADOPTED
    known = apply_event(None, outcome.event)
    assert known is not None
    return known


def test_an_adopted_association_carries_what_the_export_has() -> None:
    known = adopted(export_claim())

    assert known.is_adopted
    assert (known.status, known.status_since) == ("approved", date(2021, 4, 9))
    found = known.claim
    assert (found.claim_name, found.partner_organisation, found.partner_country) == (
        "Contoso Exchange",
        "Fabrikam Group",
        "SE",
    )
    assert (found.solution_area, found.activity) == ("Microsoft 365", "Usage")
    assert found.lines[0].programmes == ("OSU-Microsoft 365",)


def test_what_the_export_lacks_is_left_out_or_stands_for_itself() -> None:
    bare = export_claim(
        claim_name=None,
        partner_name=None,
        customer_name=None,
        status=None,
        changed_on=None,
        submitted_on=None,
    )

    found = adopted(bare)

    assert (found.claim.claim_name, found.claim.partner_name) == ("CA-1", "Fabrikam")
    assert (found.status, found.status_since, found.since) == ("approved", TODAY, TODAY)


@pytest.mark.parametrize(
    ("changes", "area", "activity", "programmes"),
    [
        ({"activity": "presales"}, "Business Applications", "Pre-sales", ("OSA Sell",)),
        (
            {"engagement": "OSU-Business Applications"},
            "Business Applications",
            "Usage",
            ("OSU-Business Applications",),
        ),
        ({"engagement": "Something else"}, "Business Applications", "", ()),
        ({"solution_area": "Biz Apps", "activity": "Unheard of"}, "Business Applications", "Unheard of", ()),
    ],
)
def test_area_and_activity_are_read_as_the_edition_spells_them(
    changes: dict[str, Any], area: str, activity: str, programmes: tuple[str, ...]
) -> None:
    found = adopted(export_claim(products=(SALES,), subscription_id=SUBSCRIPTION, **changes)).claim

    assert (found.solution_area, found.activity, found.lines[0].programmes) == (area, activity, programmes)


def test_a_product_that_the_catalogue_does_not_have_is_kept_as_reported() -> None:
    strange = ExportProduct(name="Project Moonshot", level=None)

    plain = adopted(export_claim(products=(strange,))).claim
    with_id = adopted(export_claim(products=(strange,), subscription_id=SUBSCRIPTION)).claim

    assert (plain.lines[0].product, plain.lines[0].level) == ("Project Moonshot", Level.WORKLOAD)
    assert with_id.lines[0].level is Level.SUBSCRIPTION


def test_each_product_is_adopted_once() -> None:
    months = ExportClaim(lines=(export_line(2), export_line(3), export_line(4, products=(SALES,))))

    assert [item.product for item in adopted(months).claim.lines] == ["Exchange Online", "Dynamics 365 Sales"]


def test_without_partner_tenant_or_product_nothing_can_be_adopted() -> None:
    outcome = adopt(
        export_claim(mpn_id=None, products=()),
        edition=edition(),
        words=WORDS,
        house=HOUSE,
        occasion=OCCASION,
        new_reference=lambda new: claim_reference_for(new.natural_identity),
    )

    assert outcome == "the export gives it no MPN ID and no product"


@pytest.mark.parametrize(
    ("day", "holds"), [(date(2019, 9, 30), False), (date(2019, 10, 1), True), (date(2021, 1, 1), True)]
)
def test_microsoft_365_holds_nothing_from_before_cpor_by_submission_or_approval(
    day: date, holds: bool
) -> None:
    by_submission = adopted(export_claim(submitted_on=day, changed_on=None))
    by_approval = adopted(export_claim(submitted_on=None, changed_on=day))

    assert [holds_key(known, edition()) for known in (by_submission, by_approval)] == [holds, holds]


@pytest.mark.parametrize(
    ("days", "since"),
    [
        (
            {
                "associated_on": date(2020, 2, 3),
                "approved_on": date(2019, 8, 1),
                "submitted_on": date(2019, 7, 1),
            },
            date(2020, 2, 3),
        ),
        ({"associated_on": date(2019, 2, 3), "submitted_on": date(2020, 7, 1)}, date(2019, 2, 3)),
        ({"approved_on": date(2020, 8, 1), "submitted_on": date(2019, 7, 1)}, date(2020, 8, 1)),
        ({"submitted_on": date(2019, 7, 1)}, date(2019, 7, 1)),
        ({"submitted_on": None}, date(2021, 4, 9)),
    ],
)
def test_an_association_stands_since_its_date_else_its_approval_else_its_submission(
    days: dict[str, date | None], since: date
) -> None:
    known = adopted(export_claim(**days))

    assert known.since == since
    assert holds_key(known, edition()) is (since >= date(2019, 10, 1))


def test_dynamics_from_before_cpor_holds() -> None:
    old = export_claim(products=(SALES,), subscription_id=SUBSCRIPTION, submitted_on=date(2018, 5, 1))

    assert holds_key(adopted(old), edition())


def test_a_rejected_claim_is_adopted_as_such_and_holds_nothing() -> None:
    known = adopted(export_claim(status="Rejected", reason="insufficient poe"))

    assert (known.status, holds_key(known, edition())) == ("rejected", False)


def test_a_reported_word_stays_a_word() -> None:
    assert adopted(export_claim(status="Customer consent expired")).status == "Customer consent expired"
    assert (
        adopted(replace(export_claim(), lines=(export_line(status="Draft"),)), "mci-2023").status == "draft"
    )
