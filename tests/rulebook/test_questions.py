from datetime import date

import pytest

from cpor_batch.rulebook import fold_name
from tests.builders import rulebook


@pytest.mark.parametrize(
    ("edition", "text", "name"),
    [
        ("cpor-2021", "M365", "Microsoft 365"),
        ("cpor-2021", "microsoft365", "Microsoft 365"),
        ("cpor-2021", "Modern Work and Security", "Microsoft 365"),
        ("cpor-2021", "Affärsprogram", "Business Applications"),
        ("cpor-2021", "BizApps", "Business Applications"),
        ("mci-2023", "Microsoft 365", "Modern Work and Security"),
        ("mci-2023", "Modern Work & Security", "Modern Work and Security"),
        ("mci-2023", "ビジネス アプリケーション", "Business Applications"),
    ],
)
def test_solution_areas_are_found_by_all_their_names(edition: str, text: str, name: str) -> None:
    area = rulebook(edition).find_area(text)

    assert area is not None
    assert area.name == name


@pytest.mark.parametrize(
    ("edition", "text", "name"),
    [
        ("cpor-2021", "Presales", "Pre-sales"),
        ("cpor-2021", "Pre-Sales", "Pre-sales"),
        ("cpor-2021", "Förförsäljning", "Pre-sales"),
        ("cpor-2021", "Användning", "Usage"),
        ("cpor-2021", "Nutzung", "Usage"),
        ("cpor-2021", "Usage and/or Pre-sales", "Usage and Pre-sales"),
        ("cpor-2021", "Usage & Pre-sales", "Usage and Pre-sales"),
        ("cpor-2021", "Användning och/eller Förförsäljning", "Usage and Pre-sales"),
        ("cpor-2021", "Intäktsassociation", "Revenue association"),
        ("cpor-2021", "Asociación de ingresos", "Revenue association"),
        ("mci-2023", "Pre-sales", "Build intent - Advisor"),
        ("mci-2023", "build intent-advisor", "Build intent - Advisor"),
        ("mci-2023", "Revenue association", "Influenced Revenue recognition - Non-Incentivized"),
    ],
)
def test_activities_are_found_by_all_their_names(edition: str, text: str, name: str) -> None:
    activity = rulebook(edition).find_activity(text, solution_area="Business Applications")

    assert activity is not None
    assert activity.name == name


def test_an_activity_of_the_other_area_is_not_found_in_this_one() -> None:
    assert rulebook().find_activity("Pre-sales", solution_area="Microsoft 365") is None
    assert rulebook().find_activity("", solution_area="Business Applications") is None


def test_no_product_of_the_catalogue_names_a_program_without_cpor_claims() -> None:
    words = {fold_name(word) for words in rulebook().edition.not_supported.values() for word in words}

    for product in rulebook().catalogue.products:
        for name in (product.name, *product.aliases):
            assert not words & {fold_name(word) for word in name.split()}


def test_the_edition_of_a_day_is_the_one_in_force() -> None:
    names = {
        day: found.name if (found := rulebook().edition_on(day)) is not None else None
        for day in (date(2019, 9, 30), date(2019, 10, 1), date(2023, 9, 30), date(2023, 10, 1))
    }

    assert list(names.values()) == [None, "cpor-2021", "cpor-2021", "mci-2023"]
