from datetime import date

import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.claim import CONTACT_FIELDS, Level
from cpor_batch.domain.edition import CalendarOf, Counting, Edition, Settings, WindowKind
from cpor_batch.domain.standing import HELD, LAPSED, OPTED_OUT, WITHDRAWN
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook.editions import parse_edition
from cpor_batch.rulebook.strict import parse_yaml
from tests.builders import edition, rulebook

NAMES = ("cpor-2021", "mci-2023")


def changed(old: str, new: str, *, name: str = "cpor-2021") -> Edition:
    text = Assets().read_schema(f"editions/{name}.yaml").decode()
    assert old in text
    return parse_edition(parse_yaml(text.replace(old, new, 1).encode(), f"{name}.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_an_edition_has_a_reference(name: str) -> None:
    rules = edition(name)

    assert all(area.reference for area in rules.solution_areas)
    assert all(activity.reference for activity in rules.activities)
    assert all(window.reference for window in rules.windows.values())
    assert all(status.reference for status in rules.statuses.values())
    assert all(element.reference for element in rules.poe_elements)
    assert all(statement.reference for statement in rules.statements)
    for path in (
        "in_force",
        "technical_contact",
        "more_information_reasons",
        "rejection_reasons",
        *(f"settings.{key}" for key in Settings.__dataclass_fields__),
        *(f"windows.{kind}" for kind in WindowKind),
        *(f"statuses.{status}" for status in rules.statuses),
        *(f"required_columns.{column}" for column in rules.required),
        *(f"not_supported.{program}" for program in rules.not_supported),
        *(f"activities.{activity.solution_area}.{activity.name}" for activity in rules.activities),
    ):
        assert rules.reference(path), path


@pytest.mark.parametrize("name", NAMES)
def test_every_status_that_may_follow_exists_and_ours_stand_beside_microsofts(name: str) -> None:
    rules = edition(name)
    statuses = rules.statuses

    for status in statuses.values():
        assert set(status.next) <= set(statuses)
        assert status.name not in status.next
    assert {key for key, status in statuses.items() if not status.is_microsofts} == {
        HELD,
        WITHDRAWN,
        LAPSED,
        OPTED_OUT,
    }
    reached = {rules.settings.first_status}
    for _step in statuses:
        reached |= {following for status in reached for following in statuses[status].next}
    assert reached == set(statuses)


@pytest.mark.parametrize("name", NAMES)
def test_the_required_columns_hold_those_that_every_edition_requires(name: str) -> None:
    always = {rule.key for rule in rulebook(name).sheet.columns if rule.is_required}

    assert edition(name).required - always == ({"customer_domain"} if name == "cpor-2021" else set())
    assert always <= edition(name).required


def test_cpor_2021_has_the_activities_of_its_two_areas() -> None:
    names = [(activity.solution_area, activity.name) for activity in edition().activities]

    assert names == [
        ("Microsoft 365", "Usage"),
        ("Business Applications", "Usage"),
        ("Business Applications", "Pre-sales"),
        ("Business Applications", "Usage and Pre-sales"),
        ("Business Applications", "Revenue association"),
    ]
    assert [(area.name, area.level) for area in edition().solution_areas] == [
        ("Microsoft 365", Level.WORKLOAD),
        ("Business Applications", Level.SUBSCRIPTION),
    ]


def test_mci_2023_has_the_four_partner_roles() -> None:
    names = [(activity.solution_area, activity.name) for activity in edition("mci-2023").activities]

    assert names == [
        ("Modern Work and Security", "Use or consume"),
        ("Business Applications", "Build intent - Advisor"),
        ("Business Applications", "Usage recognition - Non-Incentivized"),
        ("Business Applications", "Influenced Revenue recognition - Non-Incentivized"),
    ]


def test_usage_and_presales_overlaps_with_both_and_revenue_association_excludes_them() -> None:
    activities = {activity.name: activity for activity in edition().activities if activity.programmes}
    both, revenue = activities["Usage and Pre-sales"], activities["Revenue association"]

    assert both.parts == activities["Usage"].parts | activities["Pre-sales"].parts
    assert not revenue.parts & both.parts
    assert revenue.group != both.group == activities["Usage"].group == activities["Pre-sales"].group
    assert revenue.requires == {"solution_seller_name", "isv_solution_name"}
    assert not both.requires


def test_each_activity_counts_for_its_incentive_programmes() -> None:
    programmes = {
        (activity.solution_area, activity.name): activity.programmes for activity in edition().activities
    }

    assert programmes == {
        ("Microsoft 365", "Usage"): ("OSU-Microsoft 365",),
        ("Business Applications", "Usage"): ("OSU-Business Applications",),
        ("Business Applications", "Pre-sales"): ("OSA Sell",),
        ("Business Applications", "Usage and Pre-sales"): ("OSU-Business Applications", "OSA Sell"),
        ("Business Applications", "Revenue association"): ("Revenue association",),
    }


@pytest.mark.parametrize(
    ("name", "days"), [("cpor-2021", (5, 5, 5, 5, 30)), ("mci-2023", (5, 5, 14, 14, 30))]
)
def test_windows_are_as_long_as_the_pages_say(name: str, days: tuple[int, ...]) -> None:
    windows = edition(name).windows

    assert tuple(windows[kind].days for kind in WindowKind) == days
    assert windows[WindowKind.DISPUTE].counting is Counting.CALENDAR_DAYS
    for kind in (WindowKind.SUBMITTED, WindowKind.REVIEW, WindowKind.PARTNER_ACTION):
        assert windows[kind].counting is Counting.BUSINESS_DAYS
        assert windows[kind].calendar_of is CalendarOf.PARTNER
    assert windows[WindowKind.CUSTOMER_OPT_OUT].calendar_of is CalendarOf.CUSTOMER


def test_only_cpor_2021_assumes_when_the_opt_out_window_starts() -> None:
    opt_out = WindowKind.CUSTOMER_OPT_OUT

    assert edition("cpor-2021").windows[opt_out].assumed_from == "submitted_on"
    assert edition("mci-2023").windows[opt_out].assumed_from is None


def test_keys_are_held_from_the_first_status_until_the_claim_is_over() -> None:
    holding = {
        name: {key for key, status in edition(name).statuses.items() if status.holds_key} for name in NAMES
    }

    common = {"submitted", "under-review", "partner-action-required", "approved"}
    assert holding == {
        "cpor-2021": common | {"editing"},
        "mci-2023": common | {"draft", "dispute"},
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_may_still_change_depends_on_the_status(name: str) -> None:
    statuses = edition(name).statuses
    first = statuses[edition(name).settings.first_status]

    assert first.may_change == statuses[HELD].may_change == {"*"}
    for status in ("rejected", WITHDRAWN, LAPSED):
        assert not statuses[status].may_change
    for status in ("submitted", "under-review", "approved", OPTED_OUT):
        assert {"poe_document", "poe_signed_on", "comments"} <= statuses[status].may_change
        assert not {"mpn_id", "product", "customer_contact_name"} & statuses[status].may_change
    asked = statuses["partner-action-required"].may_change
    assert asked >= {"mpn_id", "product", "comments"} | (CONTACT_FIELDS - {"solution_seller_name"})
    assert not {"tenant_id", "solution_area", "activity", "claim_name"} & asked


def test_a_dispute_leads_back_to_review_in_2021_and_is_a_status_in_2023() -> None:
    assert "under-review" in edition("cpor-2021").statuses["rejected"].next
    assert edition("mci-2023").statuses["rejected"].next == ("dispute", "withdrawn")
    for name in NAMES:
        assert edition(name).statuses["rejected"].window is WindowKind.DISPUTE


def test_single_values_of_the_editions() -> None:
    old, new = edition("cpor-2021").settings, edition("mci-2023").settings

    assert (old.subscription_id_rule, new.subscription_id_rule) == ("if-several", "always")
    assert (old.identifier_label, new.identifier_label) == ("MPN ID", "PartnerID")
    assert (old.first_status, new.first_status) == ("editing", "draft")
    assert old.reassociate_before == date(2019, 10, 1)
    assert old.public_sector_disclosure_in == {"US", "PR"}
    assert old.poe_max_age_months == 12
    assert not old.activity_in_key
    assert old.official_needs_approval
    assert edition("cpor-2021").technical_contact_families == {"Dynamics 365"}
    assert not edition("mci-2023").technical_contact_families


def test_poe_elements_are_the_reasons_for_which_microsoft_asks_again() -> None:
    for name in NAMES:
        rules = edition(name)
        assert tuple(element.reason for element in rules.poe_elements) == rules.more_information_reasons


def test_what_microsoft_does_not_publish_is_called_a_setting_of_this_tool() -> None:
    rules = edition()

    for path in ("settings.activity_in_key", "settings.expiry_warning_days", "statuses.held"):
        assert rules.reference(path).startswith("Setting of this tool")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("next: [submitted, held, withdrawn]", "next: [submited]", 'Did you mean "submitted"'),
        ("window: review", "window: reviews", 'Did you mean "review"'),
        ("solution_area: Microsoft 365", "solution_area: Office", '"Office" is not known'),
        ("days: 5", "days: 0", "less than 1"),
        ("value: if-several", "value: sometimes", "subscription_id_rule"),
        ("value: editing", "value: edit", 'Did you mean "editing"'),
        ("assumed_from: submitted_on", "assumed_from: approved_on", "assumed_from"),
        ("holds_key: true", "holds_key: yes", "neither true nor false"),
        ("- Presales\n", "- Nutzung\n", '"Nutzung" names both "Usage" and "Pre-sales"'),
        ("- BizApps\n", "- M365\n", '"M365" names both'),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(RulebookError, match=message) as caught:
        changed(old, new)

    assert caught.value.where.startswith("cpor-2021.yaml:")


def test_an_edition_that_lacks_a_window_is_refused() -> None:
    text = Assets().read_schema("editions/cpor-2021.yaml").decode()
    start, end = text.index("  - kind: dispute"), text.index("# may_change lists")

    with pytest.raises(RulebookError, match='the window "dispute" is missing'):
        parse_edition(parse_yaml((text[:start] + text[end:]).encode(), "cpor-2021.yaml"))
