"""The ledger answers what a run wants to know, and leaves out what it does not."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen

from cpor_batch.domain.claim import Claim, ClaimKey, Level, claim_key
from cpor_batch.domain.event import EventKind
from cpor_batch.domain.ids import MpnId, SubscriptionId
from cpor_batch.domain.known import Known, Wanted
from cpor_batch.domain.likeness import fold_name, skeleton
from cpor_batch.ledger import Ledger, open_ledger
from tests.builders import (
    OTHER_SUBSCRIPTION,
    OTHER_TENANT,
    SUBSCRIPTION,
    TENANT,
    TODAY,
    business_claim,
    claim,
    line,
    subscription_line,
)
from tests.ledger.events import append, event, recorded, reference_of, run, status_changed

SALES = business_claim()


def ask(ledger: Ledger, today: date = TODAY, **wanted: frozenset[object]) -> Known:
    return ledger.read_known(Wanted(**wanted), today=today)  # type: ignore[arg-type]  # fields by name


def key_of(of: Claim) -> ClaimKey:
    return claim_key(of, of.lines[0], activity_in_key=False)


def names(known: Known) -> list[str]:
    return [state.claim.claim_name for state in known.claims]


def test_an_empty_ledger_knows_nothing(ledger: Ledger) -> None:
    known = ask(ledger, keys=frozenset({key_of(claim())}), tenants=frozenset({TENANT}))

    assert known == Known.nothing()


def test_nothing_wanted_is_nothing_known(ledger: Ledger) -> None:
    append(ledger, recorded(claim()))

    assert ask(ledger) == Known.nothing()


def test_a_claim_is_known_by_each_of_its_identities(ledger: Ledger) -> None:
    known_one = claim(partner_center_claim_id="4711", claim_name="CONTOSO Exchange")
    append(ledger, recorded(known_one), recorded(claim(claim_name="Other")))
    identity = claim(claim_name="contoso EXCHANGE").natural_identity

    known = ask(
        ledger,
        references=frozenset({reference_of(known_one), "CB-00000000"}),
        partner_center_claim_ids=frozenset({"4711", "4712"}),
        natural_identities=frozenset({identity, claim(mpn_id=MpnId("1")).natural_identity}),
    )

    (state,) = ledger.read_states([reference_of(known_one)])
    assert known.by_reference == {state.reference: state}
    assert known.by_partner_center_claim_id == {"4711": state}
    assert known.by_natural_identity == {identity: state}
    assert known.claims == ()


def test_of_several_claims_of_an_identity_the_latest_is_known(ledger: Ledger) -> None:
    with ledger.write(run()) as writing:
        old, new = writing.new_reference(claim()), writing.new_reference(claim())
        writing.append([recorded(claim(), claim=old), recorded(claim(), claim=new)])

    known = ask(ledger, natural_identities=frozenset({claim().natural_identity}))

    assert [state.reference for state in known.by_natural_identity.values()] == [new]


def test_claims_on_a_wanted_key_are_known_in_order_of_recording(ledger: Ledger) -> None:
    rivals = [claim(claim_name=name, mpn_id=MpnId(str(4711000 + i))) for i, name in enumerate("CAB")]
    append(ledger, *(recorded(item) for item in rivals))
    append(ledger, recorded(claim(claim_name="Elsewhere", tenant_id=OTHER_TENANT)))
    append(ledger, recorded(claim(claim_name="Other product", lines=(line(product="Intune"),))))
    append(ledger, status_changed(rivals[0], "rejected"))

    known = ask(ledger, keys=frozenset({key_of(claim())}))

    assert names(known) == ["C", "A", "B"]
    assert known.claims[0].status == "rejected"


def test_the_activity_counts_only_where_the_key_has_one(ledger: Ledger) -> None:
    append(ledger, recorded(SALES))
    key = key_of(SALES)

    with_other = ask(ledger, keys=frozenset({replace(key, activity="Pre-sales")}))
    with_same = ask(ledger, keys=frozenset({replace(key, activity=SALES.activity)}))

    assert names(with_other) == []
    assert names(with_same) == [SALES.claim_name]


def test_a_workload_does_not_meet_a_product_of_the_same_name(ledger: Ledger) -> None:
    append(ledger, recorded(claim(lines=(line(product="Power BI"),))))

    known = ask(
        ledger,
        keys=frozenset({ClaimKey(tenant_id=TENANT, level=Level.SUBSCRIPTION, item="Power BI")}),
        products=frozenset({(TENANT, "Power BI")}),
    )

    assert names(known) == []


def test_a_product_is_known_with_and_without_subscription_id(ledger: Ledger) -> None:
    without = business_claim(claim_name="Without", lines=(subscription_line(subscription_id=None),))
    append(ledger, recorded(SALES), recorded(without), recorded(claim()))

    known = ask(ledger, products=frozenset({(TENANT, "Dynamics 365 Sales")}))

    assert names(known) == [SALES.claim_name, "Without"]
    assert known.product_subscriptions == {(TENANT, "Dynamics 365 Sales"): frozenset({SUBSCRIPTION})}


def test_subscriptions_that_ended_are_not_among_the_known_ones(ledger: Ledger) -> None:
    ended = replace(
        SALES,
        claim_name="Ended",
        lines=(subscription_line(subscription_id=OTHER_SUBSCRIPTION, subscription_ends_on=TODAY),),
    )
    append(ledger, recorded(SALES), recorded(ended))
    products = frozenset({(TENANT, "Dynamics 365 Sales")})

    on_the_last_day = ask(ledger, products=products)
    on_the_day_after = ask(ledger, TODAY + timedelta(days=1), products=products)

    assert set(*on_the_last_day.product_subscriptions.values()) == {SUBSCRIPTION, OTHER_SUBSCRIPTION}
    assert set(*on_the_day_after.product_subscriptions.values()) == {SUBSCRIPTION}


def test_tenants_domains_and_subscriptions_are_known(ledger: Ledger) -> None:
    other = business_claim(tenant_id=OTHER_TENANT, customer_domain="fabrikam.example")
    append(ledger, recorded(SALES), recorded(claim(customer_domain="contoso.example")), recorded(other))

    known = ask(
        ledger,
        tenants=frozenset({TENANT}),
        domains=frozenset({"contoso.example", "fabrikam.example"}),
        subscriptions=frozenset({SUBSCRIPTION, SubscriptionId(OTHER_SUBSCRIPTION)}),
    )

    assert known.tenant_domains == {
        TENANT: frozenset({"contoso.example"}),
        OTHER_TENANT: frozenset({"fabrikam.example"}),
    }
    assert known.domain_tenants == {
        "contoso.example": frozenset({TENANT}),
        "fabrikam.example": frozenset({OTHER_TENANT}),
    }
    assert known.subscription_tenants == {SUBSCRIPTION: frozenset({TENANT, OTHER_TENANT})}


def test_customers_are_known_by_tenant_folded_name_and_skeleton(ledger: Ledger) -> None:
    own = claim(claim_name="Own", customer_name="Contoso AB", customer_domain=None)
    namesake = claim(claim_name="Namesake", tenant_id=OTHER_TENANT, customer_name="CONTOSO Ltd.")
    third = replace(TENANT_3, customer_domain="c0ntoso.example")
    stranger = replace(TENANT_3, claim_name="Stranger", customer_name="Fabrikam", customer_domain=None)
    again = replace(own, claim_name="Own again")
    append(ledger, *(recorded(item) for item in (own, namesake, third, stranger, again)))

    known = ask(
        ledger,
        tenants=frozenset({TENANT}),
        folded_names=frozenset({fold_name("Contoso")}),
        skeletons=frozenset({skeleton("contoso.example")}),
    )

    found = [(customer.name, customer.domain) for customer in known.customers]
    assert found == [
        ("Contoso AB", None),
        ("CONTOSO Ltd.", "contoso.example"),
        ("Tailspin", "c0ntoso.example"),
    ]
    first = known.customers[0]
    assert first.state is not None
    assert first.state.claim.claim_name == "Own"
    assert (first.folded_name, first.skeleton) == (fold_name("Contoso AB"), "")


TENANT_3 = claim(
    claim_name="Third",
    tenant_id="2c3d4e5f-6071-4283-94a5-b6c7d8e9fa0b",
    customer_name="Tailspin",
    customer_contact_email=None,
)


@pytest.mark.parametrize("status", ["withdrawn", "rejected", "rejected-final"])
def test_a_claim_that_came_to_nothing_is_no_evidence(ledger: Ledger, status: str) -> None:
    append(ledger, recorded(SALES), status_changed(SALES, status))

    known = ask(
        ledger,
        tenants=frozenset({TENANT}),
        domains=frozenset({"contoso.example"}),
        subscriptions=frozenset({SUBSCRIPTION}),
        products=frozenset({(TENANT, "Dynamics 365 Sales")}),
    )

    assert known.tenant_domains == known.domain_tenants == known.subscription_tenants == {}
    assert known.product_subscriptions == {}
    assert known.customers == ()
    assert names(known) == [SALES.claim_name]


def test_what_the_run_brings_anew_is_no_evidence_against_itself(ledger: Ledger) -> None:
    append(ledger, recorded(SALES))

    known = ask(
        ledger,
        references=frozenset({reference_of(SALES)}),
        tenants=frozenset({TENANT}),
        domains=frozenset({"contoso.example"}),
        subscriptions=frozenset({SUBSCRIPTION}),
        products=frozenset({(TENANT, "Dynamics 365 Sales")}),
    )

    assert known.tenant_domains == known.domain_tenants == known.subscription_tenants == {}
    assert known.product_subscriptions == {}
    assert known.customers == ()
    assert names(known) == [SALES.claim_name]


def test_a_run_knows_what_it_appended_itself(ledger: Ledger) -> None:
    with ledger.write(run()) as writing:
        writing.append([recorded(claim())])

        known = ledger.read_known(Wanted(keys=frozenset({key_of(claim())})), today=TODAY)

    assert names(known) == [claim().claim_name]


def test_a_claim_that_moved_is_known_by_its_new_key_alone(ledger: Ledger) -> None:
    moved = claim(lines=(line(product="Intune"),))
    append(ledger, recorded(claim()), event(EventKind.REVISED, claim(), state=moved))

    assert names(ask(ledger, keys=frozenset({key_of(claim())}))) == []
    assert names(ask(ledger, keys=frozenset({key_of(moved)}))) == [moved.claim_name]


def test_thousands_of_keys_are_asked_for_at_once(ledger: Ledger) -> None:
    many = [claim(claim_name=f"Claim {n}", mpn_id=MpnId(str(n)), customer_name=f"C {n}") for n in range(3000)]
    append(ledger, *(recorded(item) for item in many))

    known = ask(
        ledger,
        natural_identities=frozenset(item.natural_identity for item in many),
        folded_names=frozenset(fold_name(item.customer_name) for item in many),
        keys=frozenset({key_of(claim())}),
    )

    assert len(known.by_natural_identity) == len(known.claims) == 3000


def test_sqlite_finds_what_is_wanted_by_index(tmp_path: Path) -> None:
    """A scan of the whole ledger would make every batch as slow as the ledger is big."""
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            driver = connection.connection.driver_connection
            assert driver is not None
            plans.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", must_exist=False) as ledger:
        append(ledger, recorded(claim()), recorded(SALES))
        listen(ledger._engine, "before_cursor_execute", explain)
        ask(
            ledger,
            references=frozenset({reference_of(claim())}),
            partner_center_claim_ids=frozenset({"4711"}),
            natural_identities=frozenset({claim().natural_identity}),
            keys=frozenset({key_of(claim())}),
            products=frozenset({(TENANT, "Dynamics 365 Sales")}),
            tenants=frozenset({TENANT}),
            subscriptions=frozenset({SUBSCRIPTION}),
            folded_names=frozenset({"contoso"}),
            skeletons=frozenset({"contoso.example"}),
        )

    scans = [
        step
        for step in plans
        if step.startswith("SCAN") and not step.startswith(("SCAN staged", "SCAN anon"))
    ]
    used = {index for index in ALL_INDEXES if any(index in step for step in plans)}
    assert scans == []
    assert used == ALL_INDEXES


ALL_INDEXES = {
    "claims_by_identity",
    "claims_by_partner_center_claim_id",
    "claims_by_first_event",
    "claims_by_customer_name",
    "claims_by_customer_skeleton",
    "standing_by_key",
    "standing_by_product",
    "standing_by_subscription",
}
