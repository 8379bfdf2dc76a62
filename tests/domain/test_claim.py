from datetime import date

from cpor_batch.domain.claim import changed_fields, claim_key
from tests.builders import OTHER_SUBSCRIPTION, SUBSCRIPTION, business_claim, claim, line, subscription_line


def test_a_workload_is_claimed_by_tenant_and_product_whatever_the_activity() -> None:
    usage = claim()

    key = claim_key(usage, usage.lines[0], activity_in_key=False)

    assert (key.tenant_id, key.level, key.item, key.activity) == (
        usage.tenant_id,
        "workload",
        "Exchange Online",
        None,
    )


def test_a_subscription_is_claimed_by_its_id_and_without_one_by_its_product() -> None:
    with_id = business_claim()
    without = business_claim(lines=(subscription_line(subscription_id=None),))

    assert claim_key(with_id, with_id.lines[0], activity_in_key=False).item == SUBSCRIPTION
    assert claim_key(without, without.lines[0], activity_in_key=False).item == "Dynamics 365 Sales"
    assert claim_key(with_id, with_id.lines[0], activity_in_key=False).has_subscription
    assert not claim_key(without, without.lines[0], activity_in_key=False).has_subscription


def test_the_activity_is_part_of_the_key_where_the_edition_says_so() -> None:
    usage = claim()

    assert claim_key(usage, usage.lines[0], activity_in_key=True).activity == "Usage"


def test_the_same_claim_from_another_row_has_not_changed() -> None:
    first = claim(lines=(line(), line(product="Microsoft Teams")))
    moved = claim(lines=(line(product="Microsoft Teams", source=None), line(source=None)))

    assert changed_fields(first, moved) == {}


def test_a_changed_cell_is_named_with_before_and_after() -> None:
    before = claim(poe_signed_on=date(2021, 1, 5))
    after = claim(poe_signed_on=date(2021, 2, 5), customer_contact_name="Robin Customer")

    changes = changed_fields(before, after)

    assert changes == {
        "poe_signed_on": (date(2021, 1, 5), date(2021, 2, 5)),
        "customer_contact_name": ("Casey Customer", "Robin Customer"),
    }


def test_an_added_product_and_a_changed_line_are_named() -> None:
    before = business_claim()
    after = business_claim(
        lines=(
            subscription_line(comments="Renewed"),
            subscription_line(product="Dynamics 365 Finance", subscription_id=OTHER_SUBSCRIPTION),
        )
    )

    changes = changed_fields(before, after)

    assert set(changes) == {"product", "comments (Dynamics 365 Sales)"}
    assert changes["comments (Dynamics 365 Sales)"] == (None, "Renewed")
