import pytest

from cpor_batch.domain.claim import Level
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook.catalogue import Catalogue, build_catalogue, parse_products
from cpor_batch.rulebook.strict import parse_yaml
from tests.builders import rulebook

NAMED = (
    "Exchange Online",
    "SharePoint Online",
    "Teams",
    "Intune",
    "Entra ID P1",
    "Entra ID P2",
    "Dynamics 365 Sales",
    "Dynamics 365 Customer Service",
    "Dynamics 365 Field Service",
    "Dynamics 365 Finance",
    "Dynamics 365 Supply Chain Management",
    "Dynamics 365 Business Central",
    "Power BI",
)


def catalogue() -> Catalogue:
    return rulebook().catalogue


@pytest.mark.parametrize("name", NAMED)
def test_products_are_found_with_and_without_microsoft(name: str) -> None:
    plain = catalogue().find(name)

    assert plain is not None
    assert plain.name.removeprefix("Microsoft ") == name
    assert catalogue().find(f"Microsoft {name}") is plain
    assert catalogue().find(f"  {name.upper().replace(' ', '-')} ") is plain


@pytest.mark.parametrize(
    ("former", "name"),
    [
        ("Azure AD Premium P1", "Entra ID P1"),
        ("Azure Active Directory Premium P1", "Entra ID P1"),
        ("Microsoft Azure Active Directory Premium P2", "Entra ID P2"),
        ("Azure AD Premium P2", "Entra ID P2"),
        ("Yammer", "Viva Engage"),
        ("Microsoft Viva Engage", "Viva Engage"),
        ("Azure Information Protection", "Microsoft Purview Information Protection"),
        ("Office 365 ProPlus", "Microsoft 365 Apps"),
        ("Microsoft Endpoint Manager", "Intune"),
        ("spo", "SharePoint Online"),
        ("powerbistandalone", "Power BI"),
        ("D365 Sales", "Dynamics 365 Sales"),
        ("Microsoft Flow", "Power Automate"),
        ("Dynamics 365 Talent", "Dynamics 365 Human Resources"),
    ],
)
def test_former_names_and_report_codes_are_found(former: str, name: str) -> None:
    product = catalogue().find(former)

    assert product is not None
    assert product.name == name


@pytest.mark.parametrize(
    "text", ["", "-", "Microsoft", "Microsoft 365", "Dynamics 365", "Azure AD Premium", "Exchnge Online"]
)
def test_what_names_no_single_product_is_not_found(text: str) -> None:
    assert catalogue().find(text) is None


def test_a_similar_name_is_suggested() -> None:
    assert catalogue().nearest("Exchnge Online") == "Exchange Online"
    assert catalogue().nearest("Microsoft Dynamics 365 Busines Central") == "Dynamics 365 Business Central"
    assert catalogue().nearest("zzzzzz") is None


def test_the_level_follows_the_family() -> None:
    levels = {(product.family, product.level) for product in catalogue().products}

    assert levels == {
        ("Microsoft 365", Level.WORKLOAD),
        ("Dynamics 365", Level.SUBSCRIPTION),
        ("Power BI", Level.SUBSCRIPTION),
        ("Power Platform", Level.SUBSCRIPTION),
    }
    assert {product.family for product in catalogue().of_level(Level.WORKLOAD)} == {"Microsoft 365"}


def test_every_product_has_a_reference_and_no_date_that_nobody_published() -> None:
    for product in catalogue().products:
        assert product.reference
        assert product.claimable_from is None
        assert product.claimable_until is None


def test_two_products_of_one_name_are_refused_with_the_line() -> None:
    text = """
about: a
family: Microsoft 365
level: workload
claimable: {from: null, until: null, reference: r}
products:
  - {name: Teams, reference: r}
  - {name: Microsoft Teams, reference: r}
"""

    with pytest.raises(RulebookError, match=r'own\.yaml:8: .*"Microsoft Teams" names both "Teams" and'):
        build_catalogue(parse_products(parse_yaml(text.encode(), "own.yaml")))


def test_a_product_may_have_its_own_dates() -> None:
    text = """
about: a
family: Microsoft 365
level: workload
claimable: {from: null, until: null, reference: r}
products:
  - name: Teams
    claimable: {from: 2019-10-01, until: 2023-09-30, reference: r}
    reference: r
"""

    (placed,) = parse_products(parse_yaml(text.encode(), "own.yaml"))

    assert str(placed.product.claimable_from) == "2019-10-01"
    assert str(placed.product.claimable_until) == "2023-09-30"


def test_a_product_without_a_reference_is_refused() -> None:
    text = """
about: a
family: Microsoft 365
level: workload
claimable: {from: null, until: null, reference: r}
products:
  - name: Teams
"""

    with pytest.raises(RulebookError, match=r'own\.yaml:7: products\.1: the key "reference" is missing'):
        parse_products(parse_yaml(text.encode(), "own.yaml"))
