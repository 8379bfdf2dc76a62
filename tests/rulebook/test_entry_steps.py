import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.edition import EntryAction, EntryWhen
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook.editions import parse_edition
from cpor_batch.rulebook.strict import parse_yaml
from tests.builders import edition

NAMES = ("cpor-2021", "mci-2023")


def changed(old: str, new: str) -> None:
    text = Assets().read_schema("editions/cpor-2021.yaml").decode()
    assert old in text
    parse_edition(parse_yaml(text.replace(old, new, 1).encode(), "cpor-2021.yaml"))


def test_the_steps_of_cpor_2021_are_those_of_the_published_page() -> None:
    steps = edition().entry_steps

    assert [(step.key, step.button) for step in steps] == [
        ("customer", "Continue"),
        ("activity", "Continue"),
        ("associate", "Create claim"),
        ("products", "Continue"),
        ("contacts", None),
        ("poe", None),
        ("submit", "Submit claim"),
    ]
    assert [field.column for field in steps[0].fields] == ["mpn_id", "customer_domain", "tenant_id"]
    assert [field.action for field in steps[5].fields] == [EntryAction.ATTACH]
    assert edition().settings.entry_role == "Incentives admin"


@pytest.mark.parametrize("name", NAMES)
def test_every_step_names_its_source(name: str) -> None:
    rules = edition(name)

    assert all(step.reference for step in rules.entry_steps)
    assert all(rules.reference(f"entry_steps.{step.key}") == step.reference for step in rules.entry_steps)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_that_the_edition_requires_is_entered_somewhere(name: str) -> None:
    rules = edition(name)
    asked = {field.column for step in rules.entry_steps for field in step.fields}

    # The partner's and the customer's names are for the PoE; Partner Center knows them by their IDs.
    assert rules.required - asked == {"partner_name"}
    assert {key for activity in rules.activities for key in activity.requires} <= asked


def test_what_only_revenue_association_needs_is_asked_of_it_alone() -> None:
    (step,) = (step for step in edition().entry_steps if step.key == "associate")

    only = {field.column for field in step.fields if field.activities == {"Revenue association"}}

    assert only == {"solution_seller_name", "customer_name", "isv_solution_name"}


def test_a_technical_contact_is_asked_for_where_it_is_required() -> None:
    (step,) = (step for step in edition().entry_steps if step.key == "contacts")

    asked = {field.column for field in step.fields if field.when is EntryWhen.REQUIRED}

    assert asked == {"technical_contact_name", "technical_contact_title", "technical_contact_email"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  - key: activity\n", "  - key: customer\n", "twice"),
        ("activities: [Revenue association]}", "activities: [Revenue asociation]}", "Revenue association"),
        ("action: attach", "action: atach", "attach"),
        ("when: filled", "when: fild", "filled"),
        ("    button: Create claim", "    buton: Create claim", "button"),
        ("entry_steps:\n", "entry_step:\n", "entry_steps"),
    ],
)
def test_a_slip_in_a_step_is_an_error_with_its_line(old: str, new: str, says: str) -> None:
    with pytest.raises(RulebookError) as caught:
        changed(old, new)

    assert says in str(caught.value)
    assert "cpor-2021.yaml:" in str(caught.value)
